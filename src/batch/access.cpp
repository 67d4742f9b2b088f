// Reading and writing single fields of the state, by name.
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "batch/impl.hpp"
#include "core/described.hpp"
#include "core/float_mode.hpp"

namespace volery {

namespace {

constexpr const char* kPropPrefix = "prop_";

// A named field: in which table, where.
struct Found {
  const FieldSpec* spec = nullptr;
  int row = 0;
  bool per_prop = false;
};

Found find_in(const FieldTable& table, const std::string& name, bool per_prop) {
  for (std::size_t i = 0; i < table.fields().size(); ++i) {
    if (table.fields()[i].name == name)
      return {&table.fields()[i], table.row_of(static_cast<int>(i)), per_prop};
  }
  return {};
}

Found find_field(const batch::Setup& setup, const std::string& name, const char* call) {
  Found found = find_in(setup.agent_fields, name, false);
  if (found.spec == nullptr && setup.num_props() > 0 && name.starts_with(kPropPrefix)) {
    found = find_in(setup.prop_fields, name.substr(std::string(kPropPrefix).size()), true);
  }
  if (found.spec != nullptr) return found;
  std::vector<std::string> names;
  for (const FieldSpec& field : setup.agent_fields.fields()) names.push_back(field.name);
  throw Error(ErrorKind::kValue,
              std::string(call) + ": no field \"" + name + "\"" + did_you_mean(name, names));
}

void check_count(const std::string& field, std::size_t given, std::size_t needed,
                 const char* call) {
  if (given == needed) return;
  throw Error(ErrorKind::kValue, std::string(call) + "(\"" + field +
                                     "\"): " + std::to_string(given) + " numbers, must be " +
                                     std::to_string(needed));
}

// Unit length again after a write; all zeros are refused.
void normalize_quat(const Blocks& blocks, int body) {
  const Quat q = blocks.quat(body);
  const float norm = std::sqrt(q.x * q.x + q.y * q.y + q.z * q.z + q.w * q.w);
  blocks.set_quat(body, {q.x / norm, q.y / norm, q.z / norm, q.w / norm});
}

}  // namespace

std::vector<StateField> Batch::state_fields() const {
  std::vector<StateField> fields;
  const auto add = [&fields](const FieldTable& table, bool per_prop) {
    for (const FieldSpec& f : table.fields()) {
      fields.push_back({(per_prop ? kPropPrefix : "") + f.name, f.width, per_prop, f.unit, f.frame,
                        f.writer, f.doc});
    }
  };
  add(impl_->setup.agent_fields, false);
  if (num_props() > 0) add(impl_->setup.prop_fields, true);
  return fields;
}

void Batch::state(const std::string& field, std::span<float> out) const {
  const BusyGuard guard(impl_->busy, "state");
  const Found found = find_field(impl_->setup, field, "state");
  const int per_world = found.per_prop ? num_props() : num_agents();
  const auto width = static_cast<std::size_t>(found.spec->width);
  check_count(field, out.size(),
              width * static_cast<std::size_t>(per_world) * static_cast<std::size_t>(num_worlds()),
              "state");
  float* to = out.data();
  for (int i = 0; i < impl_->store.num_slabs(); ++i) {
    const Slab& slab = impl_->store.slab(i);
    const Blocks& blocks = found.per_prop ? slab.props : slab.agents;
    for (int body = 0; body < blocks.num_bodies; ++body) {
      for (int c = 0; c < found.spec->width; ++c) *to++ = blocks.at(body, found.row + c);
    }
  }
}

void Batch::state(int world, const std::string& field, std::span<float> out) const {
  const BusyGuard guard(impl_->busy, "state");
  check_world(*impl_, world, "state");
  const Found found = find_field(impl_->setup, field, "state");
  const int per_world = found.per_prop ? num_props() : num_agents();
  check_count(field, out.size(),
              static_cast<std::size_t>(found.spec->width) * static_cast<std::size_t>(per_world),
              "state");
  const auto place = impl_->store.place(world);
  const Blocks& blocks = found.per_prop ? place.slab.props : place.slab.agents;
  float* to = out.data();
  for (int i = 0; i < per_world; ++i) {
    const int body = place.world * per_world + i;
    for (int c = 0; c < found.spec->width; ++c) *to++ = blocks.at(body, found.row + c);
  }
}

WorldClock Batch::clock(int world) const {
  const BusyGuard guard(impl_->busy, "clock");
  check_world(*impl_, world, "clock");
  const auto place = impl_->store.place(world);
  const WorldHeader& header = place.slab.worlds[place.world];
  return {header.seed, header.episode, header.step, header.phase != WorldPhase::kNeverReset,
          header.phase == WorldPhase::kEnded};
}

std::vector<Landmark> Batch::landmarks(int world) const {
  const BusyGuard guard(impl_->busy, "landmarks");
  check_world(*impl_, world, "landmarks");
  const auto place = impl_->store.place(world);
  std::vector<Landmark> found;
  const WorldHeader& header = place.slab.worlds[place.world];
  impl_->setup.variant(header).task->landmarks(place.slab, place.world, found);
  if (impl_->setup.radio == nullptr) return found;
  const auto put_down = place.slab.jammers_of(place.world);
  std::vector<JammerRecord> jammers(put_down.begin(), put_down.end());
  impl_->setup.radio->faults().append_jammers(header.step, jammers);
  for (const JammerRecord& jammer : jammers) {
    found.push_back(
        {.name = "jammer",
         .kind = Landmark::Kind::kJammer,
         .state = Landmark::State::kBusy,
         .position_w_m = {jammer.center_w_m[0], jammer.center_w_m[1], jammer.center_w_m[2]},
         .radius_m = jammer.radius_m});
  }
  return found;
}

std::vector<SensorBeam> Batch::beams(int world, int agent) const {
  const BusyGuard guard(impl_->busy, "beams");
  check_world(*impl_, world, "beams");
  if (agent < 0 || agent >= num_agents()) {
    throw Error(ErrorKind::kValue, "beams: agent = " + std::to_string(agent) + ": must be in [0, " +
                                       std::to_string(num_agents() - 1) + "]");
  }
  const auto place = impl_->store.place(world);
  const swarm::NeighborTable no_neighbors;
  const SenseInput in{place.slab, no_neighbors, impl_->setup.scene, impl_->setup.vehicle};
  std::vector<SensorBeam> beams;
  for (const auto& sensor : impl_->setup.sensors)
    sensor->beams(in, place.world * num_agents() + agent, beams);
  return beams;
}

void Batch::set_state(int world, const std::string& field, std::span<const float> values) {
  std::optional<BusyGuard> guard(std::in_place, impl_->busy, "set_state");
  check_world(*impl_, world, "set_state");
  const Found found = find_field(impl_->setup, field, "set_state");
  const int per_world = found.per_prop ? num_props() : num_agents();
  const int width = found.spec->width;
  check_count(field, values.size(),
              static_cast<std::size_t>(width) * static_cast<std::size_t>(per_world), "set_state");
  const bool is_quat = found.row == kQuat;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) {
      throw Error(ErrorKind::kValue,
                  "set_state(\"" + field + "\"): value " + std::to_string(i) + " is not finite");
    }
  }
  if (is_quat) {
    for (std::size_t i = 0; i < values.size(); i += 4) {
      const float norm2 = values[i] * values[i] + values[i + 1] * values[i + 1] +
                          values[i + 2] * values[i + 2] + values[i + 3] * values[i + 3];
      if (!(norm2 > 1e-12F) || !std::isfinite(norm2)) {
        throw Error(ErrorKind::kValue, "set_state(\"" + field + "\"): quaternion " +
                                           std::to_string(i / 4) + " has no direction");
      }
    }
  }
  const auto place = impl_->store.place(world);
  const Blocks& blocks = found.per_prop ? place.slab.props : place.slab.agents;
  const float* from = values.data();
  for (int i = 0; i < per_world; ++i) {
    const int body = place.world * per_world + i;
    for (int c = 0; c < width; ++c) blocks.at(body, found.row + c) = *from++;
    if (found.row == kPosition) blocks.set_vec3(body, kPositionResidual, {});
    if (is_quat) normalize_quat(blocks, body);
  }
  // stored contact points belong to the old poses
  if (found.row < kTouchStatic) place.slab.contacts[place.world].pairs.clear();
  // nor is what was measured before: a jump would look like a blow to an accelerometer
  if (!found.per_prop && found.row < kTouchStatic) {
    const FloatMode float_mode;
    batch::start_sensors(impl_->setup, place.slab, place.world * per_world,
                         (place.world + 1) * per_world);
  }
  if (found.row == kPosition) {
    batch::hold_columns(impl_->setup, place.slab, {});
    batch::hold_air(impl_->setup, place.slab, *impl_->workers.front(), {});
  }
  impl_->fold_is_fresh = false;
  guard.reset();
  if (impl_->journal != nullptr) impl_->journal->set_state(*this, world, field, values);
}

void Batch::set_goal(std::span<const float> goals, std::span<const std::uint8_t> mask) {
  std::optional<BusyGuard> guard(std::in_place, impl_->busy, "set_goal");
  const FieldRef goal = impl_->setup.spec().goal;
  if (goal.row < 0)
    throw Error(ErrorKind::kValue, "set_goal: task " + impl_->setup.config.task + " has no goals");
  check_count("goals", goals.size(), impl_->setup.layout.num_rows() * 3, "set_goal");
  if (!mask.empty())
    check_count("mask", mask.size(), static_cast<std::size_t>(num_worlds()), "set_goal");
  const int a = num_agents();
  for (int world = 0; world < num_worlds(); ++world) {
    if (!mask.empty() && mask[static_cast<std::size_t>(world)] == 0) continue;
    for (int i = 0; i < a * 3; ++i) {
      if (!std::isfinite(goals[static_cast<std::size_t>(world) * a * 3 + i])) {
        throw Error(ErrorKind::kValue, "set_goal: goals[" + std::to_string(world) + ", " +
                                           std::to_string(i / 3) + "] is not finite");
      }
    }
  }
  for (int world = 0; world < num_worlds(); ++world) {
    if (!mask.empty() && mask[static_cast<std::size_t>(world)] == 0) continue;
    const auto place = impl_->store.place(world);
    for (int agent = 0; agent < a; ++agent) {
      const float* g = goals.data() + (static_cast<std::size_t>(world) * a + agent) * 3;
      place.slab.agents.set_vec3(place.world * a + agent, goal.row, {g[0], g[1], g[2]});
    }
  }
  impl_->fold_is_fresh = false;
  guard.reset();
  if (impl_->journal != nullptr) impl_->journal->set_goal(*this, goals, mask);
}

}  // namespace volery
