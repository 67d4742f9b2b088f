// Agents that join in mid-episode come into their world.
#include "batch/join.hpp"

#include <algorithm>
#include <string>

#include "batch/effects.hpp"
#include "batch/worker.hpp"

namespace volery::batch {

namespace {

// When agent a joins; one time stands for all.
float join_s_of(const BatchConfig& config, int agent) {
  return config.join_s.size() == 1 ? config.join_s.front()
                                   : config.join_s[static_cast<std::size_t>(agent)];
}

// All rows but those that go on without the agent: goals and counters of the task, and the radio's,
// which nothing but Radio.set_links writes meanwhile.
std::vector<RowRange> rows_to_keep(const FieldTable& fields) {
  std::vector<RowRange> kept;
  for (std::size_t i = 0; i < fields.fields().size(); ++i) {
    const FieldSpec& field = fields.fields()[i];
    if (field.writer.starts_with("task") || field.writer == "radio") continue;
    const int first = fields.row_of(static_cast<int>(i));
    if (!kept.empty() && kept.back().last == first) {
      kept.back().last = first + field.width;
    } else {
      kept.push_back({first, first + field.width});
    }
  }
  return kept;
}

// move(row, held_row) for each row that is held.
template <class Move>
void for_each_held(const JoinPlan& joins, Move&& move) noexcept {
  int held = joins.held.row;
  for (const RowRange& range : joins.kept) {
    for (int r = range.first; r < range.last; ++r) move(r, held++);
  }
}

void take_out(const Blocks& agents, int body) noexcept {
  agents.at(body, kMode) = static_cast<float>(BodyMode::kAbsent);
  agents.at(body, kMotorsOn) = 0;
}

// Somebody is nearer than two that touch, or a prop reaches into the body.
bool is_taken(const Setup& setup, const Slab& slab, int body) noexcept {
  const Vehicle& vehicle = setup.fleet.vehicle_of(body % slab.num_agents);
  const int first = body / slab.num_agents * slab.num_agents;
  const float apart_m = vehicle.bounding_radius_m + setup.vehicle.bounding_radius_m;
  bool taken = false;
  sense::for_agents_within(slab, body, apart_m * apart_m, first, [&](int) { taken = true; });
  if (taken || slab.num_props == 0) return taken;

  // a body may begin at a prop's side, so what counts is how far its middle is from there
  const std::vector<float>& size_m = vehicle.config.collision.size_m;
  const float inner_m = 0.5F * *std::min_element(size_m.begin(), size_m.end());
  const swarm::NeighborTable no_neighbors;
  const SenseInput in{slab, no_neighbors, setup.scene, setup.vehicle};
  const Vec3 at = slab.agents.vec3(body, kPosition);
  sense::NearSolids near;
  do {
    setup.joins.props->find_near(in, body, inner_m, near);
    for (const RaySolid& solid : near.all())
      taken = taken || sense::distance_m(solid, at) < inner_m;
  } while (!taken && !near.complete);
  return taken;
}

// Puts an agent where its start had it; elsewhere, as a respawn does, where that place is taken.
// False where there is no room: it stays out.
bool enter(const Setup& setup, const Slab& slab, int world, int agent) noexcept {
  const int body = world * slab.num_agents + agent;
  for_each_held(setup.joins,
                [&](int row, int held) { slab.agents.at(body, row) = slab.agents.at(body, held); });
  if (is_taken(setup, slab, body)) {
    const Task& task = *setup.variant(slab.worlds[world]).task;
    if (setup.host_places() || !task.respawn(slab, world, agent)) {
      take_out(slab.agents, body);
      return false;
    }
    start_effects(setup, slab, body);
    if (setup.randomization.any()) apply_start(setup, slab, body);
  }
  slab.agents.at(body, setup.rows.alive.row) = 1;
  slab.agents.at(body, setup.rows.blind.row) = 0;
  slab.agents.at(body, setup.joins.to_join.row) = 0;
  contact::hang_props(*setup.contact_model, slab, world, agent);
  start_sensors(setup, slab, body, body + 1);
  return true;
}

}  // namespace

bool JoinPlan::awaits_any(const Slab& slab, int world) const noexcept {
  return std::any_of(late.begin(), late.end(), [&](const Late& one) {
    return awaits(slab, world * slab.num_agents + one.agent);
  });
}

void JoinPlan::begin(const Setup& setup, const Slab& slab, int world) const noexcept {
  for (const Late& one : late) {
    const int body = world * slab.num_agents + one.agent;
    slab.agents.at(body, to_join.row) = 1;
    slab.agents.at(body, setup.rows.alive.row) = 0;
    slab.agents.at(body, setup.rows.blind.row) = 1;
  }
}

void check_join_count(const BatchConfig& config) {
  const std::size_t given = config.join_s.size();
  if (given <= 1 || given == static_cast<std::size_t>(config.num_agents)) return;
  throw Error(ErrorKind::kValue, "config.join_s: has " + std::to_string(given) +
                                     " times, must have one, or one for each of the " +
                                     std::to_string(config.num_agents) + " agents of a world");
}

void check_join_times(const BatchConfig& config, std::uint32_t max_steps) {
  const float step_s = 1.0F / static_cast<float>(config.agent_rate_hz);
  for (std::size_t i = 0; i < config.join_s.size(); ++i) {
    if (step_at(config.join_s[i], step_s) < max_steps) continue;
    throw Error(ErrorKind::kValue, "config.join_s[" + std::to_string(i) +
                                       "] = " + std::to_string(config.join_s[i]) +
                                       ": must be less than the time limit, config.episode_s = " +
                                       std::to_string(config.episode_s) + " s");
  }
}

JoinPlan make_joins(Setup& setup) {
  JoinPlan joins;
  if (setup.config.join_s.empty()) return joins;
  for (int a = 0; a < setup.num_agents(); ++a) {
    const std::uint32_t step = step_at(join_s_of(setup.config, a), setup.step_s);
    if (step > 0) joins.late.push_back({a, step});
  }
  if (!joins.any()) return joins;

  FieldTable& fields = setup.agent_fields;
  for (const char* name : {"to_join", "joins_with"}) {
    if (fields.find(name).row >= 0) {
      throw Error(ErrorKind::kValue, "task.fields: one has the name of a field of the engine's (" +
                                         std::string(name) + "); take another name");
    }
  }
  joins.kept = rows_to_keep(fields);
  int num_kept = 0;
  for (const RowRange& range : joins.kept) num_kept += range.last - range.first;
  const auto add = [&](const char* name, int width, const char* doc) {
    return fields.add(
        {.name = name, .width = width, .unit = "", .frame = "", .writer = "batch", .doc = doc});
  };
  joins.to_join = add("to_join", 1, "1 while the agent is still to join its episode");
  joins.held = add("joins_with", num_kept, "rows of who is still to join, as the start left them");
  joins.props = std::make_unique<sense::Sight>(
      SensorContext{.vehicle = setup.vehicle,
                    .scene = setup.scene,
                    .fields = fields,
                    .action = {},
                    .goal = {},
                    .config = setup.config.sensor_config,
                    .action_columns = setup.layout.action,
                    .fleet = &setup.fleet},
      sense::SeenKinds{.statics = false, .agents = false, .props = true});
  return joins;
}

void hold_back(const Setup& setup, const Slab& slab, int world) noexcept {
  for (const JoinPlan::Late& one : setup.joins.late) {
    const int body = world * slab.num_agents + one.agent;
    for_each_held(setup.joins, [&](int row, int held) {
      slab.agents.at(body, held) = slab.agents.at(body, row);
    });
    take_out(slab.agents, body);
  }
}

void join_agents(const Setup& setup, const Slab& slab) noexcept {
  if (!setup.joins.any()) return;
  for (int w = 0; w < slab.num_worlds; ++w) {
    const WorldHeader& header = slab.worlds[w];
    if (header.phase != WorldPhase::kRunning) continue;
    for (const JoinPlan::Late& one : setup.joins.late) {
      if (header.step < one.step) continue;
      if (setup.joins.awaits(slab, w * slab.num_agents + one.agent))
        (void)enter(setup, slab, w, one.agent);
    }
  }
}

}  // namespace volery::batch
