// Session: everything that a person has set up while looking: camera, selection, layers, panels,
// and what commands do to them. No window and no ImGui, so that tests reach all of it; viewer/
// turns events of a window into calls of this, and draws what it says.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "view/camera_rig.hpp"
#include "view/commands.hpp"
#include "view/compose.hpp"
#include "view/driver.hpp"
#include "view/panels.hpp"
#include "view/picking.hpp"
#include "view/pilot.hpp"
#include "view/track.hpp"

namespace volery::view {

/// What is being typed.
struct Typed {
  std::string time, find, palette, path, seed, setting;
  int choice = 0;  // of the palette
};

/// What a hand does to the selected agents while it drags them.
enum class Grip : int { kNone, kForce, kTorque };

/// What the window has to do itself, asked for by a command and taken once.
struct Requests {
  bool quit = false, picture = false, video = false, full_screen = false, save_layout = false;
  bool branch = false;  // of a recording: opens a live run with its state
  std::string copy;     // to the clipboard
};

class Session {
 public:
  static constexpr double kToast_s = 4;
  static constexpr int kMostCompared = 8;
  static constexpr float kScaleLow = 0.75F, kScaleHigh = 2.5F;

  /// Looks at something else from now on; camera and selection start anew, panels stay.
  void attach(std::shared_ptr<Driver> driver);
  [[nodiscard]] bool attached() const noexcept { return driver_ != nullptr; }
  [[nodiscard]] Driver& driver() const noexcept { return *driver_; }

  /// Does what a key or menu asks.
  void apply(Command command);
  /// One picture further: takes the latest sight, moves the camera, composes `frame()`.
  void update(double wall_s, double dt_s, const ViewRect& view);

  // hands, in window pixels

  void hover(double x_px, double y_px);
  void leave() { selection_.hovered = -1, hover_x_px_ = -1; }
  void click(double x_px, double y_px, bool add);
  void double_click(double x_px, double y_px);
  void select_box(double x0_px, double y0_px, double x1_px, double y1_px, bool add);
  void drag_orbit(double dx_px, double dy_px);
  void drag_pan(double dx_px, double dy_px);
  void wheel(double notches, double x_px, double y_px);
  /// Takes hold of the selected agents of a live run. False where there are none: the drag is the
  /// camera's.
  bool grab(Grip grip);
  /// The hand is so far from where it took hold.
  void drag_grip(double dx_px, double dy_px);
  void release_grip() { grip_ = Grip::kNone; }
  /// Held keys of fly and pilot mode.
  void hold(const Hands& hands, bool fast, double dt_s);

  // what panels change

  void select(int agent, bool add = false);
  /// Frames everything at the next picture, as at first.
  void reframe() { first_ = true; }
  void clear_selection() { selection_.agents.clear(); }
  void set_world(int world);
  void set_follow(bool on);
  void set_pilot(bool on);
  /// Shows the selected agents alone, or everybody again.
  void set_isolated(bool on);
  /// "key=value" for all worlds, from the next reset on, as --set has it.
  void set_config(const std::string& setting);
  void set_scale(float scale);
  void push(Vec3 delta_w_mps);
  void stop_motor(int rotor);
  /// Puts `jammer` down at the selected agent, or where the camera turns about.
  void jam();
  /// The wind of all worlds from now on: `wind_w_mps`.
  void blow();
  /// "12", "d0012" or part of a team's or vehicle's name: selects the first that fits.
  bool find(const std::string& text);
  void add_plot(const PlotKey& key);
  void remove_plot(const PlotKey& key) { std::erase(plots_, key); }
  void say(const std::string& text);
  void cycle_scope(int layer);
  /// The layer's scope, 0..7; the grid has none.
  [[nodiscard]] Scope& scope_of(int layer);
  [[nodiscard]] Scope scope_of(int layer) const;
  void toggle_layer(int layer);

  // what is to be shown

  [[nodiscard]] const Sight& sight() const noexcept { return *sight_; }
  [[nodiscard]] const Moment& moment() const noexcept { return moment_; }
  [[nodiscard]] const render::Frame& frame() const noexcept { return frame_; }
  [[nodiscard]] render::Camera camera() const { return rig_.camera(); }
  [[nodiscard]] CameraRig& rig() noexcept { return rig_; }
  [[nodiscard]] const CameraRig& rig() const noexcept { return rig_; }
  [[nodiscard]] SavedCameras& saved() noexcept { return saved_; }
  [[nodiscard]] const SavedCameras& saved() const noexcept { return saved_; }
  [[nodiscard]] const ViewRect& view() const noexcept { return view_; }
  [[nodiscard]] const Selection& selection() const noexcept { return selection_; }
  /// The first selected agent, or -1.
  [[nodiscard]] int subject() const noexcept;
  [[nodiscard]] bool subject_present() const noexcept;
  [[nodiscard]] int world() const noexcept { return world_; }
  [[nodiscard]] bool following() const noexcept { return following_; }
  [[nodiscard]] bool piloting() const noexcept { return piloting_; }
  [[nodiscard]] bool boxing() const noexcept { return boxing_; }
  /// Agents that are shown alone; empty: all are shown.
  [[nodiscard]] const std::vector<int>& isolated() const noexcept { return isolated_; }
  [[nodiscard]] Grip grip() const noexcept { return grip_; }
  /// N or N m on an agent, in the world.
  [[nodiscard]] Vec3 load_w(int agent) const;
  [[nodiscard]] bool world_grid() const noexcept { return world_grid_; }
  /// Worlds that the grid shows.
  [[nodiscard]] std::vector<int> grid_worlds() const;
  [[nodiscard]] const std::vector<PlotKey>& plots() const noexcept { return plots_; }
  /// Agents whose centers are closer than they are large.
  [[nodiscard]] int overlaps() const noexcept { return overlaps_; }
  [[nodiscard]] std::string toast(double wall_s) const;
  [[nodiscard]] float scale() const noexcept { return scale_; }
  [[nodiscard]] Requests take_requests() { return std::exchange(requests_, {}); }
  /// The state as JSON, for tests and bug reports.
  [[nodiscard]] std::string report() const;

  Layers layers;
  Panels panels;
  Typed typed;
  TrackView track;
  bool light = false;  // the theme
  bool reduce_motion = false;
  Economy economy = Economy::kNothing;  // what pictures leave out to keep up
  bool typing = false;                  // a text field has the keys
  int rotor_to_stop = 0;
  Vec3 push_w_mps{0, 0, 2};
  float wind_w_mps[3] = {0, 0, 0};  // of the slider: east, north, up
  Jammer jammer;                    // to be put down

 private:
  bool apply_time(Command command);
  bool apply_view(Command command);
  bool apply_saved_camera(Command command);
  bool apply_select(Command command);
  bool apply_panel(Command command);
  void apply_interaction(Command command);
  void escape();
  void frame_subject();
  void frame_all();
  void step_agent(int by);
  void copy_selection();
  void post_wish();
  void count_overlaps();
  void draw_grip();
  [[nodiscard]] const Moment& isolate();
  [[nodiscard]] std::optional<Vec3> subject_position() const;

  std::shared_ptr<Driver> driver_;
  std::shared_ptr<const Sight> sight_;
  Moment moment_;
  Moment shown_;  // of it, where agents are isolated
  render::Frame frame_;
  CameraRig rig_;
  SavedCameras saved_;
  ViewRect view_{0, 0, 1280, 720};
  Selection selection_;
  std::vector<int> isolated_;
  Grip grip_ = Grip::kNone;
  double grip_x_px_ = 0, grip_y_px_ = 0;  // to the right and up
  int world_ = 0;
  bool following_ = false, piloting_ = false, boxing_ = false, world_grid_ = false;
  bool first_ = true;  // nothing was framed yet
  Wish last_wish_;
  Hands hands_;
  std::vector<PlotKey> plots_;
  Scope last_scope_[8] = {Scope::kAll,      Scope::kAll, Scope::kSelected, Scope::kSelected,
                          Scope::kSelected, Scope::kAll, Scope::kSelected, Scope::kSelected};
  int overlaps_ = 0;
  double hover_x_px_ = -1, hover_y_px_ = -1;
  std::string toast_;
  double toast_wall_s_ = 0;
  float scale_ = 1;
  Requests requests_;
};

}  // namespace volery::view
