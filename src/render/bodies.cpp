// From bodies to instances.
#include "render/bodies.hpp"

#include <algorithm>
#include <cmath>

#include "core/math.hpp"
#include "render/palette.hpp"
#include "render/vehicle_mesh.hpp"

namespace volery::render {
namespace {

constexpr Material kProps{{255, 255, 255}, 1.0F};
// point sprites: at least as large as can be seen, at most where the mesh takes over
constexpr float kLeastPoint_px = 4, kMostPoint_px = 7;
// in a crowd smaller ones, or they cover each other
constexpr float kLeastCrowd_px = 3;
constexpr int kCrowd = 4000;
constexpr float kCell_px = 6;  // of the squares of a map

void pack(Quat q, std::int16_t* out) {
  const float parts[4] = {q.x, q.y, q.z, q.w};
  for (int i = 0; i < 4; ++i) {
    out[i] = static_cast<std::int16_t>(std::lround(std::clamp(parts[i], -1.0F, 1.0F) * 32767));
  }
}

Instance instance(Vec3 position_rel_m, Vec3 scale, Quat quat_wb, Color color, std::uint32_t id) {
  Instance out;
  out.position_rel_m = position_rel_m;
  out.scale = scale;
  pack(quat_wb, out.quat_xyzw);
  out.color[0] = color.r;
  out.color[1] = color.g;
  out.color[2] = color.b;
  out.color[3] = color.a;
  out.id = id;
  return out;
}

Quat product(Quat a, Quat b) {
  return {
      a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y, a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x,
      a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w, a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z};
}

Color color_of(const Body& body) {
  return (body.flags & kBodyDead) != 0 ? kDead : body.color;
}

Mesh unit_shape(PrimitiveKind kind) {
  Mesh mesh;
  if (kind == PrimitiveKind::kSphere) {
    mesh.sphere({}, {0.5F, 0.5F, 0.5F}, 12, 20, kProps);
  } else if (kind == PrimitiveKind::kCylinder) {
    mesh.cylinder({0, 0, -0.5F}, 1, 0.5F, 0.5F, 24, kProps);
  } else {
    mesh.box({}, {0.5F, 0.5F, 0.5F}, kProps);
  }
  return mesh;
}

}  // namespace

Bodies::Bodies(const Stage& stage) {
  const auto add = [&](Mesh mesh) {
    meshes_.push_back(std::move(mesh));
    return static_cast<int>(meshes_.size()) - 1;
  };
  for (const Vehicle& vehicle : stage.vehicles) {
    Type type;
    type.full = add(full_mesh(vehicle));
    type.near = add(near_mesh(vehicle));
    type.shape = add(shape_mesh(vehicle));
    type.rotor_radius_m = vehicle.config.rotor_radius_m;
    type.radius_m = drawn_radius_m(vehicle);
    for (const RotorSpec& rotor : vehicle.config.rotors) {
      const std::vector<float>& p = rotor.position_b_m;
      type.rotors.push_back({{p[0], p[1], p[2]}, static_cast<float>(rotor.spin)});
    }
    types_.push_back(std::move(type));
  }
  const int box = add(unit_shape(PrimitiveKind::kBox));
  const int cylinder = add(unit_shape(PrimitiveKind::kCylinder));
  const int sphere = add(unit_shape(PrimitiveKind::kSphere));
  for (const PropSpec& spec : stage.scene.props) {
    Prop prop;
    prop.size_m = {spec.size_m[0], spec.size_m[1], spec.size_m[2]};
    prop.radius_m = std::sqrt(dot(prop.size_m, prop.size_m)) / 2;
    prop.mesh = spec.kind == PrimitiveKind::kSphere     ? sphere
                : spec.kind == PrimitiveKind::kCylinder ? cylinder
                                                        : box;
    props_.push_back(prop);
  }
  ball_ = sphere;
  cylinder_ = cylinder;
  blade_ = add(blade_mesh());
}

void Bodies::clear() {
  instances_.clear();
  buckets_.clear();
  discs_.clear();
}

void Bodies::select(const Frame& frame, const View& view, Detail detail, int hidden, float scale) {
  stats_ = {};
  density_ = {};
  discs_.clear();
  measure(frame, view, hidden);
  const bool by_size = detail == Detail::kBySize || detail == Detail::kEach;
  if (by_size) {
    select_levels(diameters_px_, always_full_, levels_, full_from_px_);
  } else {
    sensor_levels_.assign(diameters_px_.size(), Level::kNear);
    for (std::size_t i = 0; i < sensor_levels_.size(); ++i) {
      if (diameters_px_[i] < 0) sensor_levels_[i] = Level::kCulled;
    }
  }
  select_vehicles(frame, view, detail, scale, by_size ? levels_ : sensor_levels_);
  select_props(frame, view);
}

void Bodies::measure(const Frame& frame, const View& view, int hidden) {
  diameters_px_.resize(frame.vehicles.size());
  always_full_.resize(frame.vehicles.size());
  // another world's vehicles have no level before
  if (levels_.size() != frame.vehicles.size())
    levels_.assign(frame.vehicles.size(), Level::kCulled);
  for (std::size_t i = 0; i < frame.vehicles.size(); ++i) {
    const Body& body = frame.vehicles[i];
    const Vec3 at = view.relative(body.position_w_m);
    const float radius = types_[body.type].radius_m;
    const bool seen = static_cast<int>(i) != hidden && view.sees(at, radius);
    diameters_px_[i] = seen ? 2 * radius * view.pixels_per_m(at) : kCulled_px;
    always_full_[i] = (body.flags & kBodySelected) != 0 ? 1 : 0;
    stats_.vehicles_culled += seen ? 0 : 1;
  }
}

void Bodies::close_bucket(int mesh, std::size_t first, bool two_sided) {
  const std::size_t count = instances_.size() - first;
  if (count > 0) buckets_.push_back({mesh, first, count, two_sided, false});
}

void Bodies::select_vehicles(const Frame& frame, const View& view, Detail detail, float scale,
                             const std::vector<Level>& levels) {
  blades_.clear();
  const auto gather = [&](std::size_t type, Level level, int mesh) {
    const std::size_t first = instances_.size();
    for (std::size_t i = 0; i < frame.vehicles.size(); ++i) {
      const Body& body = frame.vehicles[i];
      if (levels[i] != level || body.type != type) continue;
      const Vec3 at = view.relative(body.position_w_m);
      instances_.push_back(instance(at, {1, 1, 1}, body.quat_wb, color_of(body), body.id + 1));
      if (level == Level::kFull) add_rotors(body, types_[type], at);
    }
    close_bucket(mesh, first, level == Level::kNear && detail != Detail::kShapes);
    stats_.vehicles += static_cast<int>(instances_.size() - first);
    if (level == Level::kFull) stats_.vehicles_full += static_cast<int>(instances_.size() - first);
  };
  for (std::size_t type = 0; type < types_.size(); ++type) {
    gather(type, Level::kFull, types_[type].full);
    gather(type, Level::kNear, detail == Detail::kShapes ? types_[type].shape : types_[type].near);
  }
  std::size_t first = instances_.size();
  instances_.insert(instances_.end(), blades_.begin(), blades_.end());
  close_bucket(blade_, first, true);
  select_points(frame, view, detail, scale, levels);
}

void Bodies::select_points(const Frame& frame, const View& view, Detail detail, float scale,
                           const std::vector<Level>& levels) {
  if (detail == Detail::kBySize && map_points(frame, view, levels, scale)) return;
  const std::size_t first = instances_.size();
  const auto seen = static_cast<int>(frame.vehicles.size()) - stats_.vehicles_culled;
  const float least = seen > kCrowd ? kLeastCrowd_px : kLeastPoint_px;
  for (std::size_t i = 0; i < frame.vehicles.size(); ++i) {
    if (levels[i] != Level::kFar) continue;
    const Body& body = frame.vehicles[i];
    const float size = std::clamp(diameters_px_[i], least * scale, kMostPoint_px * scale);
    instances_.push_back(instance(view.relative(body.position_w_m), {size, size, size},
                                  body.quat_wb, color_of(body), body.id + 1));
  }
  close_bucket(Bucket::kPoints, first, true);
  stats_.vehicles_far = static_cast<int>(instances_.size() - first);
  stats_.vehicles += stats_.vehicles_far;
}

bool Bodies::map_points(const Frame& frame, const View& view, const std::vector<Level>& levels,
                        float scale) {
  std::vector<Vec3> positions_w_m, positions_rel_m;
  for (std::size_t i = 0; i < frame.vehicles.size(); ++i) {
    if (levels[i] != Level::kFar) continue;
    positions_w_m.push_back(frame.vehicles[i].position_w_m);
    positions_rel_m.push_back(view.relative(positions_w_m.back()));
  }
  mapped_ = is_crowd(positions_rel_m, view, mapped_);
  if (!mapped_) return false;
  // squares of some pixels at the middle one of the vehicles
  const auto middle =
      positions_rel_m.begin() + static_cast<std::ptrdiff_t>(positions_rel_m.size() / 2);
  std::nth_element(positions_rel_m.begin(), middle, positions_rel_m.end(),
                   [&](Vec3 a, Vec3 b) { return view.distance_m(a) < view.distance_m(b); });
  density_ = density_of(positions_w_m, kCell_px * scale / view.pixels_per_m(*middle));
  stats_.vehicles_mapped = density_.total;
  stats_.vehicles += density_.total;
  stats_.map_cell_m = density_.cell_m;
  stats_.map_most = density_.most;
  return true;
}

void Bodies::select_props(const Frame& frame, const View& view) {
  // props of one shape, whatever their size, are one bucket
  const std::size_t shapes = meshes_.size() - 1;
  for (std::size_t mesh = shapes - 3; mesh < shapes; ++mesh) {
    const std::size_t first = instances_.size();
    for (const Body& body : frame.props) {
      const Prop& prop = props_[body.type];
      if (prop.mesh != static_cast<int>(mesh)) continue;
      const Vec3 at = view.relative(body.position_w_m);
      if (!view.sees(at, prop.radius_m)) continue;
      instances_.push_back(instance(at, prop.size_m, body.quat_wb, body.color, body.id + 1));
    }
    if (static_cast<int>(mesh) == cylinder_) add_rods(frame, view);
    close_bucket(static_cast<int>(mesh), first, false);
  }
}

void Bodies::add_rods(const Frame& frame, const View& view) {
  for (const Rod& rod : frame.rods) {
    const Vec3 way = rod.to_w_m - rod.from_w_m;
    const float length = std::sqrt(dot(way, way));
    const Vec3 at = view.relative((rod.from_w_m + rod.to_w_m) * 0.5F);
    if (length <= 0 || !view.sees(at, length / 2 + rod.radius_m)) continue;
    instances_.push_back(instance(at, {2 * rod.radius_m, 2 * rod.radius_m, length},
                                  standing_along(way * (1 / length)), rod.color, rod.id + 1));
  }
}

void Bodies::add_balls(std::span<const Instance> balls, bool blended) {
  if (balls.empty()) return;
  buckets_.push_back({ball_, instances_.size(), balls.size(), false, blended});
  instances_.insert(instances_.end(), balls.begin(), balls.end());
}

void Bodies::cover(const Frame& frame, const View& view, Cover& out) const {
  for (std::size_t i = 0; i < frame.vehicles.size(); ++i) {
    const Body& body = frame.vehicles[i];
    if (levels_[i] == Level::kNear || levels_[i] == Level::kFull) {
      out.add_ball(view.relative(body.position_w_m), radius_m(body));
    }
  }
  for (const Body& body : frame.props) {
    const Vec3 at = view.relative(body.position_w_m);
    if (view.sees(at, prop_radius_m(body))) out.add_ball(at, prop_radius_m(body));
  }
  for (const Rod& rod : frame.rods) {
    const Vec3 from = view.relative(rod.from_w_m), to = view.relative(rod.to_w_m);
    const float reach = std::sqrt(dot(to - from, to - from)) / 2 + rod.radius_m;
    if (view.sees((from + to) * 0.5F, reach)) out.add_ball((from + to) * 0.5F, reach);
  }
}

void Bodies::add_rotors(const Body& body, const Type& type, Vec3 center_rel_m) {
  const bool dead = (body.flags & kBodyDead) != 0;
  const bool blurred = !dead && std::abs(body.rotor_speed_radps) > kBlurRadps;
  for (const Rotor& rotor : type.rotors) {
    // just above the motor's bell
    const Vec3 hub = rotor.hub_b_m + Vec3{0, 0, 0.02F * type.rotor_radius_m};
    const Vec3 at = center_rel_m + rotate(body.quat_wb, hub);
    if (blurred) {
      discs_.push_back({at, rotate(body.quat_wb, {0, 0, 1}), type.rotor_radius_m, color_of(body)});
      continue;
    }
    const float half = body.rotor_angle_rad * rotor.spin / 2;
    const Quat turned = product(body.quat_wb, {0, 0, sin(half), cos(half)});
    const float r = type.rotor_radius_m;
    // a clockwise propeller is the mirror image of the other
    blades_.push_back(instance(at, {r, r * rotor.spin, r}, turned, color_of(body), body.id + 1));
  }
}

}  // namespace volery::render
