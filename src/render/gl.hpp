// Owners of GL objects. All of them need a current context at construction, use and destruction.
#pragma once

#include <epoxy/gl.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace volery::render {

/// A name of GL that is deleted with its owner.
template <void (*Delete)(GLuint)>
class Handle {
 public:
  Handle() = default;
  explicit Handle(GLuint name) : name_(name) {}
  ~Handle() { reset(); }
  Handle(Handle&& other) noexcept : name_(other.name_) { other.name_ = 0; }
  Handle& operator=(Handle&& other) noexcept {
    if (this != &other) {
      reset();
      name_ = other.name_;
      other.name_ = 0;
    }
    return *this;
  }
  [[nodiscard]] GLuint get() const noexcept { return name_; }
  explicit operator bool() const noexcept { return name_ != 0; }
  void abandon() noexcept { name_ = 0; }
  void reset() noexcept {
    if (name_ != 0) Delete(name_);
    name_ = 0;
  }

 private:
  GLuint name_ = 0;
};

inline void delete_buffer(GLuint name) {
  glDeleteBuffers(1, &name);
}
inline void delete_vertex_array(GLuint name) {
  glDeleteVertexArrays(1, &name);
}
inline void delete_texture(GLuint name) {
  glDeleteTextures(1, &name);
}
inline void delete_renderbuffer(GLuint name) {
  glDeleteRenderbuffers(1, &name);
}
inline void delete_framebuffer(GLuint name) {
  glDeleteFramebuffers(1, &name);
}
inline void delete_program(GLuint name) {
  glDeleteProgram(name);
}
using Buffer = Handle<delete_buffer>;
using VertexArray = Handle<delete_vertex_array>;
using Texture = Handle<delete_texture>;
using Renderbuffer = Handle<delete_renderbuffer>;
using Framebuffer = Handle<delete_framebuffer>;

[[nodiscard]] Buffer make_buffer();
[[nodiscard]] VertexArray make_vertex_array();
[[nodiscard]] Texture make_texture();
[[nodiscard]] Renderbuffer make_renderbuffer();
[[nodiscard]] Framebuffer make_framebuffer();

/// Vertex and fragment shader, linked. The block `View` is bound to kViewBinding, the sampler
/// `shadow_map` to unit 0 and `font` to unit 1.
class Program {
 public:
  /// `defines`: lines put in front of both sources. Throws Error (kState) with the driver's log.
  Program(const char* name, std::string_view defines, std::string_view vertex,
          std::string_view fragment);
  void use() const { glUseProgram(program_.get()); }
  [[nodiscard]] GLint uniform(const char* name) const {
    return glGetUniformLocation(program_.get(), name);
  }

 private:
  Handle<delete_program> program_;
};
inline constexpr GLuint kViewBinding = 0;

/// Puts new contents into a buffer that the GPU may still be reading (orphans the old memory).
void stream(GLenum target, const Buffer& buffer, const void* data, std::size_t bytes);
template <class T>
void stream(GLenum target, const Buffer& buffer, std::span<const T> items) {
  stream(target, buffer, items.data(), items.size_bytes());
}

/// An offset into the bound buffer, as GL wants it.
[[nodiscard]] inline const void* offset(std::size_t bytes) {
  return reinterpret_cast<const void*>(bytes);
}

}  // namespace volery::render
