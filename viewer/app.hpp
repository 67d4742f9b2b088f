// App: what the window shows and does, picture by picture.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "view/layout_file.hpp"
#include "view/session.hpp"
#include "view/window_layout.hpp"
#include "viewer/input.hpp"
#include "viewer/options.hpp"
#include "viewer/picture.hpp"
#include "viewer/scene_view.hpp"
#include "viewer/style.hpp"
#include "viewer/window.hpp"

namespace volery::viewer {

class App {
 public:
  /// Opens a window (hidden for a screenshot). Throws Error as Window does, and for a size that is
  /// none.
  explicit App(const Options& options);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  /// Shows it until the window is closed.
  void run(std::unique_ptr<view::Engine> engine);
  /// Prints what the window costs the simulation, and how fast it draws.
  void measure(std::unique_ptr<view::Engine> engine);
  /// Writes one picture of the whole window.
  void screenshot(std::unique_ptr<view::Engine> engine);

 private:
  void open(std::unique_ptr<view::Engine> engine);
  void play_from_start();
  struct Spent {
    double wall_s = 0, busy_s = 0, processor_s = 0;  // of the clock, the driver's thread, all
    double steps = 0, pictures = 0;
  };
  Spent spend(double duration_s, bool watched);
  void turn();
  void draw(double wall_s, double dt_s);
  void draw_panels(const view::WindowLayout& layout, double wall_s);
  [[nodiscard]] bool needs_picture();
  // what was asked for in a picture
  void serve_requests();
  void keep_video();
  void branch_recording();
  void open_asked();
  // what is kept in files
  void end_layout();
  void keep_report();

  Options options_;
  std::filesystem::path layout_path_;
  view::LayoutFile layout_;
  std::unique_ptr<Window> window_;
  view::Session session_;
  Input input_;
  Style style_;
  SceneView scene_;
  Video video_;
  view::StageTimes times_;
  double last_wall_s_ = 0, frame_ms_ = 0, reported_s_ = -1, video_s_ = 0, active_s_ = 0;
  std::uint64_t drawn_serial_ = 0, pictures_ = 0;
  bool rested_ = false;
  int owed_pictures_ = 0;
  bool show_hint_ = true;
  std::string open_path_, reported_;
};

/// Writes so that whoever reads never sees half a file. False where it cannot.
bool write_report(const std::string& file, const std::string& report);
/// Takes a driver that was not started to a time.
void run_to(view::Driver& driver, double time_s);

}  // namespace volery::viewer
