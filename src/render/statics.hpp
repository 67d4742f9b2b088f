// The static geometry of a stage on the GPU. What a view sees of it is chosen on the CPU by
// primitive, and of boxes by face: with software rasterizers a vertex costs as much as a pixel.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "render/cover.hpp"
#include "render/mesh.hpp"
#include "render/view.hpp"
#include "scene/scene.hpp"

namespace volery::render {

/// Triangles of the statics that a view sees, as ranges of one index list.
struct StaticRange {
  std::size_t first = 0;      // index
  std::size_t closed = 0;     // indices of solids, whose back faces nobody sees
  std::size_t two_sided = 0;  // then those of meshes
};

/// How far planes reach.
enum class Planes : int {
  kBounds,    // walls and ceilings to the bounds of the scene; ground left out: it has its shader
  kNone,      // as the sun sees them: they throw no shadows
  kInfinite,  // to the far plane: what a ray meets
};

class Statics {
 public:
  explicit Statics(const SceneConfig& scene);

  /// Appends the triangles that the view sees to `indices`. Planes are not among them.
  [[nodiscard]] StaticRange select(const View& view, std::vector<std::uint32_t>& indices) const;
  /// Appends the planes that face the eye as triangles, relative to the eye.
  void planes(const View& view, Planes reach, Color color, Mesh& out) const;
  /// Adds what the view sees, but for ground.
  void cover(const View& view, Cover& out) const;
  /// Height of the ground under the eye; nothing where the scene has none or the eye is below.
  [[nodiscard]] std::optional<float> ground_w_m(const View& view) const;

  /// Distance from a point to the nearest of it, a lower bound.
  [[nodiscard]] double distance_m(const std::array<double, 3>& point_w_m) const;
  [[nodiscard]] const std::vector<MeshVertex>& vertices() const noexcept { return mesh_.vertices; }
  /// What the vertices are relative to.
  [[nodiscard]] std::array<double, 3> origin_w_m() const noexcept { return origin_w_m_; }

 private:
  struct Part {
    Vec3 low_m, high_m;  // relative to the origin
    std::size_t first = 0, count = 0;
    bool two_sided = false;
    bool faces = false;  // a box: six faces of six indices, each seen from one side
  };
  struct PlaneOf {
    std::array<double, 3> point_w_m{};
    Vec3 normal_w;
    std::uint32_t id = 0;
    bool ground = false;
  };
  /// Whether the eye is in front of it.
  [[nodiscard]] static bool faces(const PlaneOf& plane, const View& view);
  /// The part of a plane that is drawn, relative to the eye; empty where none is.
  [[nodiscard]] std::vector<Vec3> polygon_of(const PlaneOf& plane, const View& view,
                                             Planes reach) const;
  void append(const Part& part, const View& view, Vec3 eye_m,
              std::vector<std::uint32_t>& indices) const;
  void add(const Primitive& primitive, std::uint32_t id);
  void add_plane(const Primitive& primitive, std::uint32_t id);

  std::array<double, 3> origin_w_m_{};
  Vec3 low_w_m_, high_w_m_;  // bounds of the scene
  Mesh mesh_;
  std::vector<Part> parts_;
  std::vector<PlaneOf> planes_;
};

}  // namespace volery::render
