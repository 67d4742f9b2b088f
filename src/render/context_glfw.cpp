// Contexts of a hidden window: for drivers that have GLX and no EGL. GLFW is loaded by hand, since
// whoever never asks for it shall not need it; the few constants below are those of GLFW 3.
#include <mutex>
#include <string>

#include "render/context.hpp"
#include "render/libraries.hpp"
#include "volery/error.hpp"

namespace volery::render {
namespace {

// names and values of GLFW/glfw3.h
constexpr int kVisible = 0x00020004;
constexpr int kContextVersionMajor = 0x00022002;
constexpr int kContextVersionMinor = 0x00022003;
constexpr int kOpenglForwardCompat = 0x00022006;
constexpr int kOpenglProfile = 0x00022008;
constexpr int kOpenglCoreProfile = 0x00032001;
constexpr int kTrue = 1, kFalse = 0;

struct Glfw {
  Library library{"libglfw.so.3"};
  int (*init)() = library.function<int (*)()>("glfwInit");
  void (*hint)(int, int) = library.function<void (*)(int, int)>("glfwWindowHint");
  void* (*create)(int, int, const char*, void*, void*) =
      library.function<void* (*)(int, int, const char*, void*, void*)>("glfwCreateWindow");
  void (*destroy)(void*) = library.function<void (*)(void*)>("glfwDestroyWindow");
  void (*make_current)(void*) = library.function<void (*)(void*)>("glfwMakeContextCurrent");
  void* (*current)() = library.function<void* (*)()>("glfwGetCurrentContext");
  int (*get_error)(const char**) = library.function<int (*)(const char**)>("glfwGetError");
};

class GlfwContext final : public Context {
 public:
  GlfwContext() {
    if (!glfw_.library.found()) {
      throw Error(ErrorKind::kState, missing_library("libglfw.so.3", "libglfw3"));
    }
    static std::mutex starting;
    const std::scoped_lock lock(starting);
    if (glfw_.init() != kTrue) {
      throw Error(ErrorKind::kState,
                  "VOLERY_GL = 'glfw' needs a display: " + reason() + "; VOLERY_GL=egl needs none");
    }
    glfw_.hint(kVisible, kFalse);
    glfw_.hint(kContextVersionMajor, 3);
    glfw_.hint(kContextVersionMinor, 3);
    glfw_.hint(kOpenglForwardCompat, kTrue);
    glfw_.hint(kOpenglProfile, kOpenglCoreProfile);
    window_ = glfw_.create(16, 16, "volery", nullptr, nullptr);
    if (window_ == nullptr) {
      throw Error(ErrorKind::kState, "no OpenGL 3.3 through GLFW: " + reason());
    }
  }
  ~GlfwContext() override { glfw_.destroy(window_); }

  void make_current() override {
    before_ = glfw_.current();
    glfw_.make_current(window_);
  }
  void release() noexcept override { glfw_.make_current(before_); }

 private:
  std::string reason() const {
    const char* text = nullptr;
    if (glfw_.get_error != nullptr) glfw_.get_error(&text);
    return text == nullptr ? "unknown" : text;
  }
  Glfw glfw_;
  void* window_ = nullptr;
  void* before_ = nullptr;
};

}  // namespace

std::unique_ptr<Context> make_glfw_context() {
  return std::make_unique<GlfwContext>();
}

}  // namespace volery::render
