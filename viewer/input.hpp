// Input: events of the window as calls of the session. The scene owns what happens over it; panels
// own the keys they were given by a click into them, until a click into the scene.
#pragma once

#include "view/session.hpp"
#include "view/window_layout.hpp"
#include "viewer/panels/panel.hpp"

struct GLFWwindow;

namespace volery::viewer {

class Input {
 public:
  static constexpr double kClick_px = 4;     // less travel is a click
  static constexpr double kDouble_s = 0.35;  // between the clicks of a double click

  /// Takes the callbacks of the window. Before ImGui does, which then hands events on.
  void attach(GLFWwindow* window, view::Session* session);
  /// Held keys; once a picture.
  void update(double dt_s);

  [[nodiscard]] view::Area box() const noexcept { return box_; }
  [[nodiscard]] bool* menu_asked() noexcept { return &menu_asked_; }
  /// True once after something came in.
  [[nodiscard]] bool take_activity() noexcept { return std::exchange(active_, false); }
  [[nodiscard]] std::string take_dropped() { return std::exchange(dropped_, {}); }
  [[nodiscard]] bool key_was_pressed() const noexcept { return any_key_; }

 private:
  void on_key(int key, int action, int mods);
  void on_button(int button, int action, int mods);
  void on_move(double x, double y);
  void on_wheel(double dy);
  void on_click(int button, int mods);

  GLFWwindow* window_ = nullptr;
  view::Session* session_ = nullptr;
  int button_ = -1;  // that is held, over the scene
  int mods_ = 0;
  double x_ = 0, y_ = 0, press_x_ = 0, press_y_ = 0, travel_px_ = 0;
  double last_click_s_ = -10, last_click_x_ = 0, last_click_y_ = 0;
  bool gripped_ = false;  // the drag acts on agents
  view::Area box_;
  bool menu_asked_ = false, active_ = true, any_key_ = false;
  std::string dropped_;
};

}  // namespace volery::viewer
