// Vehicles and props of a frame as instances: which are seen, how finely, in which order on the
// GPU. One buffer for all views of a picture, one draw per mesh and view.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "render/cover.hpp"
#include "render/density.hpp"
#include "render/frame.hpp"
#include "render/lod.hpp"
#include "render/mesh.hpp"
#include "render/renderer.hpp"
#include "render/view.hpp"

namespace volery::render {

/// As the shaders read it.
struct Instance {
  Vec3 position_rel_m;
  Vec3 scale;
  std::int16_t quat_xyzw[4] = {0, 0, 0, 32767};
  std::uint8_t color[4] = {255, 255, 255, 255};
  std::uint32_t id = 0;
};
static_assert(sizeof(Instance) == 40);

/// Instances of one mesh; `mesh` counts those of Bodies::meshes(), kPoints: point sprites.
struct Bucket {
  static constexpr int kPoints = -1;
  int mesh = 0;
  std::size_t first = 0;
  std::size_t count = 0;
  bool two_sided = false;
  bool blended = false;  // drawn after all solids
};

/// Who is looking.
enum class Detail : int {
  kBySize,  // a person: levels of detail
  kEach,    // the same, but every vehicle by itself: what a person may pick
  kMeshes,  // an agent's color camera: the mesh of few triangles at any size
  kShapes,  // an agent's distance camera: what rays meet
};

/// Where rotors turn too fast to be seen: discs that let light through.
struct RotorDisc {
  Vec3 center_rel_m;
  Vec3 axis_w;
  float radius_m = 0;
  Color color;
};

class Bodies {
 public:
  explicit Bodies(const Stage& stage);
  /// Vehicles are drawn in full from that diameter on, pixels.
  void draw_full_from(float diameter_px) noexcept { full_from_px_ = diameter_px; }

  /// Meshes that buckets name, to be uploaded once.
  [[nodiscard]] const std::vector<Mesh>& meshes() const noexcept { return meshes_; }

  /// Sorts the frame's bodies into buckets for a view. `hidden`: a vehicle left out, or -1.
  /// `scale`: of point sprites. Appends to instances() and buckets(); discs() and stats() are of
  /// this call alone.
  void select(const Frame& frame, const View& view, Detail detail, int hidden, float scale);
  /// Appends balls (unit spheres of radius 1/2, scaled). `blended`: they let light through.
  void add_balls(std::span<const Instance> balls, bool blended);
  /// Adds the meshes that the last select() chose for a person to see.
  void cover(const Frame& frame, const View& view, Cover& out) const;
  /// Before the first view of a picture.
  void clear();

  [[nodiscard]] const std::vector<Instance>& instances() const noexcept { return instances_; }
  [[nodiscard]] const std::vector<Bucket>& buckets() const noexcept { return buckets_; }
  [[nodiscard]] const std::vector<RotorDisc>& discs() const noexcept { return discs_; }
  [[nodiscard]] const DrawStats& stats() const noexcept { return stats_; }
  /// Of what the last select() left to a map; empty where it drew each.
  [[nodiscard]] const Density& density() const noexcept { return density_; }
  /// Of what is drawn of a vehicle.
  [[nodiscard]] float radius_m(const Body& vehicle) const { return types_[vehicle.type].radius_m; }
  /// Half the diagonal of a prop.
  [[nodiscard]] float prop_radius_m(const Body& prop) const { return props_[prop.type].radius_m; }
  [[nodiscard]] Vec3 prop_size_m(const Body& prop) const { return props_[prop.type].size_m; }

 private:
  struct Rotor {
    Vec3 hub_b_m;
    float spin = 1;
  };
  struct Type {
    int full = 0, near = 0, shape = 0;  // meshes
    std::vector<Rotor> rotors;
    float rotor_radius_m = 0;
    float radius_m = 0;
  };
  struct Prop {
    int mesh = 0;
    Vec3 size_m;
    float radius_m = 0;
  };
  void measure(const Frame& frame, const View& view, int hidden);
  void select_vehicles(const Frame& frame, const View& view, Detail detail, float scale,
                       const std::vector<Level>& levels);
  void select_points(const Frame& frame, const View& view, Detail detail, float scale,
                     const std::vector<Level>& levels);
  /// Whether points are left to a map.
  bool map_points(const Frame& frame, const View& view, const std::vector<Level>& levels,
                  float scale);
  void select_props(const Frame& frame, const View& view);
  void add_rods(const Frame& frame, const View& view);
  void add_rotors(const Body& body, const Type& type, Vec3 center_rel_m);
  void close_bucket(int mesh, std::size_t first, bool two_sided);

  std::vector<Mesh> meshes_;
  std::vector<Type> types_;
  std::vector<Prop> props_;
  int blade_ = 0, ball_ = 0, cylinder_ = 0;
  std::vector<Instance> instances_, blades_;
  std::vector<Bucket> buckets_;
  std::vector<RotorDisc> discs_;
  std::vector<float> diameters_px_;
  std::vector<std::uint8_t> always_full_;
  std::vector<Level> levels_;  // of pictures for a person
  float full_from_px_ = kFullFrom_px;
  std::vector<Level> sensor_levels_;
  bool mapped_ = false;  // in the picture before
  Density density_;
  DrawStats stats_;
};

/// Rotors faster than this are drawn as discs: a fifth of a turn in a 60th of a second.
inline constexpr float kBlurRadps = 75;

}  // namespace volery::render
