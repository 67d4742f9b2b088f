// Quads and lines as instances.
#include "render/quads.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

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

void attribute(GLuint index, GLint size, GLenum type, GLsizei stride, std::size_t at,
               GLuint divisor) {
  glEnableVertexAttribArray(index);
  glVertexAttribPointer(index, size, type, type == GL_UNSIGNED_BYTE ? GL_TRUE : GL_FALSE, stride,
                        offset(at));
  glVertexAttribDivisor(index, divisor);
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
    : mark_("mark", "", kMarkVertex, kMarkFragment),
      line_("line", "", kLineVertex, kLineFragment),
      thin_("line", "#define THIN\n", kLineVertex, kLineFragment),
      quads_(make_buffer()),
      lines_(make_buffer()),
      vertices_(make_buffer()),
      quad_array_(make_vertex_array()),
      line_array_(make_vertex_array()),
      thin_array_(make_vertex_array()) {
  glBindVertexArray(quad_array_.get());
  glBindBuffer(GL_ARRAY_BUFFER, quads_.get());
  attribute(0, 3, GL_FLOAT, sizeof(Quad), offsetof(Quad, center_rel_m), 1);
  attribute(1, 3, GL_FLOAT, sizeof(Quad), offsetof(Quad, u_m), 1);
  attribute(2, 3, GL_FLOAT, sizeof(Quad), offsetof(Quad, v_m), 1);
  attribute(3, 4, GL_UNSIGNED_BYTE, sizeof(Quad), offsetof(Quad, color), 1);
  attribute(4, 3, GL_FLOAT, sizeof(Quad), offsetof(Quad, shape), 1);
  glBindVertexArray(line_array_.get());
  glBindBuffer(GL_ARRAY_BUFFER, lines_.get());
  attribute(0, 3, GL_FLOAT, sizeof(LineInstance), offsetof(LineInstance, from_rel_m), 1);
  attribute(1, 3, GL_FLOAT, sizeof(LineInstance), offsetof(LineInstance, to_rel_m), 1);
  attribute(2, 4, GL_UNSIGNED_BYTE, sizeof(LineInstance), offsetof(LineInstance, from_color), 1);
  attribute(3, 4, GL_UNSIGNED_BYTE, sizeof(LineInstance), offsetof(LineInstance, to_color), 1);
  attribute(4, 2, GL_FLOAT, sizeof(LineInstance), offsetof(LineInstance, width_px), 1);
  glBindVertexArray(thin_array_.get());
  glBindBuffer(GL_ARRAY_BUFFER, vertices_.get());
  attribute(0, 3, GL_FLOAT, sizeof(LineVertex), offsetof(LineVertex, position_rel_m), 0);
  attribute(2, 4, GL_UNSIGNED_BYTE, sizeof(LineVertex), offsetof(LineVertex, color), 0);
  glBindVertexArray(0);
}

void Overlay::draw_quads(std::span<const Quad> quads) const {
  if (quads.empty()) return;
  mark_.use();
  stream(GL_ARRAY_BUFFER, quads_, quads);
  glBindVertexArray(quad_array_.get());
  glDrawArraysInstanced(GL_TRIANGLE_STRIP, 0, 4, static_cast<GLsizei>(quads.size()));
  glBindVertexArray(0);
}

void Overlay::draw_lines(std::span<const LineInstance> lines) const {
  if (lines.empty()) return;
  line_.use();
  stream(GL_ARRAY_BUFFER, lines_, lines);
  glBindVertexArray(line_array_.get());
  glDrawArraysInstanced(GL_TRIANGLE_STRIP, 0, 4, static_cast<GLsizei>(lines.size()));
  glBindVertexArray(0);
}

void Overlay::draw_thin(std::span<const LineVertex> vertices) const {
  if (vertices.empty()) return;
  thin_.use();
  stream(GL_ARRAY_BUFFER, vertices_, vertices);
  glBindVertexArray(thin_array_.get());
  glDrawArrays(GL_LINES, 0, static_cast<GLsizei>(vertices.size()));
  glBindVertexArray(0);
}

}  // namespace volery::render
