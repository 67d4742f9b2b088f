// Static geometry: immutable after building, shared by all worlds of a batch. No Bullet here;
// contact/ turns the same primitives into Bullet shapes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/described.hpp"
#include "core/types.hpp"

namespace volery {

enum class PrimitiveKind : int { kPlane, kBox, kCylinder, kSphere, kHull, kMesh };

/// One static body. Planes are the half space below their local z = 0; cylinders stand along local
/// z; a hull is the convex hull of its vertices; a mesh is its triangles alone, without an inside.
struct Primitive {
  PrimitiveKind kind = PrimitiveKind::kBox;
  std::string name;  // for messages and pictures
  std::vector<float> position_w_m{0, 0, 0};
  std::vector<float> rpy_rad{0, 0, 0};  // roll, pitch, yaw as in core/rotation.hpp
  // box: full extents; cylinder: diameter, diameter, height; sphere: three times its diameter
  std::vector<float> size_m{1, 1, 1};
  std::vector<float> vertices_m;  // hull and mesh: x, y, z per vertex, local frame
  std::vector<float> triangles;   // mesh: three vertex indices per triangle
  // hull and mesh: an .obj or .stl file instead of the two above. load_scene() reads it into them
  // and clears it; a Scene is never built from a file that was not read
  std::string file;
  float file_unit_m = 1;  // meters per unit of the file, 0.001 for one in millimeters
  float friction = 0.5F;
  float restitution = 0.5F;
  void describe(FieldVisitor& v);
};

/// A dynamic prop that every world gets a copy of.
struct PropSpec {
  PrimitiveKind kind = PrimitiveKind::kBox;  // box, cylinder, sphere
  std::string name;
  std::vector<float> position_w_m{0, 0, 1};
  std::vector<float> rpy_rad{0, 0, 0};
  std::vector<float> size_m{0.2F, 0.2F, 0.2F};
  float mass_kg = 0.1F;
  float friction = 0.5F;
  float restitution = 0.5F;
  void describe(FieldVisitor& v);
};

/// A massless cable between two bodies, or from a body to a fixed point: it pulls where it is as
/// long as it can be, and does nothing where it is slack. Every world has its own.
struct CableSpec {
  std::string name;  // for messages and pictures
  // "agent 0", "agents" (one cable from each), a prop by its name, "prop 0", or "world"
  std::string a = "agent 0";
  std::string b = "prop 0";
  float length_m = 0.5F;
  std::vector<float> attach_a_b_m{0, 0, 0};  // from the center of mass of a, in its frame
  std::vector<float> attach_b_b_m{0, 0, 0};  // the same of b
  std::vector<float> anchor_w_m{0, 0, 0};    // where an end that is "world" is held
  void describe(FieldVisitor& v);
};

struct SceneConfig {
  std::string name = "empty";
  std::string doc;
  std::vector<float> bounds_low_m{-50, -50, -1};  // agents outside are out of bounds
  std::vector<float> bounds_high_m{50, 50, 50};
  std::vector<float> spawn_low_m{-2, -2, 0.5F};  // where tasks may place agents
  std::vector<float> spawn_high_m{2, 2, 2};
  std::vector<Primitive> statics;
  std::vector<PropSpec> props;
  std::vector<CableSpec> cables;
  void describe(FieldVisitor& v);
};

struct RayPacket;  // scene/ray_packet.hpp

/// Where a ray met static geometry.
struct RayHit {
  float distance_m = 0;  // max_distance_m of the query where nothing was met
  int primitive = -1;    // index into SceneConfig.statics, -1 where nothing was met
  Vec3 normal_w;         // unit, towards the origin of the ray
};

/// Static geometry with its acceleration structure. Queries are const, allocation-free, thread-safe
/// and deterministic (ties by primitive index). A point that is not finite meets nothing, and its
/// clearance is 0.
class Scene {
 public:
  /// Throws Error for geometry that cannot be (a size of 0, a hull of fewer than 4 points, ...).
  explicit Scene(SceneConfig config);
  ~Scene();
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  [[nodiscard]] const SceneConfig& config() const noexcept { return config_; }

  /// First surface along a unit direction, at most max_distance_m away. Rays that start inside a
  /// solid report distance 0 and the opposite of their direction as normal.
  [[nodiscard]] RayHit cast_ray(Vec3 origin_w_m, Vec3 direction_w,
                                float max_distance_m) const noexcept;
  /// The same for 16 rays from one point: shortens distance_m of each to that of the first surface.
  /// Same bits.
  void cast_rays(RayPacket& rays) const noexcept;
  /// World z of the highest surface at or below the point, the point's own inside a solid;
  /// `floor_m` where there is none.
  [[nodiscard]] float surface_height_m(Vec3 point_w_m, float floor_m) const noexcept;
  /// The same for the 16 lanes of a block, same bits: x, y, z and `out` are rows of lanes. In
  /// vectors where the only static is level ground (30 against 2 ns per agent).
  void surface_heights_m(const float* x, const float* y, const float* z, float floor_m,
                         float* out) const noexcept;
  /// World z of the lowest surface at or above the point, the point's own inside a solid; `none_m`
  /// where there is none.
  [[nodiscard]] float ceiling_height_m(Vec3 point_w_m, float none_m) const noexcept;
  /// The same for the 16 lanes of a block, same bits.
  void ceiling_heights_m(const float* x, const float* y, const float* z, float none_m,
                         float* out) const noexcept;
  /// Distance from the point to primitive i, 0 inside; to the surface for meshes. Exact but for
  /// rounding (some 1e-6 of the coordinates).
  [[nodiscard]] float distance_m(int primitive, Vec3 point_w_m) const noexcept;
  /// Appends to `out` (capacity checked) every primitive whose distance to the point is at most
  /// radius_m, ascending by index. Returns how many there are, which may exceed the capacity; the
  /// lowest indices are kept then.
  int near_primitives(Vec3 point_w_m, float radius_m, int* out, int capacity) const noexcept;
  /// Lower bound of the distance to any static surface, rounding included: exact for planes but for
  /// 10 um, a coarse grid for the rest. For culling; costs O(planes) and one look-up.
  [[nodiscard]] float clearance_lower_bound_m(Vec3 point_w_m) const noexcept;

 private:
  SceneConfig config_;
  struct Index;
  std::unique_ptr<Index> index_;
};

/// A scene by name from the assets folder or by a path ending in .toml (a string), or a table of
/// SceneConfig's fields, whose `base` may name a scene that the other keys override. Throws Error
/// naming path, value and range, or the nearest scene.
[[nodiscard]] SceneConfig load_scene(const Value& name_path_or_table);
/// Names in the assets folder, sorted.
[[nodiscard]] std::vector<std::string> scene_names();

}  // namespace volery
