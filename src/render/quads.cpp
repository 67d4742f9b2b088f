// Quads and lines as instances.
#include "render/quads.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <string>

#include "render/shaders.hpp"

namespace volery::render {
namespace {

Vec3 unit_or(Vec3 v, Vec3 otherwise) {
  const float length = std::sqrt(dot(v, v));
  return length > 1e-9F ? v * (1 / length) : otherwise;
}

void put(Color color, std::uint8_t* out) {
  out[0] = color.r;
  out[1] = color.g;
  out[2] = color.b;
  out[3] = color.a;
}

// where the bound buffer has an attribute of the bound array
void attribute(GLuint index, GLint size, GLenum type, GLsizei stride, std::size_t at) {
  glVertexAttribPointer(index, size, type, type == GL_UNSIGNED_BYTE ? GL_TRUE : GL_FALSE, stride,
                        offset(at));
}

}  // namespace

Quad flat_quad(QuadShape shape, Vec3 center_rel_m, Vec3 axis_w, float radius_m, Color color,
               float pixels_per_m, float width_px) {
  const Vec3 axis = unit_or(axis_w, {0, 0, 1});
  // x of a square about z is x of the world, about anything else it lies level
  const Vec3 level = std::abs(axis.z) > 0.999F ? Vec3{1, 0, 0} : cross({0, 0, 1}, axis);
  const Vec3 u = unit_or(level, {1, 0, 0});
  const Vec3 v = cross(axis, u);
  Quad quad{};
  quad.center_rel_m = center_rel_m;
  quad.u_m = u * radius_m;
  quad.v_m = v * radius_m;
  put(color, quad.color);
  quad.shape = static_cast<float>(shape);
  quad.half_width_px = width_px / 2;
  // a quad seen edge on shows its line narrower; two widths of room are enough
  const float radius_px = std::max(radius_m * pixels_per_m, 0.5F);
  quad.reach = 1 + (width_px + 2) / radius_px;
  return quad;
}

Quad facing_quad(QuadShape shape, const View& view, Vec3 center_rel_m, float radius_px, Color color,
                 float width_px, Vec3 up_w) {
  // as it lies in the picture
  const float x = dot(up_w, view.right), y = dot(up_w, view.up);
  const float length = std::sqrt(x * x + y * y);
  const Vec3 v = length > 1e-6F ? view.right * (x / length) + view.up * (y / length) : view.up;
  const Vec3 u = cross(v, view.back);
  const float radius_m = radius_px / view.pixels_per_m(center_rel_m);
  Quad quad{};
  quad.center_rel_m = center_rel_m;
  quad.u_m = u * radius_m;
  quad.v_m = v * radius_m;
  put(color, quad.color);
  quad.shape = static_cast<float>(shape);
  quad.half_width_px = width_px / 2;
  quad.reach = 1 + (width_px + 2) / std::max(radius_px, 0.5F);
  return quad;
}

Overlay::Overlay()
    : line_("line", "", kLineVertex, kLineFragment),
      thin_("line", "#define THIN\n", kLineVertex, kLineFragment),
      buffer_(make_buffer()),
      quad_array_(make_vertex_array()),
      line_array_(make_vertex_array()),
      thin_array_(make_vertex_array()) {
  const auto enable = [](const VertexArray& array, std::initializer_list<GLuint> attributes,
                         GLuint divisor) {
    glBindVertexArray(array.get());
    for (const GLuint index : attributes) {
      glEnableVertexAttribArray(index);
      glVertexAttribDivisor(index, divisor);
    }
  };
  enable(quad_array_, {0, 1, 2, 3, 4}, 1);
  enable(line_array_, {0, 1, 2, 3, 4}, 1);
  enable(thin_array_, {0, 2}, 0);
  glBindVertexArray(0);
}

const Program& Overlay::mark(int shape) {
  auto& program = marks_[static_cast<std::size_t>(shape)];
  if (!program) {
    const std::string define = "#define SHAPE " + std::to_string(shape) + "\n";
    program.emplace("mark", define, kMarkVertex, kMarkFragment);
  }
  return *program;
}

void Overlay::draw_quads(std::span<const Quad> quads) {
  if (quads.empty()) return;
  stream(GL_ARRAY_BUFFER, buffer_, quads);
  glBindVertexArray(quad_array_.get());
  for (std::size_t first = 0, end = 0; first < quads.size(); first = end) {
    const float shape = quads[first].shape;
    while (end < quads.size() && quads[end].shape == shape) ++end;
    mark(static_cast<int>(shape)).use();
    const std::size_t at = first * sizeof(Quad);
    attribute(0, 3, GL_FLOAT, sizeof(Quad), at + offsetof(Quad, center_rel_m));
    attribute(1, 3, GL_FLOAT, sizeof(Quad), at + offsetof(Quad, u_m));
    attribute(2, 3, GL_FLOAT, sizeof(Quad), at + offsetof(Quad, v_m));
    attribute(3, 4, GL_UNSIGNED_BYTE, sizeof(Quad), at + offsetof(Quad, color));
    attribute(4, 2, GL_FLOAT, sizeof(Quad), at + offsetof(Quad, reach));
    glDrawArraysInstanced(GL_TRIANGLE_STRIP, 0, 4, static_cast<GLsizei>(end - first));
  }
  glBindVertexArray(0);
}

void Overlay::draw_lines(std::span<const LineInstance> lines) {
  if (lines.empty()) return;
  line_.use();
  constexpr GLsizei kStride = sizeof(LineInstance);
  stream(GL_ARRAY_BUFFER, buffer_, lines);
  glBindVertexArray(line_array_.get());
  attribute(0, 3, GL_FLOAT, kStride, offsetof(LineInstance, from_rel_m));
  attribute(1, 3, GL_FLOAT, kStride, offsetof(LineInstance, to_rel_m));
  attribute(2, 4, GL_UNSIGNED_BYTE, kStride, offsetof(LineInstance, from_color));
  attribute(3, 4, GL_UNSIGNED_BYTE, kStride, offsetof(LineInstance, to_color));
  attribute(4, 2, GL_FLOAT, kStride, offsetof(LineInstance, width_px));
  glDrawArraysInstanced(GL_TRIANGLE_STRIP, 0, 4, static_cast<GLsizei>(lines.size()));
  glBindVertexArray(0);
}

void Overlay::draw_thin(std::span<const LineVertex> vertices) {
  if (vertices.empty()) return;
  thin_.use();
  stream(GL_ARRAY_BUFFER, buffer_, vertices);
  glBindVertexArray(thin_array_.get());
  attribute(0, 3, GL_FLOAT, sizeof(LineVertex), offsetof(LineVertex, position_rel_m));
  attribute(2, 4, GL_UNSIGNED_BYTE, sizeof(LineVertex), offsetof(LineVertex, color));
  glDrawArrays(GL_LINES, 0, static_cast<GLsizei>(vertices.size()));
  glBindVertexArray(0);
}

}  // namespace volery::render
