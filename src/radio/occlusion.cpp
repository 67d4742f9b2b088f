#include "radio/occlusion.hpp"

#include <algorithm>
#include <cmath>

namespace volery::radio {

namespace {

/// A segment in one order whichever end sends, so that both directions see the same.
struct Segment {
  Vec3 from_w_m;
  Vec3 direction_w;  // unit
  float length_m = 0;

  Segment(Vec3 a, Vec3 b) noexcept {
    const bool swapped = b.x < a.x || (b.x == a.x && (b.y < a.y || (b.y == a.y && b.z < a.z)));
    from_w_m = swapped ? b : a;
    const Vec3 d = (swapped ? a : b) - from_w_m;
    length_m = std::sqrt(dot(d, d));
    // ends in one place are a ray of length 0: it meets what it starts inside
    direction_w = length_m > 0 ? d * (1.0F / length_m) : Vec3{0, 0, 1};
  }
  [[nodiscard]] Vec3 at(float distance_m) const noexcept {
    return from_w_m + direction_w * distance_m;
  }
};

float size_of(float x) noexcept {
  return x < 0 ? -x : x;
}

/// A step sideways that leaves the plane of any seam between level or upright faces.
Vec3 beside(const Segment& segment) noexcept {
  const Vec3 u = segment.direction_w;
  // of two directions that no face is likely to have, the one more across the ray
  const Vec3 first{0.421F, 0.279F, 0.863F};
  const Vec3 second{-0.713F, 0.587F, 0.383F};
  const Vec3 generic = size_of(dot(u, first)) < size_of(dot(u, second)) ? first : second;
  const Vec3 across = generic - u * dot(u, generic);
  // far from the origin a float's spacing exceeds kSeam_m
  const float far_m = size_of(segment.from_w_m.x) + size_of(segment.from_w_m.y) +
                      size_of(segment.from_w_m.z) + segment.length_m;
  const float step_m = kSeam_m + 1e-6F * far_m;
  return across * (step_m / std::sqrt(dot(across, across)));
}

bool is_clear(const Scene& scene, const Segment& segment) noexcept {
  const float half_m = 0.5F * segment.length_m;
  return scene.clearance_lower_bound_m(segment.at(half_m)) > half_m * 1.0001F + 2 * kSeam_m;
}

bool meets(const Scene& scene, const Segment& segment, Vec3 shift) noexcept {
  return scene.cast_ray(segment.from_w_m + shift, segment.direction_w, segment.length_m)
             .primitive >= 0;
}

bool may_slip(const Seams* seams, Vec3 a_w_m, Vec3 b_w_m) noexcept {
  return seams == nullptr || seams->is_near(a_w_m, b_w_m);
}

/// Corners of a box in the world that holds the primitive and a margin; false for planes, which no
/// ray slips by.
bool bounds_of(const Primitive& primitive, Vec3& low, Vec3& high) {
  if (primitive.kind == PrimitiveKind::kPlane) return false;
  const Vec3 at{primitive.position_w_m[0], primitive.position_w_m[1], primitive.position_w_m[2]};
  Vec3 half{primitive.size_m[0] / 2, primitive.size_m[1] / 2, primitive.size_m[2] / 2};
  bool is_turned = false;
  for (const float angle : primitive.rpy_rad) is_turned = is_turned || angle != 0;
  float reach2_m2 = dot(half, half);
  const bool has_vertices =
      primitive.kind == PrimitiveKind::kHull || primitive.kind == PrimitiveKind::kMesh;
  if (has_vertices) {
    reach2_m2 = 0;
    for (std::size_t i = 0; i + 2 < primitive.vertices_m.size(); i += 3) {
      const Vec3 v{primitive.vertices_m[i], primitive.vertices_m[i + 1],
                   primitive.vertices_m[i + 2]};
      reach2_m2 = std::max(reach2_m2, dot(v, v));
    }
  }
  if (is_turned || has_vertices) {
    const float reach_m = std::sqrt(reach2_m2);
    half = {reach_m, reach_m, reach_m};
  }
  // what floats of these sizes round, and the step aside
  const float margin_m =
      1e-3F + 4e-6F * (size_of(at.x) + size_of(at.y) + size_of(at.z) + half.x + half.y + half.z);
  const Vec3 margin{margin_m, margin_m, margin_m};
  low = at - half - margin;
  high = at + half + margin;
  return true;
}

Vec3 smaller(Vec3 a, Vec3 b) noexcept {
  return {std::min(a.x, b.x), std::min(a.y, b.y), std::min(a.z, b.z)};
}
Vec3 larger(Vec3 a, Vec3 b) noexcept {
  return {std::max(a.x, b.x), std::max(a.y, b.y), std::max(a.z, b.z)};
}
bool is_below(Vec3 a, Vec3 b) noexcept {
  return a.x <= b.x && a.y <= b.y && a.z <= b.z;
}

}  // namespace

Seams::Seams(const SceneConfig& scene) {
  std::vector<Box> bounds;
  for (const Primitive& primitive : scene.statics) {
    Box box;
    if (bounds_of(primitive, box.low_w_m, box.high_w_m)) bounds.push_back(box);
    // triangles of one mesh meet everywhere, and a hull or a mesh may touch itself
    if (primitive.kind == PrimitiveKind::kMesh) boxes_.push_back(box);
  }
  for (std::size_t i = 0; i < bounds.size() && !everywhere_; ++i) {
    for (std::size_t j = i + 1; j < bounds.size(); ++j) {
      const Box both{larger(bounds[i].low_w_m, bounds[j].low_w_m),
                     smaller(bounds[i].high_w_m, bounds[j].high_w_m)};
      if (is_below(both.low_w_m, both.high_w_m)) boxes_.push_back(both);
    }
    everywhere_ = boxes_.size() > kMost;
  }
}

bool Seams::is_near(Vec3 a_w_m, Vec3 b_w_m) const noexcept {
  if (everywhere_) return true;
  const Vec3 low = smaller(a_w_m, b_w_m);
  const Vec3 high = larger(a_w_m, b_w_m);
  for (const Box& box : boxes_) {
    if (is_below(box.low_w_m, high) && is_below(low, box.high_w_m)) return true;
  }
  return false;
}

bool is_walled(const Scene& scene, Vec3 a_w_m, Vec3 b_w_m, const Seams* seams) noexcept {
  const Segment segment(a_w_m, b_w_m);
  if (is_clear(scene, segment)) return false;
  if (meets(scene, segment, {})) return true;
  return may_slip(seams, a_w_m, b_w_m) && meets(scene, segment, beside(segment));
}

int count_walls(const Scene& scene, Vec3 a_w_m, Vec3 b_w_m, int most, const Seams* seams) noexcept {
  const Segment segment(a_w_m, b_w_m);
  if (most <= 0 || is_clear(scene, segment)) return 0;
  RayHit hit = scene.cast_ray(segment.from_w_m, segment.direction_w, segment.length_m);
  if (hit.primitive < 0) {
    return may_slip(seams, a_w_m, b_w_m) && meets(scene, segment, beside(segment)) ? 1 : 0;
  }

  int count = 0;
  float at_m = 0;
  while (hit.primitive >= 0 && count < most) {
    ++count;
    at_m += hit.distance_m;
    // out of this wall: rays from inside report distance 0, so steps double until one does not
    float step_m = kWallStep_m;
    do {
      at_m += step_m;
      step_m *= 2;
      if (at_m >= segment.length_m) return count;
      hit = scene.cast_ray(segment.at(at_m), segment.direction_w, segment.length_m - at_m);
    } while (hit.primitive >= 0 && hit.distance_m == 0);
  }
  return count;
}

int count_bodies(Vec3 a_w_m, Vec3 b_w_m, const Bodies& others, float radius_m, int sender,
                 int receiver, int most) noexcept {
  const Segment segment(a_w_m, b_w_m);
  const float radius2_m2 = radius_m * radius_m;
  int count = 0;
  for (int i = 0; i < others.num_candidates && count < most; ++i) {
    const std::int32_t agent = others.candidates[i];
    const swarm::PackedAgent& body = others.agents[agent];
    if (agent == sender || agent == receiver || body.present == 0) continue;
    const Vec3 to_body = body.position_w_m - segment.from_w_m;
    const float along_m = dot(to_body, segment.direction_w);
    if (!(along_m > 0 && along_m < segment.length_m)) continue;
    const Vec3 off = to_body - segment.direction_w * along_m;
    if (dot(off, off) < radius2_m2) ++count;
  }
  return count;
}

void OcclusionConfig::describe(FieldVisitor& v) {
  v.choice("kind", kind, {"none", "static", "bodies", "both"},
           "what stands in the way of messages: static geometry, other agents");
  v.field("hard", hard, {.doc = "anything in between cuts the link; else it attenuates path loss"});
  v.field("wall_db", wall_db,
          {.unit = "dB", .low = 0, .high = 100, .doc = "not hard: attenuation per wall"});
  v.field("body_db", body_db,
          {.unit = "dB", .low = 0, .high = 100, .doc = "not hard: attenuation per body"});
  v.field("max_count", max_count,
          {.low = 1, .high = 16, .doc = "not hard: no more walls, nor bodies, are counted"});
  v.field("body_radius_m", body_radius_m,
          {.unit = "m", .low = 0, .high = 100, .doc = "agents block as spheres of this radius"});
}

OcclusionModel::OcclusionModel(const OcclusionConfig& config, bool is_path_loss,
                               const std::string& path, const SceneConfig* scene)
    : statics_(config.kind == OcclusionKind::kStatic || config.kind == OcclusionKind::kBoth),
      bodies_(config.kind == OcclusionKind::kBodies || config.kind == OcclusionKind::kBoth),
      hard_(config.hard),
      wall_db_(config.wall_db),
      body_db_(config.body_db),
      max_count_(config.max_count),
      body_radius_m_(config.body_radius_m) {
  if (any() && !hard_ && !is_path_loss) {
    throw Error(ErrorKind::kValue, path +
                                       ".hard = false: must be true unless range.kind is "
                                       "\"path_loss\", the only one with a power to attenuate");
  }
  if (statics_ && scene != nullptr) seams_.emplace(*scene);
}

bool OcclusionModel::is_blocked(const Scene& scene, Vec3 sender_w_m, Vec3 receiver_w_m,
                                const Bodies& others, int sender, int receiver) const noexcept {
  // bodies first: a few multiplications each
  if (bodies_ &&
      count_bodies(sender_w_m, receiver_w_m, others, body_radius_m_, sender, receiver, 1) > 0) {
    return true;
  }
  return statics_ && is_walled(scene, sender_w_m, receiver_w_m, seams());
}

float OcclusionModel::loss_db(const Scene& scene, Vec3 sender_w_m, Vec3 receiver_w_m,
                              const Bodies& others, int sender, int receiver) const noexcept {
  float db = 0;
  if (statics_) {
    db += wall_db_ *
          static_cast<float>(count_walls(scene, sender_w_m, receiver_w_m, max_count_, seams()));
  }
  if (bodies_) {
    db += body_db_ * static_cast<float>(count_bodies(sender_w_m, receiver_w_m, others,
                                                     body_radius_m_, sender, receiver, max_count_));
  }
  return db;
}

}  // namespace volery::radio
