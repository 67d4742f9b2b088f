#include "sense/sight_common.hpp"

#include <algorithm>
#include <cmath>

#include "scene/collision.hpp"
#include "state/fleet_rows.hpp"

namespace volery::sense {

namespace {

float length(Vec3 v) {
  return std::sqrt(dot(v, v));
}

}  // namespace

// A loop that compilers make vectors of; the sums are in a fixed order in each lane.
bool squared_distances(const float* __restrict block, Vec3 point_w_m, float limit_m2,
                       float* __restrict out) noexcept {
  const float* const x = block + kPosition * kLanes;
  int any = 0;
  for (int l = 0; l < kLanes; ++l) {
    const float dx = x[l] - point_w_m.x;
    const float dy = x[kLanes + l] - point_w_m.y;
    const float dz = x[2 * kLanes + l] - point_w_m.z;
    out[l] = dx * dx + dy * dy + dz * dz;
    any |= out[l] <= limit_m2 ? 1 : 0;
  }
  return any != 0;
}

void SeenKinds::describe(FieldVisitor& v) {
  v.field("statics", statics, {.doc = "whether static geometry is seen"});
  v.field("agents", agents, {.doc = "whether other agents are seen, by their collision shapes"});
  v.field("props", props, {.doc = "whether props are seen"});
}

float distance_m(const RaySolid& solid, Vec3 point_w_m) noexcept {
  const Vec3 from = point_w_m - solid.center_w_m;
  const auto past = [](float at, float half) { return std::max(at - half, 0.0F); };
  if (solid.kind == PrimitiveKind::kSphere) return past(length(from), solid.half_m.x);
  const Vec3 at{dot(solid.axes_w[0], from), dot(solid.axes_w[1], from), dot(solid.axes_w[2], from)};
  const float up = past(std::abs(at.z), solid.half_m.z);
  if (solid.kind == PrimitiveKind::kCylinder)
    return length({past(length({at.x, at.y, 0}), solid.half_m.x), 0, up});
  return length({past(std::abs(at.x), solid.half_m.x), past(std::abs(at.y), solid.half_m.y), up});
}

Sight::Mounted Sight::mounted(PrimitiveKind kind, const std::vector<float>& size_m,
                              Vec3 offset_b_m) {
  Mounted shape;
  shape.offset_b_m = offset_b_m;
  shape.solid.kind = kind;
  shape.solid.half_m = Vec3{size_m[0], size_m[1], size_m[2]} * 0.5F;
  const Vec3 half = shape.solid.half_m;
  // rounded up, so that it stays a bound
  constexpr float kRoundUp = 1.000001F;
  shape.solid.reach_m = kRoundUp * (kind == PrimitiveKind::kSphere     ? half.x
                                    : kind == PrimitiveKind::kCylinder ? length({half.x, 0, half.z})
                                                                       : length(half));
  return shape;
}

Sight::Sight(const SensorContext& context, const SeenKinds& seen) : seen_(seen) {
  const auto add_type = [&](const Vehicle& vehicle) {
    const CollisionSpec& shape = vehicle.config.collision;
    const std::vector<float>& offset = shape.offset_b_m;
    agents_.push_back(
        mounted(kind_of(shape.shape), shape.size_m, {offset[0], offset[1], offset[2]}));
    agent_reach_m_ = std::max(agent_reach_m_, vehicle.bounding_radius_m);
  };
  if (context.fleet == nullptr) {
    add_type(context.vehicle);
  } else {
    for (const Vehicle& type : context.fleet->types()) add_type(type);
    if (context.fleet->num_types() > 1) type_row_ = context.fields.find("vehicle_type").row;
  }
  for (const PropSpec& prop : context.scene.config().props)
    props_.push_back(mounted(prop.kind, prop.size_m, {}));
}

void Sight::add(const Blocks& blocks, int body, const Mounted& shape,
                NearSolids& near) const noexcept {
  RaySolid& solid = near.solids[static_cast<std::size_t>(near.count++)];
  solid = shape.solid;
  const Quat quat_wb = blocks.quat(body);
  place_solid(solid, blocks.vec3(body, kPosition) + rotate(quat_wb, shape.offset_b_m), quat_wb);
}

void Sight::find_near(const SenseInput& in, int agent, float reach_m,
                      NearSolids& near) const noexcept {
  near.count = 0;
  const Slab& slab = in.slab;
  const int world = agent / slab.num_agents;
  const Vec3 at = slab.agents.vec3(agent, kPosition);
  const int base = world * slab.num_agents;

  // agents: what is far is left out, with some slack for rounding
  constexpr float kSlack = 1.0001F;
  const float limit_m = (reach_m + agent_reach_m_) * kSlack;
  bool full = false;
  if (seen_.agents && near.next_body < slab.num_agents) {
    for_agents_within(slab, agent, limit_m * limit_m, base + near.next_body, [&](int body) {
      if (full) return;
      full = near.count == NearSolids::kRoom;
      if (full) {
        near.next_body = body - base;
        return;
      }
      const int type = type_row_ < 0 ? 0 : static_cast<int>(slab.agents.at(body, type_row_));
      add(slab.agents, body, agents_[static_cast<std::size_t>(type)], near);
    });
  }
  if (full) return;

  // props, few of them
  const int num_props = seen_.props ? slab.num_props : 0;
  for (int p = std::max(0, near.next_body - slab.num_agents); p < num_props; ++p) {
    const int body = world * slab.num_props + p;
    const Mounted& shape = props_[static_cast<std::size_t>(p)];
    const Vec3 away = slab.props.vec3(body, kPosition) - at;
    const float near_m = (reach_m + shape.solid.reach_m) * kSlack;
    if (!(dot(away, away) <= near_m * near_m) || is_absent(slab.props, body)) continue;
    if (near.count == NearSolids::kRoom) {
      near.next_body = slab.num_agents + p;
      return;
    }
    add(slab.props, body, shape, near);
  }
  near.complete = true;
}

}  // namespace volery::sense
