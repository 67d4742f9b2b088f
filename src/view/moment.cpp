// Reads worlds of a batch into plain arrays.
#include "view/moment.hpp"

#include <algorithm>
#include <cmath>

#include "state/blocks.hpp"

namespace volery::view {

namespace {

bool has_field(const Batch& batch, const std::string& name) {
  const std::vector<StateField> fields = batch.state_fields();
  return std::any_of(fields.begin(), fields.end(),
                     [&](const StateField& field) { return field.name == name; });
}

int width_of(const Batch& batch, const std::string& name) {
  for (const StateField& field : batch.state_fields()) {
    if (field.name == name) return field.width;
  }
  return 0;
}

Vec3 vec3_at(const std::vector<float>& row, std::size_t i) {
  return {row[3 * i], row[3 * i + 1], row[3 * i + 2]};
}

Vec3 mix(Vec3 a, Vec3 b, float share) {
  return a + (b - a) * share;
}

// along the shorter arc; a straight line is enough for the small turns of one step
Quat mix(Quat a, Quat b, float share) {
  const float toward = a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w;
  const float s = toward < 0 ? -share : share;
  const float keep = 1 - share;
  const Quat q{a.x * keep + b.x * s, a.y * keep + b.y * s, a.z * keep + b.z * s,
               a.w * keep + b.w * s};
  const float norm = std::sqrt(q.x * q.x + q.y * q.y + q.z * q.z + q.w * q.w);
  if (!(norm > 0)) return b;
  return {q.x / norm, q.y / norm, q.z / norm, q.w / norm};
}

}  // namespace

Scenery scenery_of(const Batch& batch) {
  Scenery scenery;
  scenery.stage.scene = batch.scene();
  scenery.stage.vehicles = batch.fleet().types();
  scenery.num_agents = batch.num_agents();
  scenery.num_props = batch.num_props();
  scenery.step_s = batch.facts().step_s;
  for (int agent = 0; agent < batch.num_agents(); ++agent) {
    scenery.vehicle_of.push_back(batch.fleet().type_of(agent));
    scenery.team_of.push_back(batch.teams().of(agent));
  }
  scenery.team_names = batch.teams().names();
  scenery.cables = cables_of(batch.scene(), batch.num_agents());
  if (has_field(batch, "radio_counts")) scenery.fates = radio_count_names();
  return scenery;
}

Reader::Reader(const Batch& batch)
    : num_rotors_(width_of(batch, "rotor_speed_radps")),
      has_goals_(width_of(batch, "goal_w_m") == 3),
      has_wind_(width_of(batch, "wind_w_mps") == 3),
      has_downwash_(width_of(batch, "downwash_w_mps") == 1) {}

const std::vector<float>& Reader::rows(const Batch& batch, int world, const char* field, int count,
                                       int width) {
  row_.resize(static_cast<std::size_t>(count) * static_cast<std::size_t>(width));
  batch.state(world, field, row_);
  return row_;
}

void Reader::read_agents(const Batch& batch, int world, Moment& out) {
  const int agents = batch.num_agents();
  out.agents.resize(static_cast<std::size_t>(agents));
  const auto each = [&](const char* field, int width, auto&& take) {
    const std::vector<float>& row = rows(batch, world, field, agents, width);
    for (std::size_t i = 0; i < out.agents.size(); ++i) take(out.agents[i], row, i);
  };
  using Row = std::vector<float>;
  each("position_w_m", 3, [](AgentPose& agent, const Row& row, std::size_t i) {
    agent.position_w_m = vec3_at(row, i);
  });
  each("quat_wb_xyzw", 4, [](AgentPose& agent, const Row& row, std::size_t i) {
    agent.quat_wb = {row[4 * i], row[4 * i + 1], row[4 * i + 2], row[4 * i + 3]};
  });
  each("velocity_w_mps", 3, [](AgentPose& agent, const Row& row, std::size_t i) {
    agent.velocity_w_mps = vec3_at(row, i);
  });
  each("alive", 1, [](AgentPose& agent, const Row& row, std::size_t i) {
    agent.alive = row[i] != 0;
    agent.touching = false;
  });
  each("body_mode", 1, [](AgentPose& agent, const Row& row, std::size_t i) {
    agent.present = row[i] != static_cast<float>(BodyMode::kAbsent);
  });
  for (const char* touch : {"touch_static", "touch_agent"}) {
    each(touch, 1, [](AgentPose& agent, const Row& row, std::size_t i) {
      agent.touching = agent.touching || row[i] != 0;
    });
  }
  for (AgentPose& agent : out.agents) agent.air_w_mps = {};
  if (has_wind_) {
    each("wind_w_mps", 3, [](AgentPose& agent, const Row& row, std::size_t i) {
      agent.air_w_mps = vec3_at(row, i);
    });
  }
  if (has_downwash_) {
    each("downwash_w_mps", 1,
         [](AgentPose& agent, const Row& row, std::size_t i) { agent.air_w_mps.z += row[i]; });
  }
  const int rotors = num_rotors_;
  if (rotors == 0) return;
  each("rotor_speed_radps", rotors, [rotors](AgentPose& agent, const Row& row, std::size_t i) {
    float sum = 0;
    for (int r = 0; r < rotors; ++r) {
      sum += row[i * static_cast<std::size_t>(rotors) + static_cast<std::size_t>(r)];
    }
    agent.rotor_speed_radps = sum / static_cast<float>(rotors);
  });
}

void Reader::read_props(const Batch& batch, int world, Moment& out) {
  const int props = batch.num_props();
  out.props.resize(static_cast<std::size_t>(props));
  if (props == 0) return;
  const std::vector<float>& position = rows(batch, world, "prop_position_w_m", props, 3);
  for (std::size_t i = 0; i < out.props.size(); ++i)
    out.props[i].position_w_m = vec3_at(position, i);
  const std::vector<float>& quat = rows(batch, world, "prop_quat_wb_xyzw", props, 4);
  for (std::size_t i = 0; i < out.props.size(); ++i)
    out.props[i].quat_wb = {quat[4 * i], quat[4 * i + 1], quat[4 * i + 2], quat[4 * i + 3]};
  const std::vector<float>& mode = rows(batch, world, "prop_body_mode", props, 1);
  for (std::size_t i = 0; i < out.props.size(); ++i)
    out.props[i].present = mode[i] != static_cast<float>(BodyMode::kAbsent);
}

void Reader::read(const Batch& batch, int world, std::uint64_t step, Moment& out,
                  std::span<const int> beams_of) {
  const WorldClock clock = batch.clock(world);
  out.cut = out.world != world || out.episode != clock.episode || clock.step == 0 ||
            step < out.step || out.agents.empty();
  out.world = world;
  out.episode = clock.episode;
  out.step = step;
  out.share = 1;
  out.time_s = static_cast<double>(clock.step) * static_cast<double>(batch.facts().step_s);
  read_agents(batch, world, out);
  read_props(batch, world, out);
  out.goals_w_m.clear();
  if (has_goals_) {
    const std::vector<float>& goals = rows(batch, world, "goal_w_m", batch.num_agents(), 3);
    for (std::size_t i = 0; i < out.agents.size(); ++i) out.goals_w_m.push_back(vec3_at(goals, i));
  }
  out.packets.clear();
  if (batch.traces_packets()) {
    for (const Packet& packet : batch.packets()) {
      if (packet.world == world) out.packets.push_back(packet);
    }
  }
  out.landmarks = batch.landmarks(world);
  out.beams.clear();
  for (const int agent : beams_of) {
    if (agent < 0 || agent >= batch.num_agents()) continue;
    const std::vector<SensorBeam> beams = batch.beams(world, agent);
    out.beams.insert(out.beams.end(), beams.begin(), beams.end());
  }
}

void interpolate(const Moment& a, const Moment& b, double share, Moment& out) {
  if (&out != &b) out = b;
  const bool same = a.world == b.world && a.episode == b.episode &&
                    a.agents.size() == b.agents.size() && a.props.size() == b.props.size();
  if (b.cut || !same || share >= 1) return;
  const auto s = static_cast<float>(std::max(share, 0.0));
  out.share = static_cast<double>(s);
  out.time_s = a.time_s + (b.time_s - a.time_s) * static_cast<double>(s);
  for (std::size_t i = 0; i < out.agents.size(); ++i) {
    const AgentPose& from = a.agents[i];
    AgentPose& to = out.agents[i];
    // whoever comes in or is set down elsewhere jumps
    if (!from.present || !to.present || from.alive != to.alive) continue;
    to.position_w_m = mix(from.position_w_m, to.position_w_m, s);
    to.quat_wb = mix(from.quat_wb, to.quat_wb, s);
  }
  for (std::size_t i = 0; i < out.props.size(); ++i) {
    if (!a.props[i].present || !out.props[i].present) continue;
    out.props[i].position_w_m = mix(a.props[i].position_w_m, out.props[i].position_w_m, s);
    out.props[i].quat_wb = mix(a.props[i].quat_wb, out.props[i].quat_wb, s);
  }
}

}  // namespace volery::view
