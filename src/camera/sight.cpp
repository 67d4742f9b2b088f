#include "camera/sight.hpp"

#include <algorithm>
#include <cmath>

#include "render/palette.hpp"
#include "render/renderer.hpp"

namespace volery::camera {

namespace {

using scene::Aabb;
using scene::HalfSpace;

/// The pyramid of a view: planes through the eye, normals inwards, and how far it reaches.
struct Frustum {
  Vec3 eye_w_m;
  Vec3 inwards_w[5];
  float far_m;

  explicit Frustum(const View& view) : eye_w_m(view.eye_w_m), far_m(view.far_m) {
    inwards_w[0] = view.forward_w * view.tan_x + view.right_w;
    inwards_w[1] = view.forward_w * view.tan_x - view.right_w;
    inwards_w[2] = view.forward_w * view.tan_y + view.up_w;
    inwards_w[3] = view.forward_w * view.tan_y - view.up_w;
    inwards_w[4] = view.forward_w;
  }

  /// False only where no ray of the picture meets the box.
  [[nodiscard]] bool may_see(const Aabb& box) const noexcept {
    const Vec3 center = (box.low + box.high) * 0.5F - eye_w_m;
    const Vec3 half = (box.high - box.low) * 0.5F;
    // rounding of everything here, some 1e-6 of the distances
    const float slack_m = 1e-4F + 1e-5F * (std::abs(center.x) + std::abs(center.y) +
                                           std::abs(center.z) + half.x + half.y + half.z);
    for (const Vec3& n : inwards_w) {
      const float reach = std::abs(n.x) * half.x + std::abs(n.y) * half.y + std::abs(n.z) * half.z;
      if (dot(n, center) + reach < -slack_m * 2) return false;
    }
    const Vec3& n = inwards_w[4];
    const float reach = std::abs(n.x) * half.x + std::abs(n.y) * half.y + std::abs(n.z) * half.z;
    return dot(n, center) - reach <= far_m + slack_m;
  }
};

/// The smallest rectangle about points on the plane one meter ahead.
struct Extent {
  float left = 1e30F, right = -1e30F, down = 1e30F, up = -1e30F;
  void include(Vec3 p) noexcept {
    const float x = p.x / p.z, y = p.y / p.z;
    left = std::min(left, x);
    right = std::max(right, x);
    down = std::min(down, y);
    up = std::max(up, y);
  }
};

/// Distance from the eye to the box of a solid.
float distance_m(const Solid& solid, Vec3 eye_w_m) noexcept {
  const Vec3 from = eye_w_m - solid.center_w_m;
  if (solid.kind == PrimitiveKind::kSphere)
    return std::max(0.0F, std::sqrt(dot(from, from)) - solid.half_m.x);
  const auto past = [&](const Vec3& axis, float half) {
    return std::max(0.0F, std::abs(dot(axis, from)) - half);
  };
  const Vec3 out{past(solid.axes_w[0], solid.half_m.x), past(solid.axes_w[1], solid.half_m.y),
                 past(solid.axes_w[2], solid.half_m.z)};
  return std::sqrt(dot(out, out));
}

/// Corners of a box: bit i of the number says on which side of axis i it lies.
constexpr int kEdges[12][2] = {{0, 1}, {2, 3}, {4, 5}, {6, 7}, {0, 2}, {1, 3},
                               {4, 6}, {5, 7}, {0, 4}, {1, 5}, {2, 6}, {3, 7}};

/// The part of a box at `least_m` and farther ahead, as the picture shows it.
Extent extent_of(const Vec3 corners[8], float least_m) noexcept {
  Extent extent;
  for (int i = 0; i < 8; ++i) {
    if (corners[i].z >= least_m) extent.include(corners[i]);
  }
  for (const auto& edge : kEdges) {
    const Vec3 a = corners[edge[0]], b = corners[edge[1]];
    if ((a.z >= least_m) == (b.z >= least_m)) continue;
    const float share = (least_m - a.z) / (b.z - a.z);
    const Vec3 cut = a + (b - a) * share;
    extent.include({cut.x, cut.y, least_m});
  }
  return extent;
}

/// Pixels between two places of the axis from -1 to 1, by their centers, and some more.
void pixels_of(float from, float to, int count, int& first, int& end) noexcept {
  constexpr float kSlack = 0.1F;  // pixels, for the rounding of the projection
  const auto size = static_cast<float>(count);
  const float low = std::clamp((from + 1) * 0.5F * size - 0.5F - kSlack, -1.0F, size);
  const float high = std::clamp((to + 1) * 0.5F * size - 0.5F + kSlack, -1.0F, size);
  first = std::max(0, static_cast<int>(std::ceil(low)));
  end = std::min(count, static_cast<int>(std::floor(high)) + 1);
}

}  // namespace

void sight(const View& view, const Solid& solid, std::vector<Sighted>& out) {
  const Vec3 away = solid.center_w_m - view.eye_w_m;
  const auto turned = [&](Vec3 v) {
    return Vec3{dot(view.right_w, v), dot(view.up_w, v), dot(view.forward_w, v)};
  };
  const Vec3 center = turned(away);
  // most of a crowd is behind or beside the picture: by its sphere, with slack for rounding
  const float reach_m = solid.reach_m * 1.0001F + 1e-4F;
  if (!(center.z + reach_m > 0 && center.z - reach_m <= view.far_m)) return;
  const auto beside = [&](float across, float tangent) {
    return std::abs(across) - center.z * tangent > reach_m * (1 + tangent);
  };
  if (beside(center.x, view.tan_x) || beside(center.y, view.tan_y)) return;

  const bool round = solid.kind == PrimitiveKind::kSphere;
  Vec3 half[3];
  if (round) {
    half[0] = {solid.half_m.x, 0, 0}, half[1] = {0, solid.half_m.x, 0};
    half[2] = {0, 0, solid.half_m.x};
  } else {
    half[0] = turned(solid.axes_w[0]) * solid.half_m.x;
    half[1] = turned(solid.axes_w[1]) * solid.half_m.y;
    half[2] = turned(solid.axes_w[2]) * solid.half_m.z;
  }
  const float depth = std::abs(half[0].z) + std::abs(half[1].z) + std::abs(half[2].z);
  if (!(center.z + depth > 0 && center.z - depth <= view.far_m)) return;

  Sighted sighted{&solid, distance_m(solid, view.eye_w_m), 0, 0, view.width, view.height};
  // what lies nearer than this ahead and in the picture is within `near_m` of the eye
  constexpr float kLeast_m = 1e-3F;
  const float spread = std::sqrt(1 + view.tan_x * view.tan_x + view.tan_y * view.tan_y);
  if (sighted.nearest_m > 2 * kLeast_m * spread) {
    Vec3 corners[8];
    for (int i = 0; i < 8; ++i) {
      corners[i] = center + half[0] * ((i & 1) != 0 ? 1.0F : -1.0F) +
                   half[1] * ((i & 2) != 0 ? 1.0F : -1.0F) +
                   half[2] * ((i & 4) != 0 ? 1.0F : -1.0F);
    }
    const Extent extent = extent_of(corners, kLeast_m);
    pixels_of(extent.left / view.tan_x, extent.right / view.tan_x, view.width, sighted.left,
              sighted.right_end);
    // rows count down
    pixels_of(-extent.up / view.tan_y, -extent.down / view.tan_y, view.height, sighted.top,
              sighted.bottom_end);
    if (sighted.left >= sighted.right_end || sighted.top >= sighted.bottom_end) return;
  }
  // a little less than computed: a bound in spite of rounding
  sighted.nearest_m = std::max(0.0F, sighted.nearest_m * (1 - 1e-5F) - 1e-4F);
  out.push_back(sighted);
}

void sort_by_distance(std::vector<Sighted>& sighted) {
  // in place, without memory; ids differ, so the order is one
  std::sort(sighted.begin(), sighted.end(), [](const Sighted& a, const Sighted& b) {
    if (a.nearest_m != b.nearest_m) return a.nearest_m < b.nearest_m;
    return a.solid->id < b.solid->id;
  });
}

Statics::Statics(const SceneConfig& config) {
  scene::validate(config);
  shapes_.reserve(config.statics.size());  // solids point at them
  std::vector<Aabb> boxes;
  for (std::size_t i = 0; i < config.statics.size(); ++i) {
    shapes_.push_back(
        scene::make_shape(config.statics[i], "scene.statics[" + std::to_string(i) + "]"));
    const scene::Shape& shape = shapes_.back();
    const std::uint32_t id = render::kStaticId + static_cast<std::uint32_t>(i);
    if (shape.kind == PrimitiveKind::kPlane) {
      const bool level = shape.half_spaces.front().normal_w.z > render::kLevel;
      grounds_.push_back({shape.half_spaces.front(), id,
                          level ? render::kDarkTheme.ground : render::static_color(shape.kind)});
      continue;
    }
    Solid solid{shape.kind, shape.center_w_m, shape.half_m, {},
                0,          nullptr,          id,           render::static_color(shape.kind)};
    std::copy(std::begin(shape.axes_w), std::end(shape.axes_w), std::begin(solid.axes_w));
    if (shape.kind == PrimitiveKind::kHull || shape.kind == PrimitiveKind::kMesh) {
      solid.shape = &shape;
      solid.center_w_m = (shape.bounds.low + shape.bounds.high) * 0.5F;
      solid.half_m = (shape.bounds.high - shape.bounds.low) * 0.5F;
      solid.axes_w[0] = {1, 0, 0};
      solid.axes_w[1] = {0, 1, 0};
      solid.axes_w[2] = {0, 0, 1};
    }
    const Vec3 half = solid.half_m;
    solid.reach_m = std::sqrt(dot(half, half));
    solids_.push_back(solid);
    boxes.push_back(shape.bounds);
  }
  tree_ = scene::Bvh(boxes);
}

void Statics::sight(const View& view, std::vector<Sighted>& out) const {
  if (tree_.empty()) return;
  const Frustum frustum(view);
  std::int32_t stack[scene::Bvh::kMaxDepth];
  int depth = 0;
  stack[depth++] = 0;
  while (depth > 0) {
    const std::int32_t index = stack[--depth];
    const scene::Bvh::Node& node = tree_.nodes()[index];
    if (!frustum.may_see(node.box)) continue;
    for (std::int32_t i = 0; i < node.count; ++i) {
      camera::sight(view, solids_[static_cast<std::size_t>(tree_.items()[node.first + i])], out);
    }
    if (node.count < 0) {
      stack[depth++] = node.first;
      stack[depth++] = index + 1;
    }
  }
}

}  // namespace volery::camera
