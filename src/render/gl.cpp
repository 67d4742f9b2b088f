// Making GL objects and shaders.
#include "render/gl.hpp"

#include <array>

#include "render/shaders.hpp"
#include "volery/error.hpp"

namespace volery::render {
namespace {

GLuint compile(const char* name, GLenum stage, std::string_view defines, std::string_view source) {
  const GLuint shader = glCreateShader(stage);
  const std::array<std::string_view, 4> parts{"#version 330 core\n", defines, kViewSource, source};
  std::array<const GLchar*, 4> texts{};
  std::array<GLint, 4> lengths{};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    texts[i] = parts[i].data();
    lengths[i] = static_cast<GLint>(parts[i].size());
  }
  glShaderSource(shader, static_cast<GLsizei>(parts.size()), texts.data(), lengths.data());
  glCompileShader(shader);
  GLint fine = GL_FALSE;
  glGetShaderiv(shader, GL_COMPILE_STATUS, &fine);
  if (fine == GL_TRUE) return shader;
  std::array<GLchar, 2048> log{};
  glGetShaderInfoLog(shader, static_cast<GLsizei>(log.size()), nullptr, log.data());
  glDeleteShader(shader);
  throw Error(ErrorKind::kState, std::string("shader '") + name +
                                     "' does not compile with this driver: " + log.data());
}

}  // namespace

Buffer make_buffer() {
  GLuint name = 0;
  glGenBuffers(1, &name);
  return Buffer(name);
}
VertexArray make_vertex_array() {
  GLuint name = 0;
  glGenVertexArrays(1, &name);
  return VertexArray(name);
}
Texture make_texture() {
  GLuint name = 0;
  glGenTextures(1, &name);
  return Texture(name);
}
Renderbuffer make_renderbuffer() {
  GLuint name = 0;
  glGenRenderbuffers(1, &name);
  return Renderbuffer(name);
}
Framebuffer make_framebuffer() {
  GLuint name = 0;
  glGenFramebuffers(1, &name);
  return Framebuffer(name);
}

Program::Program(const char* name, std::string_view defines, std::string_view vertex,
                 std::string_view fragment)
    : program_(glCreateProgram()) {
  const GLuint vertex_shader = compile(name, GL_VERTEX_SHADER, defines, vertex);
  glAttachShader(program_.get(), vertex_shader);
  glDeleteShader(vertex_shader);  // with the program
  const GLuint fragment_shader = compile(name, GL_FRAGMENT_SHADER, defines, fragment);
  glAttachShader(program_.get(), fragment_shader);
  glDeleteShader(fragment_shader);
  glLinkProgram(program_.get());
  GLint fine = GL_FALSE;
  glGetProgramiv(program_.get(), GL_LINK_STATUS, &fine);
  if (fine != GL_TRUE) {
    std::array<GLchar, 2048> log{};
    glGetProgramInfoLog(program_.get(), static_cast<GLsizei>(log.size()), nullptr, log.data());
    throw Error(ErrorKind::kState,
                std::string("shader '") + name + "' does not link with this driver: " + log.data());
  }
  const GLuint block = glGetUniformBlockIndex(program_.get(), "View");
  if (block != GL_INVALID_INDEX) glUniformBlockBinding(program_.get(), block, kViewBinding);
  use();
  glUniform1i(uniform("shadow_map"), 0);
  glUniform1i(uniform("font"), 1);
}

void stream(GLenum target, const Buffer& buffer, const void* data, std::size_t bytes) {
  glBindBuffer(target, buffer.get());
  glBufferData(target, static_cast<GLsizeiptr>(bytes), data, GL_STREAM_DRAW);
}

}  // namespace volery::render
