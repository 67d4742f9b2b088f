// A GL context without a window that anybody sees. One thread at a time makes it current, draws and
// lets it go, so that any thread may take the next picture.
#pragma once

#include <memory>

#include "render/offscreen.hpp"

namespace volery::render {

class Context {
 public:
  virtual ~Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  /// Throws Error (kState) where another thread has it or this thread draws through GLX.
  virtual void make_current() = 0;
  /// Gives back the context that was current in this thread before, if it was one of EGL.
  virtual void release() noexcept = 0;

 protected:
  Context() = default;
};

/// Whether this process was forked from one that had a context. GL drivers keep threads, which a
/// fork leaves behind: whoever draws all the same waits for ever.
[[nodiscard]] bool forked_from_gl();

/// Current for a scope. Throws Error (kState) in a forked process.
class Current {
 public:
  explicit Current(Context& context);
  ~Current() { context_.release(); }
  Current(const Current&) = delete;
  Current& operator=(const Current&) = delete;

 private:
  Context& context_;
};

/// A context of OpenGL 3.3 core by the backend; kAuto: EGL. Throws Error (kState), for kOff
/// and in a forked process always.
[[nodiscard]] std::unique_ptr<Context> make_context(Backend backend);

[[nodiscard]] std::unique_ptr<Context> make_egl_context();
[[nodiscard]] std::unique_ptr<Context> make_glfw_context();

}  // namespace volery::render
