// Flat shapes anywhere in space: shadows, rotor discs, rings, dots. And lines. Both are gathered on
// the CPU for one view and drawn with one call each.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "render/frame.hpp"
#include "render/gl.hpp"
#include "render/view.hpp"

namespace volery::render {

/// As kMarkFragment numbers them.
enum class QuadShape : int {
  kShadow,
  kDisc,
  kCross,
  kBurst,
  kDart,
  kRing,
  kDashedRing,
  kSquare,
  kRotor
};
inline constexpr int kQuadShapes = 9;

/// As the shaders read it. u and v reach from the center to the shape's border.
struct Quad {
  Vec3 center_rel_m;
  Vec3 u_m, v_m;
  std::uint8_t color[4];
  float shape = 0;  // QuadShape
  float reach = 1;  // of the quad beyond the border: room for half a line
  float half_width_px = 1;
};
static_assert(sizeof(Quad) == 52);

struct LineInstance {
  Vec3 from_rel_m, to_rel_m;
  std::uint8_t from_color[4], to_color[4];
  float width_px = 1;
  float style = 0;  // LineStyle
};
static_assert(sizeof(LineInstance) == 40);

struct LineVertex {
  Vec3 position_rel_m;
  std::uint8_t color[4];
};
static_assert(sizeof(LineVertex) == 16);

/// A shape of `radius_m` about an axis; `width_px`: of its line.
[[nodiscard]] Quad flat_quad(QuadShape shape, Vec3 center_rel_m, Vec3 axis_w, float radius_m,
                             Color color, float pixels_per_m, float width_px = 0);
/// A shape of `radius_px` that faces the camera; `up`: where its y points, zero for the picture's.
[[nodiscard]] Quad facing_quad(QuadShape shape, const View& view, Vec3 center_rel_m,
                               float radius_px, Color color, float width_px = 0, Vec3 up_w = {});

class Overlay {
 public:
  Overlay();
  /// Each with depth test as it is set; blending on. In their order: neighbors of one shape are
  /// one draw.
  void draw_quads(std::span<const Quad> quads);
  void draw_lines(std::span<const LineInstance> lines);
  /// Lines of one pixel, two vertices each: a fifth of the time of the others in software.
  void draw_thin(std::span<const LineVertex> vertices);

 private:
  /// The program of a shape, made when first wanted.
  const Program& mark(int shape);

  std::array<std::optional<Program>, kQuadShapes> marks_;
  Program line_, thin_;
  Buffer buffer_;
  VertexArray quad_array_, line_array_, thin_array_;
};

}  // namespace volery::render
