#include "bench/plain_twin.hpp"

#include <string>

#include "bench/timing.hpp"
#include "volery/error.hpp"

namespace volery::bench {

namespace {

int rate_of(BatchConfig config) noexcept {
  config.resolve_rates({});
  return config.physics_rate_hz;
}

}  // namespace

PlainTwin::PlainTwin(const BatchConfig& config)
    : num_worlds_(config.num_worlds),
      num_agents_(config.num_agents),
      vehicle_(load_vehicle(config.vehicle)),
      scene_(load_scene(config.scene)),
      gravity_mps2_(config.flight.gravity_mps2),
      bullet_(scene_, vehicle_, gravity_mps2_, 1.0F / static_cast<float>(rate_of(config)),
              num_worlds_, num_agents_) {}

void PlainTwin::load(std::span<const float> position_w_m, std::span<const float> quat_wb_xyzw,
                     std::span<const float> velocity_w_mps, std::span<const float> omega_b_radps) {
  const std::size_t rows =
      static_cast<std::size_t>(num_worlds_) * static_cast<std::size_t>(num_agents_);
  if (position_w_m.size() != 3 * rows || quat_wb_xyzw.size() != 4 * rows ||
      velocity_w_mps.size() != 3 * rows || omega_b_radps.size() != 3 * rows) {
    throw Error(ErrorKind::kValue, "load: arrays must have the " + std::to_string(rows) +
                                       " rows of the batch's agents");
  }
  const auto vec3 = [](std::span<const float> values, std::size_t row) {
    return Vec3{values[3 * row], values[3 * row + 1], values[3 * row + 2]};
  };
  for (std::size_t row = 0; row < rows; ++row) {
    const float* q = quat_wb_xyzw.data() + 4 * row;
    const Quat quat{q[0], q[1], q[2], q[3]};
    const auto agents = static_cast<std::size_t>(num_agents_);
    bullet_.set_body(static_cast<int>(row / agents), static_cast<int>(row % agents),
                     {.position_w_m = vec3(position_w_m, row),
                      .quat_wb = quat,
                      .velocity_w_mps = vec3(velocity_w_mps, row),
                      .omega_w_radps = rotate(quat, vec3(omega_b_radps, row)),
                      .lift_n = vehicle_.config.mass_kg * gravity_mps2_});
  }
}

double PlainTwin::step(int substeps) {
  return seconds_of([&] { bullet_.step(substeps); });
}

}  // namespace volery::bench
