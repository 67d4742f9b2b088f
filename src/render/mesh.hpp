// Triangles in memory, and the solids that vehicles, props and statics are put together from.
#pragma once

#include <cstdint>
#include <vector>

#include "core/types.hpp"
#include "render/frame.hpp"

namespace volery::render {

/// As the shaders read it.
struct MeshVertex {
  Vec3 position_m;
  std::int8_t normal[4];  // unit times 127
  std::uint8_t color[4];  // sRGB; the last: how much the body's own color replaces it
  std::uint32_t id = 0;   // added to the body's
};
static_assert(sizeof(MeshVertex) == 24);

/// What a surface looks like; `tint` in [0, 1]: the share of the body's color.
struct Material {
  Color color;
  float tint = 0;
};

class Mesh {
 public:
  std::vector<MeshVertex> vertices;
  std::vector<std::uint32_t> indices;  // triangles, counter-clockwise from outside

  std::uint32_t vertex(Vec3 position_m, Vec3 normal, const Material& material);
  void triangle(std::uint32_t a, std::uint32_t b, std::uint32_t c);
  /// A flat triangle or quad with its normal by the right hand.
  void face(Vec3 a, Vec3 b, Vec3 c, const Material& material);
  void face(Vec3 a, Vec3 b, Vec3 c, Vec3 d, const Material& material);

  void box(Vec3 center, Vec3 half, const Material& material);
  /// A box from a to b that narrows: half widths across (horizontal) and high, at both ends.
  void beam(Vec3 a, Vec3 b, float across_a, float high_a, float across_b, float high_b,
            const Material& material);
  /// Along z with its bottom at `base`; radii at bottom and top (0: a cone), round to the eye.
  void cylinder(Vec3 base, float height, float radius_bottom, float radius_top, int segments,
                const Material& material, bool caps = true);
  void sphere(Vec3 center, Vec3 radii, int rings, int segments, const Material& material);
  /// A flat disc across z, seen from both sides where nothing is culled.
  void disc(Vec3 center, float radius, int segments, const Material& material);

  /// Turns and moves the vertices from `first` on.
  void transform(std::size_t first, Quat turn, Vec3 move);
  [[nodiscard]] int num_triangles() const noexcept { return static_cast<int>(indices.size() / 3); }
};

}  // namespace volery::render
