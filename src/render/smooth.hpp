// Smooth edges in a framebuffer that has one sample per pixel.
//
// Where a rasterizer runs on the CPU, several samples make every pixel dear: ground and sky, whose
// lines are smooth by themselves, cost most of a picture. So only solids are drawn with several
// samples, into a buffer of their own, and then laid over the ground where they are.
#pragma once

#include <optional>
#include <span>

#include "render/cover.hpp"
#include "render/gl.hpp"

namespace volery::render {

class Smoother {
 public:
  Smoother();
  /// Binds and clears the buffer of solids, without scissors; as many samples as the device allows.
  /// Colors in it are roots of light: 8 bits of them are as fine as 8 bits of sRGB, and cheaper to
  /// average. finish() binds the framebuffer from before again. Throws Error (kState) where the
  /// device has no such buffer.
  void begin(int width, int height, int samples);
  void finish();
  /// Lays the solids over the picture whose view block is bound, colors by how much of a pixel they
  /// cover, depths as they are; blending must be off and is left so.
  void compose(std::span<const PixelBox> boxes) const;

 private:
  void make(int width, int height, int samples);

  int width_ = 0, height_ = 0, asked_ = 0, samples_ = 0;
  GLint before_ = 0;
  std::optional<Program> program_;
  Texture color_, depth_;
  Framebuffer framebuffer_;
  Buffer boxes_;
  VertexArray array_;
};

}  // namespace volery::render
