// Draws how many vehicles are where on the ground.
#pragma once

#include "render/density.hpp"
#include "render/gl.hpp"

namespace volery::render {

class DensityMap {
 public:
  DensityMap();
  /// With blending and depth test as they are; `height_rel_m`: of the ground, relative to the eye.
  void draw(const Density& density, const View& view, float height_rel_m) const;

 private:
  Program program_;
  GLint low_ = -1, size_ = -1;
  Texture texture_;
  VertexArray array_;
};

}  // namespace volery::render
