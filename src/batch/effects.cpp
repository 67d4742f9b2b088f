#include "batch/effects.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "batch/set_down.hpp"
#include "batch/setup.hpp"

namespace volery::batch {

namespace {

Vec3 to_vec3(const std::vector<float>& v, float scale = 1) {
  return {v[0] * scale, v[1] * scale, v[2] * scale};
}

void check_agent(const char* list, std::size_t index, int agent, int num_agents) {
  if (agent < num_agents) return;
  throw Error(ErrorKind::kValue, std::string("config.flight.") + list + "[" +
                                     std::to_string(index) + "].agent = " + std::to_string(agent) +
                                     ": worlds have agents 0 to " + std::to_string(num_agents - 1) +
                                     " (-1: all)");
}

float largest(const std::vector<float>& values) {
  return *std::max_element(values.begin(), values.end());
}

// Calls job(agent) for the one that is meant, or for all.
template <class Job>
void for_agents(int agent, int num_agents, Job&& job) noexcept {
  const int first = agent < 0 ? 0 : agent;
  const int last = agent < 0 ? num_agents : agent + 1;
  for (int a = first; a < last; ++a) job(a);
}

void begin_faults(const Setup& setup, const Slab& slab, int world) noexcept {
  const int row = setup.effect_rows.effectiveness;
  const int num_rotors = setup.fleet.num_rotors();
  const std::uint32_t now = slab.worlds[world].step;
  for (const EffectPlan::Fault& fault : setup.effect_plan.faults) {
    if (fault.time_row < 0 && fault.step != now) continue;
    for_agents(fault.agent, slab.num_agents, [&](int a) {
      const int body = world * slab.num_agents + a;
      const auto own = [&](int own_row, float shared) {
        return own_row < 0 ? shared : slab.agents.at(body, own_row);
      };
      if (fault.time_row >= 0 && step_at(slab.agents.at(body, fault.time_row), setup.step_s) != now)
        return;
      const int rotor = static_cast<int>(own(fault.rotor_row, static_cast<float>(fault.rotor)));
      if (rotor >= num_rotors) return;
      for_agents(rotor, num_rotors, [&](int r) {
        slab.agents.at(body, row + r) = own(fault.effectiveness_row, fault.effectiveness);
      });
    });
  }
}

// Impulses that fall into this step, on top of the wrench that is held.
void add_impulses(const Setup& setup, const Slab& slab, int world) noexcept {
  const flight::EffectRows& rows = setup.effect_rows;
  for (const EffectPlan::Impulse& impulse : setup.effect_plan.impulses) {
    if (impulse.step != slab.worlds[world].step) continue;
    for_agents(impulse.agent, slab.num_agents, [&](int a) {
      const int body = world * slab.num_agents + a;
      slab.agents.set_vec3(body, rows.force,
                           slab.agents.vec3(body, rows.force) + impulse.force_w_n);
      slab.agents.set_vec3(body, rows.torque,
                           slab.agents.vec3(body, rows.torque) + impulse.torque_b_nm);
    });
  }
}

}  // namespace

std::uint32_t step_at(float time_s, float agent_step_s) noexcept {
  constexpr float kSlack = 1e-3F;
  return static_cast<std::uint32_t>(std::max(0.0F, std::ceil(time_s / agent_step_s - kSlack)));
}

EffectPlan::EffectPlan(const flight::FlightConfig& config, const flight::EffectRows& rows,
                       int num_agents, float agent_step_s) {
  for (std::size_t i = 0; i < config.faults.size(); ++i) {
    const flight::FaultConfig& fault = config.faults[i];
    check_agent("faults", i, fault.agent, num_agents);
    faults.push_back(
        {step_at(fault.time_s, agent_step_s), fault.agent, fault.rotor, fault.effectiveness});
  }
  if (rows.force < 0) return;
  const std::vector<flight::ImpulseConfig>& pushes = config.disturbance.impulses;
  for (std::size_t i = 0; i < pushes.size(); ++i) {
    const flight::ImpulseConfig& impulse = pushes[i];
    check_agent("disturbance.impulses", i, impulse.agent, num_agents);
    impulses.push_back({step_at(impulse.time_s, agent_step_s), impulse.agent,
                        to_vec3(impulse.force_w_ns, 1 / agent_step_s),
                        to_vec3(impulse.torque_b_nms, 1 / agent_step_s)});
  }
  const Vec3 force_w_n = to_vec3(config.disturbance.force_w_n);
  const Vec3 torque_b_nm = to_vec3(config.disturbance.torque_b_nm);
  wrench = {force_w_n, torque_b_nm, config.disturbance.force_std_n,
            config.disturbance.torque_std_nm};
  const Vec3 zero;
  writes_wrench = !impulses.empty() || wrench.force_std_n > 0 || wrench.torque_std_nm > 0 ||
                  !(force_w_n == zero) || !(torque_b_nm == zero);
}

void EffectPlan::take_draws(const Randomization& randomization) {
  for (std::size_t f = 0; f < randomization.fields.size(); ++f) {
    const DrawnField& field = randomization.fields[f];
    if (field.target != DrawnTarget::kFault) continue;
    Fault& fault = faults[static_cast<std::size_t>(field.fault)];
    int* const rows[] = {&fault.time_row, &fault.effectiveness_row, &fault.rotor_row};
    *rows[field.fault_part] = randomization.values.row + static_cast<int>(f);
  }
  wrench_row = randomization.wrench_row;
  writes_wrench = writes_wrench || wrench_row >= 0;
}

contact::FlightReach flight_reach(const flight::FlightConfig& config,
                                  const flight::EffectRows& rows,
                                  std::span<const VehicleConfig> types) {
  constexpr float kSqrt3 = 1.7320509F;  // three axes at their limits
  // 1/2 + 1/2 sqrt(1 + R^2 / 8 d^2) at its least distance d = R / 4
  constexpr float kMostCeilingGain = 1.3661F;
  contact::FlightReach reach;
  if (rows.ceiling >= 0) reach.thrust_factor *= kMostCeilingGain;
  if (rows.axial_inflow) reach.thrust_factor *= flight::kMostInflowGain;
  if (rows.force >= 0) reach.force_n = kSqrt3 * rows.force_limit_n;
  if (!rows.air()) return reach;
  reach.air_speed_mps = kSqrt3 * config.max_air_speed_mps;
  for (const VehicleConfig& c : types) {
    const float speed_sum = static_cast<float>(c.rotors.size()) * c.max_rotor_speed_radps;
    reach.drag_per_s =
        std::max(reach.drag_per_s, largest(c.rotor_drag_b_kg) * speed_sum / c.mass_kg);
    reach.drag_per_m = std::max(reach.drag_per_m, largest(c.body_drag_b_kgpm) / c.mass_kg);
  }
  return reach;
}

void hold_effects(const Setup& setup, const Slab& slab, const Split& split) noexcept {
  const EffectPlan& plan = setup.effect_plan;
  if (plan.idle()) return;
  for (int w = 0; w < slab.num_worlds; ++w) begin_faults(setup, slab, w);
  if (!plan.writes_wrench) return;
  const WrenchRows rows{setup.effect_rows.force, setup.effect_rows.torque, plan.wrench_row};
  split.blocks(slab.agents.num_blocks,
               [&](int first, int last) { draw_wrenches(plan.wrench, rows, slab, first, last); });
  for (int w = 0; w < slab.num_worlds; ++w) add_impulses(setup, slab, w);
}

void start_effects(const Setup& setup, const Slab& slab, int body) noexcept {
  const flight::EffectRows& rows = setup.effect_rows;
  const int num_rotors = setup.fleet.num_rotors();
  const std::vector<float>& fresh = setup.initial_of(body % slab.num_agents);
  const auto initial = [&](int first, int count) {
    for (int r = first; r < first + count; ++r)
      slab.agents.at(body, r) = fresh[static_cast<std::size_t>(r)];
  };
  if (rows.grip >= 0) {
    set_down(setup, slab, body);
    initial(rows.grip, 1);
  }
  if (rows.push >= 0) initial(rows.push, 3);
  if (rows.effectiveness >= 0) initial(rows.effectiveness, num_rotors);
  if (rows.battery >= 0) initial(rows.battery, flight::kNumBatteryRows);
  for (int r = 0; r < rows.num_delayed * num_rotors; ++r)
    slab.agents.at(body, rows.delay + r) = slab.agents.at(body, kRotorRows + r % num_rotors);
}

}  // namespace volery::batch
