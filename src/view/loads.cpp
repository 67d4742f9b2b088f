#include "view/loads.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "volery/error.hpp"

namespace volery::view {

namespace {

void check(const Batch& batch, const Intervention& load) {
  if (load.agent < 0 || load.agent >= batch.num_agents()) {
    throw Error(ErrorKind::kValue, "agent " + std::to_string(load.agent) + ": must be in [0, " +
                                       std::to_string(batch.num_agents() - 1) + "]");
  }
  if (!std::isfinite(dot(load.delta_w, load.delta_w)))
    throw Error(ErrorKind::kValue, "load on agent " + std::to_string(load.agent) + ": not finite");
}

// Adds to three numbers of one agent.
void add(Batch& batch, int world, int agent, const char* field, Vec3 change) {
  std::vector<float> rows(static_cast<std::size_t>(batch.num_agents()) * 3);
  batch.state(world, field, rows);
  float* row = rows.data() + static_cast<std::size_t>(agent) * 3;
  row[0] += change.x, row[1] += change.y, row[2] += change.z;
  batch.set_state(world, field, rows);
}

Quat attitude(const Batch& batch, int world, int agent) {
  std::vector<float> rows(static_cast<std::size_t>(batch.num_agents()) * 4);
  batch.state(world, "quat_wb_xyzw", rows);
  const float* row = rows.data() + static_cast<std::size_t>(agent) * 4;
  return {row[0], row[1], row[2], row[3]};
}

}  // namespace

void apply_load(Batch& batch, const Intervention& load) {
  check(batch, load);
  const Vehicle& vehicle = batch.fleet().vehicle_of(load.agent);
  const float step_s = batch.facts().step_s;
  if (load.kind == Intervention::Kind::kForce) {
    const float per_n = step_s / vehicle.config.mass_kg;
    return add(batch, load.world, load.agent, "velocity_w_mps", load.delta_w * per_n);
  }
  if (vehicle.kind() == VehicleKind::kParticle) {
    throw Error(ErrorKind::kValue, "agent " + std::to_string(load.agent) +
                                       ": a particle has no attitude that a torque could turn");
  }
  const std::vector<float>& inertia = vehicle.config.inertia_b_kgm2;
  const Vec3 torque_b = rotate_inverse(attitude(batch, load.world, load.agent), load.delta_w);
  const Vec3 change{torque_b.x / inertia[0] * step_s, torque_b.y / inertia[1] * step_s,
                    torque_b.z / inertia[2] * step_s};
  add(batch, load.world, load.agent, "omega_b_radps", change);
}

}  // namespace volery::view
