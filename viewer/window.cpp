#include "viewer/window.hpp"

#include <GLFW/glfw3.h>
#include <backends/imgui_impl_glfw.h>
#include <backends/imgui_impl_opengl3.h>
#include <epoxy/gl.h>
#include <imgui.h>

#include <algorithm>

#include "render/libraries.hpp"
#include "volery/error.hpp"

namespace volery::viewer {

namespace {

std::string glfw_error() {
  const char* text = nullptr;
  glfwGetError(&text);
  return text != nullptr ? text : "unknown reason";
}

}  // namespace

Window::Window(const Plan& plan) {
  // libepoxy ends the process where a library is missing
  render::require_gl_libraries();
  if (glfwInit() == 0) {
    throw Error(ErrorKind::kState,
                "no display: " + glfw_error() + "; --screenshot needs none, xvfb-run gives one");
  }
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
  glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
  glfwWindowHint(GLFW_VISIBLE, plan.visible ? GLFW_TRUE : GLFW_FALSE);
  glfwWindowHint(GLFW_MAXIMIZED, plan.maximized ? GLFW_TRUE : GLFW_FALSE);
  handle_ = glfwCreateWindow(plan.width, plan.height, "volery-view", nullptr, nullptr);
  if (handle_ == nullptr) {
    const std::string why = glfw_error();
    glfwTerminate();
    throw Error(ErrorKind::kState, "no OpenGL 3.3: " + why);
  }
  glfwMakeContextCurrent(handle_);
  // nobody waits for the screen
  glfwSwapInterval(0);
}

Window::~Window() {
  if (has_imgui_) {
    ImGui_ImplOpenGL3_Shutdown();
    ImGui_ImplGlfw_Shutdown();
    ImGui::DestroyContext();
  }
  glfwDestroyWindow(handle_);
  glfwTerminate();
}

void Window::attach_imgui() {
  ImGui::CreateContext();
  has_imgui_ = true;
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
  ImGui_ImplGlfw_InitForOpenGL(handle_, true);
  ImGui_ImplOpenGL3_Init("#version 330 core");
}

void Window::begin_imgui() {
  ImGui_ImplOpenGL3_NewFrame();
  ImGui_ImplGlfw_NewFrame();
  ImGui::NewFrame();
}

void Window::end_imgui() {
  ImGui::Render();
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
}

Window::Size Window::pixels() const {
  Size size;
  glfwGetFramebufferSize(handle_, &size.width, &size.height);
  return size;
}

Window::Size Window::units() const {
  Size size;
  glfwGetWindowSize(handle_, &size.width, &size.height);
  return size;
}

float Window::content_scale() const {
  float x = 1, y = 1;
  glfwGetWindowContentScale(handle_, &x, &y);
  return x;
}

bool Window::full_screen() const {
  return glfwGetWindowMonitor(handle_) != nullptr;
}

bool Window::maximized() const {
  return glfwGetWindowAttrib(handle_, GLFW_MAXIMIZED) != 0;
}

bool Window::hidden() const {
  return glfwGetWindowAttrib(handle_, GLFW_ICONIFIED) != 0 ||
         glfwGetWindowAttrib(handle_, GLFW_VISIBLE) == 0;
}

void Window::toggle_full_screen() {
  if (full_screen()) {
    glfwSetWindowMonitor(handle_, nullptr, windowed_[0], windowed_[1], windowed_[2], windowed_[3],
                         GLFW_DONT_CARE);
  } else if (GLFWmonitor* monitor = glfwGetPrimaryMonitor()) {
    glfwGetWindowPos(handle_, &windowed_[0], &windowed_[1]);
    glfwGetWindowSize(handle_, &windowed_[2], &windowed_[3]);
    const GLFWvidmode* mode = glfwGetVideoMode(monitor);
    glfwSetWindowMonitor(handle_, monitor, 0, 0, mode->width, mode->height, mode->refreshRate);
  }
}

std::vector<std::uint8_t> Window::read(Size& size) const {
  size = pixels();
  const std::size_t row = static_cast<std::size_t>(size.width) * 3;
  const auto rows = static_cast<std::size_t>(size.height);
  std::vector<std::uint8_t> up(row * rows), down(up.size());
  glPixelStorei(GL_PACK_ALIGNMENT, 1);
  glReadPixels(0, 0, size.width, size.height, GL_RGB, GL_UNSIGNED_BYTE, up.data());
  for (std::size_t y = 0; y < rows; ++y) {
    const auto from = up.begin() + static_cast<std::ptrdiff_t>((rows - 1 - y) * row);
    std::copy(from, from + static_cast<std::ptrdiff_t>(row),
              down.begin() + static_cast<std::ptrdiff_t>(y * row));
  }
  return down;
}

}  // namespace volery::viewer
