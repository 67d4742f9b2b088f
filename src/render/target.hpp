// Framebuffers to draw pictures into and to read them back from.
#pragma once

#include <cstdint>
#include <span>

#include "render/gl.hpp"

namespace volery::render {

/// A color buffer with a depth buffer; remade when another size is asked for.
class Target {
 public:
  /// `format`: GL_SRGB8_ALPHA8, GL_R32F or GL_R32UI.
  explicit Target(GLenum format) : format_(format) {}

  /// Binds it for drawing. `samples` > 1: as many as the device allows. Throws Error (kState) where
  /// the device cannot have such a framebuffer.
  void bind(int width, int height, int samples);
  /// Resolves samples and reads rows [first_row, first_row + rows), counted from the bottom, whole
  /// width, in the format's own type (4 bytes a pixel) to `out`.
  void read(int first_row, int rows, void* out);
  void release();
  /// Forgets its objects without deleting them.
  void abandon() noexcept;

 private:
  void make(int width, int height, int samples);
  GLenum format_;
  int width_ = 0, height_ = 0, samples_ = 0, asked_samples_ = 0;
  Framebuffer drawn_, resolved_;
  Renderbuffer color_, depth_, resolved_color_;
};

}  // namespace volery::render
