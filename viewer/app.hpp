// App: the window and its loop.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "view/layout_file.hpp"
#include "view/session.hpp"
#include "viewer/input.hpp"
#include "viewer/options.hpp"
#include "viewer/picture.hpp"
#include "viewer/scene_view.hpp"

struct GLFWwindow;

namespace volery::viewer {

class App {
 public:
  /// Opens a window (hidden for a screenshot). Throws Error (kState) where there is no display or
  /// no OpenGL 3.3.
  explicit App(const Options& options);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  /// Shows it until the window is closed.
  void run(std::unique_ptr<view::Engine> engine);
  /// Writes one picture of the whole window.
  void screenshot(std::unique_ptr<view::Engine> engine);

 private:
  void open(std::unique_ptr<view::Engine> engine);
  void end_layout();
  void style(float scale);
  void draw(double wall_s, double dt_s);
  void draw_panels(const WindowLayout& layout, double wall_s);
  void branch_recording();
  void serve_requests();
  void open_asked();
  void keep_report();
  [[nodiscard]] bool needs_picture();
  [[nodiscard]] std::vector<std::uint8_t> pixels(int& width, int& height) const;

  Options options_;
  GLFWwindow* window_ = nullptr;
  bool has_imgui_ = false;
  view::Session session_;
  Input input_;
  SceneView scene_;
  Video video_;
  view::StageTimes times_;
  std::filesystem::path layout_path_;
  view::LayoutFile layout_;
  float styled_scale_ = 0;
  double last_wall_s_ = 0, frame_ms_ = 0, reported_s_ = -1, video_s_ = 0, active_s_ = 0;
  std::uint64_t drawn_serial_ = 0;
  bool rested_ = false;
  int owed_pictures_ = 0;  // after an event, however slowly pictures come
  bool show_hint_ = true;
  std::string open_path_, reported_;
  int windowed_[4] = {0, 0, 1280, 720};
};

/// Takes a driver that was not started to a time.
void run_to(view::Driver& driver, double time_s);

}  // namespace volery::viewer
