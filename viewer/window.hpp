// Window: GLFW's window with its OpenGL context, and Dear ImGui in it. What is drawn into it and
// what its events mean is the business of others.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

struct GLFWwindow;

namespace volery::viewer {

class Window {
 public:
  struct Plan {
    int width = 1280, height = 720;
    bool visible = true, maximized = false;
  };
  struct Size {
    int width = 0, height = 0;
  };

  /// Throws Error (kState) where there is no display, no OpenGL library or no OpenGL 3.3.
  explicit Window(const Plan& plan);
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  /// Sends events to Dear ImGui as well. After everybody else has taken the callbacks of handle(),
  /// which it hands on to.
  void attach_imgui();
  void begin_imgui();
  void end_imgui();

  [[nodiscard]] GLFWwindow* handle() const noexcept { return handle_; }
  [[nodiscard]] Size pixels() const;  // of the framebuffer
  [[nodiscard]] Size units() const;   // of the window, in which the mouse moves
  [[nodiscard]] float content_scale() const;
  [[nodiscard]] bool full_screen() const;
  [[nodiscard]] bool maximized() const;
  /// Minimised, or taken off the screen otherwise.
  [[nodiscard]] bool hidden() const;
  void toggle_full_screen();
  /// What is in the back buffer: RGB rows from the top down.
  [[nodiscard]] std::vector<std::uint8_t> read(Size& size) const;

 private:
  GLFWwindow* handle_ = nullptr;
  bool has_imgui_ = false;
  int windowed_[4] = {0, 0, 1280, 720};  // place and size outside of full screen
};

}  // namespace volery::viewer
