#include "sense/view_common.hpp"

#include <algorithm>
#include <cmath>

#include "sense/beams_common.hpp"
#include "state/fleet_rows.hpp"

namespace volery::sense {

namespace {

// Rows that are held of everyone, as they lie in the state.
constexpr int kHeldValues = 10;  // position 3, velocity 3, attitude 4
constexpr int kHeldFrom[kHeldValues] = {kPosition,     kPosition + 1, kPosition + 2, kVelocity,
                                        kVelocity + 1, kVelocity + 2, kQuat,         kQuat + 1,
                                        kQuat + 2,     kQuat + 3};

float length(Vec3 v) {
  return std::sqrt(dot(v, v));
}

float clamp_to(float x, float limit) {
  const float below = x < limit ? x : limit;
  return below > -limit ? below : -limit;
}

}  // namespace

void ViewConfig::describe(FieldVisitor& v) {
  constexpr double kHalfTurn = static_cast<double>(kPi);
  v.field("cone_rad", cone_rad,
          {.unit = "rad",
           .low = 0,
           .high = kHalfTurn,
           .doc = "half-angle of the cone about body x in which agents are seen; pi: all"});
  v.field("azimuth_rad", azimuth_rad,
          {.unit = "rad",
           .low = 0,
           .high = kHalfTurn,
           .doc = "how far to each side of the heading they are seen, from above; pi: all"});
  v.choice("hidden_by", hidden_by, {"nothing", "statics", "all"},
           "what hides agents behind it; all: statics, other agents and props");
  v.field("candidates", candidates,
          {.low = 0,
           .high = swarm::kMostNeighbors,
           .doc = "nearest agents of which the slots show those that are seen; 0: 4 count, at "
                  "least 16"});
  v.field("position_noise_m", position_noise_m,
          {.unit = "m", .low = 0, .high = 100, .doc = "standard deviation along each axis"});
  v.field("position_noise_relative", position_noise_relative,
          {.low = 0, .high = 1, .doc = "the same as a share of the distance; both add up"});
  v.field("velocity_noise_mps", velocity_noise_mps,
          {.unit = "m/s", .low = 0, .high = 100, .doc = "standard deviation along each axis"});
  v.field("dropout", dropout,
          {.low = 0, .high = 1, .doc = "probability that an agent is missed, in every step"});
  v.field("false_positives", false_positives,
          {.low = 0,
           .high = 1,
           .doc = "probability that an empty slot shows one that is not there, in every step"});
  v.field("rate_hz", rate_hz,
          {.unit = "Hz",
           .low = 0,
           .high = 10000,
           .doc = "how often positions and velocities are taken; 0: every step"});
  v.field("delay_s", delay_s,
          {.unit = "s", .low = 0, .high = 10, .doc = "how old they are, rounded to agent steps"});
  v.field("team", team, {.doc = "a column that is 1 for agents of the own team"});
  v.field("type", type, {.doc = "a column with the index of the agent's vehicle type"});
  v.field("index", index, {.doc = "a column with the index of the agent in its world, or -1"});
}

/// One agent that looks.
struct View::Looker {
  const SenseInput& in;
  const NeighborSlots& slots;
  const SlotDraws& draws;
  int agent;
  int base;  // the first agent of its world
  int lane;
  Motion own;
  Quat quat_wb;  // now
  Mounting heading;

  [[nodiscard]] Vec3 offset_now_w(int other) const noexcept {
    const swarm::PackedAgent* const agents = in.neighbors.agents;
    return agents[other].position_w_m - agents[agent].position_w_m;
  }
};

View::View(const ViewConfig& config, const SlotSpec& slots, const SensorContext& context)
    : config_(config),
      slots_(slots),
      num_candidates_(slots.count),
      num_columns_(kNeighborColumns + config.num_extra_columns()),
      cone_cosine_(cos(config.cone_rad)),
      azimuth_cosine_(cos(config.azimuth_rad)),
      sight_(context,
             {true, config.hidden_by == Occlusion::kAll, config.hidden_by == Occlusion::kAll}) {
  if (config.selects()) {
    num_candidates_ = std::min(std::max(4 * slots.count, 16), swarm::kMostNeighbors);
    if (config.candidates > 0) num_candidates_ = config.candidates;
  }
  if (num_candidates_ < slots.count) {
    throw Error(ErrorKind::kValue,
                "sensor_config.neighbors.candidates = " + std::to_string(config.candidates) +
                    ": must be at least count = " + std::to_string(slots.count));
  }
  if (context.teams != nullptr) teams_ = *context.teams;
  type_row_ = context.fields.find("vehicle_type").row;
  if (config.is_late()) {
    const Timing timing =
        timing_of({config.rate_hz, config.delay_s, 0}, "neighbors", context.agent_rate_hz);
    held_.emplace(context.fields, "neighbors", kHeldValues, timing);
  }
}

std::vector<Column> View::extra_columns(const std::string& slot) const {
  constexpr float kMostAgents = 67108864;
  std::vector<Column> columns;
  if (config_.team)
    columns.push_back({slot + "_team", "", "", 0, 1, "1 where it is of the own team"});
  if (config_.type) columns.push_back({slot + "_type", "", "", 0, 15, "its vehicle type"});
  if (config_.index) {
    columns.push_back({slot + "_index", "", "", -1, kMostAgents,
                       "its index in the world, -1 where nobody is there"});
  }
  return columns;
}

void View::start(const SenseInput& in, int first_agent, int last_agent) const noexcept {
  if (!held_) return;
  for (int b = first_agent / kLanes; b * kLanes < last_agent; ++b) {
    const LaneChoice active = LaneChoice::of_range(b, first_agent, last_agent);
    float* const block = in.slab.agents.block(b);
    for (int i = 0; i < kHeldValues; ++i) {
      copy_rows_where(active.lane, block + kHeldFrom[i] * kLanes, held_->newest(block) + i * kLanes,
                      1);
    }
    held_->settle(active.lane, block);
  }
}

void View::advance(const SenseInput& in, int first_agent, int last_agent) const noexcept {
  if (!held_) return;
  for (int b = first_agent / kLanes; b * kLanes < last_agent; ++b) {
    LaneChoice sampled;
    LaneChoice arrived;
    held_->schedule({in.slab, b, 1}, sampled, arrived);
    float* const block = in.slab.agents.block(b);
    if (sampled.any) {
      held_->move_on(sampled.lane, block);
      for (int i = 0; i < kHeldValues; ++i) {
        copy_rows_where(sampled.lane, block + kHeldFrom[i] * kLanes,
                        held_->newest(block) + i * kLanes, 1);
      }
    }
    held_->arrive(arrived, block);
  }
}

View::Motion View::motion(const SenseInput& in, int agent) const noexcept {
  const Blocks& agents = in.slab.agents;
  if (!held_) {
    const swarm::PackedAgent& packed = in.neighbors.agents[agent];
    return {packed.position_w_m, packed.velocity_w_mps, agents.quat(agent)};
  }
  const int row = held_->row();
  const Vec3 v = agents.vec3(agent, row + 6);
  return {agents.vec3(agent, row),
          agents.vec3(agent, row + 3),
          {v.x, v.y, v.z, agents.at(agent, row + 9)}};
}

bool View::is_in_view(const Looker& looker, int other) const noexcept {
  const Vec3 offset_w = looker.offset_now_w(other);
  if (config_.cone_rad < kPi) {
    const Vec3 b = rotate_inverse(looker.quat_wb, offset_w);
    if (!(b.x >= cone_cosine_ * length(b))) return false;
  }
  if (config_.azimuth_rad < kPi) {
    const Vec3 level = looker.heading.turned_back(offset_w);
    if (!(level.x >= azimuth_cosine_ * length({level.x, level.y, 0}))) return false;
  }
  return true;
}

// Of up to 16 others those that nothing stands before, in the same order.
int View::keep_unhidden(const Looker& looker, const int* others, int num_others,
                        int* shown) const noexcept {
  RayPacket asked;
  for (int l = 0; l < kLanes; ++l) {
    const Vec3 offset_w = looker.offset_now_w(others[l < num_others ? l : 0]);
    const float distance_m = length(offset_w);
    const Vec3 way = distance_m > 0 ? offset_w * (1 / distance_m) : Vec3{1, 0, 0};
    asked.x_w[l] = way.x;
    asked.y_w[l] = way.y;
    asked.z_w[l] = way.z;
    // up to the sphere that holds it, so that it does not hide itself
    const float look_m = distance_m - sight_.agent_reach_m();
    asked.distance_m[l] = l < num_others && look_m > 0 ? look_m : 0;
  }
  RayPacket met = asked;
  const Vec3 origin = looker.in.neighbors.agents[looker.agent].position_w_m;
  const auto load = [&](int, RayPacket& packet) {
    packet = met;
    packet.origin_w_m = origin;
  };
  const auto store = [&](int, const RayPacket& packet) { met = packet; };
  sight_.cast(looker.in, looker.agent, slots_.radius_m, 1, load, store);
  int num_shown = 0;
  for (int l = 0; l < num_others; ++l)
    if (!(met.distance_m[l] < asked.distance_m[l])) shown[num_shown++] = others[l];
  return num_shown;
}

// The agents for the slots, nearest first; returns how many.
int View::choose(const Looker& looker, int* shown) const noexcept {
  const bool hides = config_.hidden_by != Occlusion::kNothing;
  int others[kLanes];
  int num_others = 0;
  int num_shown = 0;
  for (int c = 0; c < looker.slots.count && num_shown < slots_.count; ++c) {
    const int other = looker.slots.neighbor(looker.agent, looker.base, c);
    if (other < 0) break;
    if (config_.dropout > 0 && looker.draws.miss[c][looker.lane] < config_.dropout) continue;
    if (!is_in_view(looker, other)) continue;
    if (!hides) {
      shown[num_shown++] = other;
      continue;
    }
    others[num_others++] = other;
    if (num_others < kLanes) continue;
    num_shown += keep_unhidden(looker, others, num_others, shown + num_shown);
    num_others = 0;
  }
  if (num_others > 0 && num_shown < slots_.count)
    num_shown += keep_unhidden(looker, others, num_others, shown + num_shown);
  return std::min(num_shown, slots_.count);
}

void View::write_slot(const Looker& looker, int slot, int other, float* row) const noexcept {
  const Motion seen = motion(looker.in, other);
  Vec3 position = seen.position_w_m - looker.own.position_w_m;
  Vec3 velocity = seen.velocity_w_mps - looker.own.velocity_w_mps;
  if (config_.is_noisy()) {
    const auto normal = [&](int i) { return looker.draws.noise[slot][i][looker.lane]; };
    const float std_m =
        config_.position_noise_m + config_.position_noise_relative * length(position);
    position = position + Vec3{normal(0), normal(1), normal(2)} * std_m;
    velocity = velocity + Vec3{normal(3), normal(4), normal(5)} * config_.velocity_noise_mps;
  }
  if (slots_.frame == Frame::kBody) {
    position = rotate_inverse(looker.own.quat_wb, position);
    velocity = rotate_inverse(looker.own.quat_wb, velocity);
  }
  row[0] = clamp_to(position.x, slots_.radius_m);
  row[1] = clamp_to(position.y, slots_.radius_m);
  row[2] = clamp_to(position.z, slots_.radius_m);
  row[3] = velocity.x;
  row[4] = velocity.y;
  row[5] = velocity.z;
  row[6] = 1;
  float* extra = row + kNeighborColumns;
  const int index = other - looker.base;
  if (config_.team) {
    const bool same = !teams_ || teams_->of(index) == teams_->of(looker.agent - looker.base);
    *extra++ = same ? 1.0F : 0.0F;
  }
  if (config_.type) *extra++ = type_row_ < 0 ? 0.0F : looker.in.slab.agents.at(other, type_row_);
  if (config_.index) *extra = static_cast<float>(index);
}

// An empty slot: nobody, or one that is not there, at rest relative to the agent.
void View::write_ghost(const Looker& looker, int slot, float* row) const noexcept {
  std::fill_n(row, num_columns_, 0.0F);
  if (config_.index) row[num_columns_ - 1] = -1;
  const auto uniform = [&](int i) { return looker.draws.ghost[slot][i][looker.lane]; };
  if (config_.false_positives <= 0 || !(uniform(3) < config_.false_positives)) return;
  // the cube inside the sphere of the radius
  constexpr float kCube = 0.57735F;
  for (int i = 0; i < 3; ++i) row[i] = (2 * uniform(i) - 1) * kCube * slots_.radius_m;
  row[6] = 1;
}

void View::write(const SenseInput& in, int first_agent, int last_agent,
                 const ObservationRows& out) const noexcept {
  const int known = std::min(num_candidates_, in.neighbors.count);
  const NeighborSlots slots{in.neighbors, in.slab.num_agents, first_agent, last_agent,
                            known,        slots_.radius_m};
  const SlotDrawCounts counts{config_.dropout > 0 ? known : 0,
                              config_.is_noisy() ? slots_.count : 0,
                              config_.false_positives > 0 ? slots_.count : 0};
  SlotDraws draws;
  for (int agent = first_agent; agent < last_agent; ++agent) {
    const int lane = agent % kLanes;
    if ((lane == 0 || agent == first_agent) && counts.misses + counts.noises + counts.ghosts > 0)
      draw_slots({in.slab, agent / kLanes, 0}, counts, draws);
    const Quat quat_wb = in.slab.agents.quat(agent);
    const Looker looker{in,
                        slots,
                        draws,
                        agent,
                        agent / in.slab.num_agents * in.slab.num_agents,
                        lane,
                        motion(in, agent),
                        quat_wb,
                        Mounting(Mount::kYaw, quat_wb)};
    // a packet of candidates may pass as a whole
    int shown[swarm::kMostNeighbors + kLanes];
    const int num_shown = choose(looker, shown);
    float* row = out.row(agent);
    for (int k = 0; k < slots_.count; ++k, row += num_columns_) {
      if (k < num_shown) {
        write_slot(looker, k, shown[k], row);
      } else {
        write_ghost(looker, k, row);
      }
    }
  }
}

}  // namespace volery::sense
