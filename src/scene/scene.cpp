#include "scene/scene.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "scene/bvh.hpp"
#include "scene/clearance_grid.hpp"
#include "scene/ray_lanes.hpp"
#include "scene/shapes.hpp"

namespace volery {

using scene::Aabb;
using scene::Bvh;
using scene::HalfSpace;
using scene::max_of;
using scene::min_of;
using scene::Ray;
using scene::Shape;
using scene::ShapeHit;

namespace {

bool is_finite(Vec3 v) {
  const float sum = v.x + v.y + v.z;
  return sum - sum == 0;
}

// surface_height_m() of 16 points over one horizontal plane. A function of its own with restricted
// pointers, for the compiler to make vectors of it.
[[gnu::noinline]] void level_ground_lanes(const float* __restrict x, const float* __restrict y,
                                          const float* __restrict z, float ground_m, float floor_m,
                                          float* __restrict out) noexcept {
  for (int l = 0; l < kLanes; ++l) {
    const float surface_m = z[l] - ground_m <= 0 ? z[l] : z[l] - (z[l] - ground_m);
    // 0 for finite coordinates, NaN otherwise
    const float finite = x[l] * 0.0F + y[l] * 0.0F + z[l] * 0.0F;
    out[l] = finite == 0 ? surface_m : floor_m;
  }
}

}  // namespace

/// What the queries walk: planes one by one (they have no bounds), everything else through a tree.
struct Scene::Index {
  std::vector<Shape> shapes;  // as SceneConfig.statics
  std::vector<int> planes;    // indices of planes, ascending
  std::vector<HalfSpace> plane_surfaces;
  std::vector<int> bounded;  // indices of the others, ascending
  Bvh tree;                  // over `bounded`
  scene::ClearanceGrid clearance;
  bool level_ground = false;  // a horizontal plane is all there is

  [[nodiscard]] const Shape& shape(int primitive) const noexcept {
    return shapes[static_cast<std::size_t>(primitive)];
  }
  [[nodiscard]] int bounded_at(std::int32_t item) const noexcept {
    return bounded[static_cast<std::size_t>(item)];
  }
  /// Distance to the nearest bounded primitive, known to be at most at_most_m.
  [[nodiscard]] float nearest_bounded_m(Vec3 point, float at_most_m) const noexcept {
    float nearest = at_most_m;
    float nearest_m2 = at_most_m < 1e18F ? at_most_m * at_most_m : at_most_m;
    tree.near(point, nearest_m2, [&](std::int32_t item) {
      nearest = min_of(nearest, scene::distance_m(shape(bounded_at(item)), point));
      nearest_m2 = min_of(nearest_m2, nearest * nearest);
    });
    return nearest;
  }
};

Scene::Scene(SceneConfig config) : config_(std::move(config)), index_(std::make_unique<Index>()) {
  scene::validate(config_);
  std::vector<Aabb> boxes;
  for (int i = 0; i < static_cast<int>(config_.statics.size()); ++i) {
    const Primitive& primitive = config_.statics[static_cast<std::size_t>(i)];
    index_->shapes.push_back(
        scene::make_shape(primitive, "scene.statics[" + std::to_string(i) + "]"));
    const Shape& shape = index_->shapes.back();
    if (shape.kind == PrimitiveKind::kPlane) {
      index_->planes.push_back(i);
      index_->plane_surfaces.push_back(shape.half_spaces.front());
    } else {
      index_->bounded.push_back(i);
      boxes.push_back(shape.bounds);
    }
  }
  index_->tree = Bvh(boxes);
  index_->level_ground = boxes.empty() && index_->plane_surfaces.size() == 1 &&
                         index_->plane_surfaces.front().normal_w == Vec3{0, 0, 1};
  if (!boxes.empty()) {
    Aabb all;
    for (const Aabb& box : boxes) all.include(box);
    index_->clearance = scene::ClearanceGrid(all, [this](Vec3 point, float at_most_m) {
      return index_->nearest_bounded_m(point, at_most_m);
    });
  }
}

Scene::~Scene() = default;

RayHit Scene::cast_ray(Vec3 origin_w_m, Vec3 direction_w, float max_distance_m) const noexcept {
  RayHit best{max_distance_m, -1, {}};
  if (!is_finite(origin_w_m) || !is_finite(direction_w)) return best;
  const auto offer = [&](int primitive, const ShapeHit& hit) {
    const bool nearer = hit.distance_m < best.distance_m;
    const bool first_of_equals =
        hit.distance_m == best.distance_m && (best.primitive < 0 || primitive < best.primitive);
    if (nearer || first_of_equals) best = {hit.distance_m, primitive, hit.normal_w};
  };
  ShapeHit hit;
  for (std::size_t i = 0; i < index_->planes.size(); ++i) {
    if (scene::cast(index_->plane_surfaces[i], origin_w_m, direction_w, hit))
      offer(index_->planes[i], hit);
  }
  // the divisions that boxes need cost more than a plane
  if (index_->tree.empty()) return best;
  const Ray ray(origin_w_m, direction_w);
  index_->tree.cast(ray, best.distance_m, [&](std::int32_t item) {
    const int primitive = index_->bounded_at(item);
    if (scene::cast(index_->shape(primitive), ray, hit)) offer(primitive, hit);
  });
  return best;
}

void Scene::cast_rays(RayPacket& rays) const noexcept {
  if (!is_finite(rays.origin_w_m)) return;
  scene::cast_scene(
      {index_->shapes.data(), index_->plane_surfaces.data(),
       static_cast<int>(index_->plane_surfaces.size()), index_->bounded.data(), &index_->tree},
      rays);
}

float Scene::surface_height_m(Vec3 point_w_m, float floor_m) const noexcept {
  if (!is_finite(point_w_m)) return floor_m;
  bool found = false;
  float highest_m = 0;
  const auto offer = [&](float height_m) {
    highest_m = found ? max_of(highest_m, height_m) : height_m;
    found = true;
  };

  // planes that face up, exactly; inside any half space the point itself is the surface
  for (const HalfSpace& surface : index_->plane_surfaces) {
    const float height_m = surface.height(point_w_m);
    if (height_m <= 0) {
      offer(point_w_m.z);
    } else if (surface.normal_w.z > 0) {
      offer(point_w_m.z - height_m / surface.normal_w.z);
    }
  }
  if (index_->tree.empty()) return found ? highest_m : floor_m;

  // the rest by a ray that ends at the highest plane
  const Ray down(point_w_m, {0, 0, -1});
  float limit_m = found ? point_w_m.z - highest_m : std::numeric_limits<float>::max();
  index_->tree.cast(down, limit_m, [&](std::int32_t item) {
    ShapeHit hit;
    if (!scene::cast(index_->shape(index_->bounded_at(item)), down, hit)) return;
    offer(point_w_m.z - hit.distance_m);
    limit_m = min_of(limit_m, hit.distance_m);
  });
  return found ? highest_m : floor_m;
}

void Scene::surface_heights_m(const float* x, const float* y, const float* z, float floor_m,
                              float* out) const noexcept {
  if (!index_->level_ground) {
    for (int l = 0; l < kLanes; ++l) out[l] = surface_height_m({x[l], y[l], z[l]}, floor_m);
    return;
  }
  level_ground_lanes(x, y, z, index_->plane_surfaces.front().offset_m, floor_m, out);
}

float Scene::ceiling_height_m(Vec3 point_w_m, float none_m) const noexcept {
  if (!is_finite(point_w_m)) return none_m;
  bool found = false;
  float lowest_m = 0;
  const auto offer = [&](float height_m) {
    lowest_m = found ? min_of(lowest_m, height_m) : height_m;
    found = true;
  };

  // planes that face down, exactly
  for (const HalfSpace& surface : index_->plane_surfaces) {
    const float height_m = surface.height(point_w_m);
    if (height_m <= 0) {
      offer(point_w_m.z);
    } else if (surface.normal_w.z < 0) {
      offer(point_w_m.z - height_m / surface.normal_w.z);
    }
  }
  if (index_->tree.empty()) return found ? lowest_m : none_m;

  // the rest by a ray that ends at the lowest plane
  const Ray up(point_w_m, {0, 0, 1});
  float limit_m = found ? lowest_m - point_w_m.z : std::numeric_limits<float>::max();
  index_->tree.cast(up, limit_m, [&](std::int32_t item) {
    ShapeHit hit;
    if (!scene::cast(index_->shape(index_->bounded_at(item)), up, hit)) return;
    offer(point_w_m.z + hit.distance_m);
    limit_m = min_of(limit_m, hit.distance_m);
  });
  return found ? lowest_m : none_m;
}

void Scene::ceiling_heights_m(const float* x, const float* y, const float* z, float none_m,
                              float* out) const noexcept {
  for (int l = 0; l < kLanes; ++l) out[l] = ceiling_height_m({x[l], y[l], z[l]}, none_m);
}

float Scene::distance_m(int primitive, Vec3 point_w_m) const noexcept {
  return scene::distance_m(index_->shape(primitive), point_w_m);
}

int Scene::near_primitives(Vec3 point_w_m, float radius_m, int* out, int capacity) const noexcept {
  int count = 0;
  // keeps the lowest indices in ascending order; the tree visits them in any order
  const auto add = [&](int primitive) {
    if (!(scene::distance_m(index_->shape(primitive), point_w_m) <= radius_m)) return;
    int at = count < capacity ? count : capacity;
    ++count;
    if (at == capacity) {
      if (capacity == 0 || out[capacity - 1] < primitive) return;
      --at;
    }
    for (; at > 0 && out[at - 1] > primitive; --at) out[at] = out[at - 1];
    out[at] = primitive;
  };
  for (const int plane : index_->planes) add(plane);
  const float radius_m2 = radius_m * radius_m;
  index_->tree.near(point_w_m, radius_m2,
                    [&](std::int32_t item) { add(index_->bounded_at(item)); });
  return count;
}

float Scene::clearance_lower_bound_m(Vec3 point_w_m) const noexcept {
  float least_m = std::numeric_limits<float>::max();
  for (const HalfSpace& surface : index_->plane_surfaces) {
    least_m = min_of(least_m, surface.height(point_w_m));
  }
  // rounding of the dot product and the offset
  const Vec3 size = max_of(point_w_m, Vec3{} - point_w_m);
  least_m = max_of(0.0F, least_m - (1e-5F + 1e-6F * (size.x + size.y + size.z)));
  if (!index_->clearance.empty()) {
    least_m = min_of(least_m, index_->clearance.lower_bound_m(point_w_m));
  }
  return least_m;
}

}  // namespace volery
