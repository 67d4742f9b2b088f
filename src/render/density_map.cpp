// The map as a texture on one square.
#include "render/density_map.hpp"

#include "render/shaders.hpp"

namespace volery::render {

DensityMap::DensityMap()
    : program_("density", "", kDensityVertex, kDensityFragment),
      low_(program_.uniform("low")),
      size_(program_.uniform("size")),
      texture_(make_texture()),
      array_(make_vertex_array()) {
  program_.use();
  glUniform1i(program_.uniform("map"), 0);
  glBindTexture(GL_TEXTURE_2D, texture_.get());
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
  glBindTexture(GL_TEXTURE_2D, 0);
}

void DensityMap::draw(const Density& density, const View& view, float height_rel_m) const {
  if (density.empty()) return;
  const std::vector<std::uint8_t> image = image_of(density);
  program_.use();
  glUniform3f(low_, static_cast<float>(density.low_w_m[0] - view.eye_w_m[0]),
              static_cast<float>(density.low_w_m[1] - view.eye_w_m[1]), height_rel_m);
  glUniform2f(size_, density.cell_m * static_cast<float>(density.columns),
              density.cell_m * static_cast<float>(density.rows));
  glActiveTexture(GL_TEXTURE0);
  glBindTexture(GL_TEXTURE_2D, texture_.get());
  glTexImage2D(GL_TEXTURE_2D, 0, GL_SRGB8_ALPHA8, density.columns, density.rows, 0, GL_RGBA,
               GL_UNSIGNED_BYTE, image.data());
  glBindVertexArray(array_.get());
  glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
  glBindVertexArray(0);
  glBindTexture(GL_TEXTURE_2D, 0);
}

}  // namespace volery::render
