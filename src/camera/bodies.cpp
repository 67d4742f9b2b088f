#include "camera/bodies.hpp"

#include <algorithm>
#include <cmath>

#include "model/fleet.hpp"
#include "model/teams.hpp"
#include "render/palette.hpp"
#include "scene/collision.hpp"
#include "scene/ray_packet.hpp"
#include "state/blocks.hpp"

namespace volery::camera {

namespace {

Vec3 vec3_of(const std::vector<float>& values, std::size_t row) {
  const float* p = values.data() + row * 3;
  return {p[0], p[1], p[2]};
}
Quat quat_of(const std::vector<float>& values, std::size_t row) {
  const float* p = values.data() + row * 4;
  return {p[0], p[1], p[2], p[3]};
}
bool is_finite(Vec3 v) {
  const float sum = v.x + v.y + v.z;
  return sum - sum == 0;
}
Vec3 half_of(const std::vector<float>& size_m) {
  return Vec3{size_m[0], size_m[1], size_m[2]} * 0.5F;
}

// names of fields, made once: long ones would allocate at every read
const std::string kPropPosition = "prop_position_w_m";
const std::string kPropQuat = "prop_quat_wb_xyzw";
const std::string kPropMode = "prop_body_mode";
const std::string kRotorSpeed = "rotor_speed_radps";

constexpr auto kAbsentMode = static_cast<float>(BodyMode::kAbsent);

}  // namespace

Bodies::Bodies(const Batch& batch)
    : num_agents_(batch.num_agents()),
      num_props_(batch.num_props()),
      cables_(cables_of(batch.scene(), batch.num_agents())) {
  const auto worlds = static_cast<std::size_t>(batch.num_worlds());
  const auto agents = static_cast<std::size_t>(num_agents_);
  const auto props = static_cast<std::size_t>(num_props_);
  for (int a = 0; a < num_agents_; ++a) {
    const CollisionSpec& shape = batch.fleet().vehicle_of(a).config.collision;
    const std::vector<float>& offset = shape.offset_b_m;
    agent_shapes_.push_back(
        {kind_of(shape.shape), half_of(shape.size_m), {offset[0], offset[1], offset[2]}});
    colors_.push_back(render::team_color(batch.teams().of(a)));
    types_.push_back(static_cast<std::uint16_t>(batch.fleet().type_of(a)));
  }
  for (const PropSpec& prop : batch.scene().props)
    prop_shapes_.push_back({prop.kind, half_of(prop.size_m), {}});
  for (const StateField& field : batch.state_fields())
    if (field.name == kRotorSpeed) num_rotor_rows_ = field.width;

  position_.resize(worlds * agents * 3);
  quat_.resize(worlds * agents * 4);
  alive_.resize(worlds * agents);
  mode_.resize(worlds * agents);
  rotor_speed_.resize(worlds * agents * static_cast<std::size_t>(num_rotor_rows_));
  prop_position_.resize(worlds * props * 3);
  prop_quat_.resize(worlds * props * 4);
  prop_mode_.resize(worlds * props);
  solids_.resize(worlds * num_solids());
  count_.resize(worlds);
  solid_index_.resize(worlds * agents, -1);
}

void Bodies::read(const Batch& batch) {
  batch.state("position_w_m", position_);
  batch.state("quat_wb_xyzw", quat_);
  batch.state("alive", alive_);
  batch.state("body_mode", mode_);
  if (num_props_ > 0) {
    batch.state(kPropPosition, prop_position_);
    batch.state(kPropQuat, prop_quat_);
    batch.state(kPropMode, prop_mode_);
  }
  if (num_rotor_rows_ > 0) batch.state(kRotorSpeed, rotor_speed_);
}

Vec3 Bodies::position_w_m(int world, int agent) const noexcept {
  return vec3_of(position_, static_cast<std::size_t>(world) * num_agents_ + agent);
}
Quat Bodies::quat_wb(int world, int agent) const noexcept {
  return quat_of(quat_, static_cast<std::size_t>(world) * num_agents_ + agent);
}

bool Bodies::is_alive(int world, int agent) const noexcept {
  return alive_[static_cast<std::size_t>(world) * num_agents_ + agent] != 0;
}

const Solid* Bodies::solid_of(int world, int agent) const noexcept {
  const int index = solid_index_[static_cast<std::size_t>(world) * num_agents_ + agent];
  return index < 0 ? nullptr : &solids(world)[static_cast<std::size_t>(index)];
}

bool Bodies::prop_is_there(int world, int prop) const noexcept {
  const std::size_t row = static_cast<std::size_t>(world) * num_props_ + prop;
  return prop_mode_[row] != kAbsentMode && is_finite(vec3_of(prop_position_, row));
}

Solid Bodies::solid_at(const Shape& shape, Vec3 position_w_m, Quat quat_wb) const noexcept {
  RaySolid placed{shape.kind, shape.half_m, 0, {}, {}};
  place_solid(placed, position_w_m + rotate(quat_wb, shape.offset_b_m), quat_wb);
  Solid solid;
  solid.kind = shape.kind;
  solid.center_w_m = placed.center_w_m;
  solid.half_m = shape.half_m;
  std::copy(std::begin(placed.axes_w), std::end(placed.axes_w), std::begin(solid.axes_w));
  solid.reach_m = std::sqrt(dot(shape.half_m, shape.half_m));
  return solid;
}

void Bodies::place(int world) {
  Solid* const to = solids_.data() + static_cast<std::size_t>(world) * num_solids();
  int& count = count_[static_cast<std::size_t>(world)];
  count = 0;
  for (int a = 0; a < num_agents_; ++a) {
    const std::size_t row = static_cast<std::size_t>(world) * num_agents_ + a;
    solid_index_[row] = -1;
    const Vec3 at = vec3_of(position_, row);
    if (mode_[row] == kAbsentMode || !is_finite(at)) continue;
    solid_index_[row] = count;
    Solid& solid = to[count++];
    solid = solid_at(agent_shapes_[static_cast<std::size_t>(a)], at, quat_of(quat_, row));
    solid.id = agent_id(a);
    solid.color = alive_[row] != 0 ? colors_[static_cast<std::size_t>(a)] : render::kDead;
  }
  for (int p = 0; p < num_props_; ++p) {
    if (!prop_is_there(world, p)) continue;
    const std::size_t row = static_cast<std::size_t>(world) * num_props_ + p;
    Solid& solid = to[count++];
    solid = solid_at(prop_shapes_[static_cast<std::size_t>(p)], vec3_of(prop_position_, row),
                     quat_of(prop_quat_, row));
    solid.id = prop_id(num_agents_, p);
    solid.color = render::kProp;
  }
  for (std::size_t c = 0; c < cables_.size(); ++c) {
    Vec3 from, end;
    if (!find_cable(world, cables_[c], from, end)) continue;
    const Vec3 way = end - from;
    const float length = std::sqrt(dot(way, way));
    const Shape rod{PrimitiveKind::kCylinder, {kCableRadius_m, kCableRadius_m, length / 2}, {}};
    Solid& solid = to[count++];
    solid = solid_at(rod, (from + end) * 0.5F, render::standing_along(way * (1 / length)));
    solid.id = cable_id(num_agents_, num_props_, static_cast<int>(c));
    solid.color = render::kCable;
  }
}

bool Bodies::find_end(int world, const CableEnd& end, Vec3& at_w_m) const noexcept {
  at_w_m = end.at_m;
  if (end.kind == CableEnd::Kind::kAgent) {
    const std::size_t row = static_cast<std::size_t>(world) * num_agents_ + end.index;
    at_w_m = vec3_of(position_, row) + rotate(quat_of(quat_, row), end.at_m);
    if (mode_[row] == kAbsentMode) return false;
  } else if (end.kind == CableEnd::Kind::kProp) {
    const std::size_t row = static_cast<std::size_t>(world) * num_props_ + end.index;
    at_w_m = vec3_of(prop_position_, row) + rotate(quat_of(prop_quat_, row), end.at_m);
    if (!prop_is_there(world, end.index)) return false;
  }
  return is_finite(at_w_m);
}

bool Bodies::find_cable(int world, const Cable& cable, Vec3& from_w_m,
                        Vec3& to_w_m) const noexcept {
  if (!find_end(world, cable.a, from_w_m) || !find_end(world, cable.b, to_w_m)) return false;
  const Vec3 way = to_w_m - from_w_m;
  constexpr float kNoLength_m = 1e-4F;
  return dot(way, way) > kNoLength_m * kNoLength_m;
}

std::span<const Solid> Bodies::solids(int world) const noexcept {
  return {solids_.data() + static_cast<std::size_t>(world) * num_solids(),
          static_cast<std::size_t>(count_[static_cast<std::size_t>(world)])};
}

void Bodies::compose(int world, render::Frame& out, std::vector<int>& vehicle_of_agent) const {
  out.clear();
  vehicle_of_agent.assign(static_cast<std::size_t>(num_agents_), -1);
  for (int a = 0; a < num_agents_; ++a) {
    const Solid* const solid = solid_of(world, a);
    if (solid == nullptr) continue;
    const std::size_t row = static_cast<std::size_t>(world) * num_agents_ + a;
    render::Body body;
    body.position_w_m = vec3_of(position_, row);
    body.quat_wb = quat_of(quat_, row);
    body.color = solid->color;
    body.type = types_[static_cast<std::size_t>(a)];
    body.id = solid->id - 1;
    if (alive_[row] == 0) body.flags = render::kBodyDead;
    float sum_radps = 0;
    for (int r = 0; r < num_rotor_rows_; ++r)
      sum_radps += rotor_speed_[row * static_cast<std::size_t>(num_rotor_rows_) + r];
    if (num_rotor_rows_ > 0)
      body.rotor_speed_radps = sum_radps / static_cast<float>(num_rotor_rows_);
    vehicle_of_agent[static_cast<std::size_t>(a)] = static_cast<int>(out.vehicles.size());
    out.vehicles.push_back(body);
  }
  for (int p = 0; p < num_props_; ++p) {
    if (!prop_is_there(world, p)) continue;
    const std::size_t row = static_cast<std::size_t>(world) * num_props_ + p;
    render::Body body;
    body.position_w_m = vec3_of(prop_position_, row);
    body.quat_wb = quat_of(prop_quat_, row);
    body.color = render::kProp;
    body.type = static_cast<std::uint16_t>(p);
    body.id = prop_id(num_agents_, p) - 1;
    out.props.push_back(body);
  }
  for (std::size_t c = 0; c < cables_.size(); ++c) {
    render::Rod rod;
    if (!find_cable(world, cables_[c], rod.from_w_m, rod.to_w_m)) continue;
    rod.radius_m = kCableRadius_m;
    rod.color = render::kCable;
    rod.id = cable_id(num_agents_, num_props_, static_cast<int>(c)) - 1;
    out.rods.push_back(rod);
  }
}

}  // namespace volery::camera
