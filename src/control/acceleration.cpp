// acceleration: of a particle, in the world frame.
#include "control/particle_common.hpp"

namespace volery {

namespace control {
namespace {

std::vector<Column> acceleration_columns(const Vehicle& vehicle) {
  const std::string scale =
      ", 1 = " + number(vehicle.config.particle.max_acceleration_mps2) + " m/s^2";
  return {column("ax", "world", "acceleration east" + scale),
          column("ay", "world", "acceleration north" + scale),
          column("az", "world", "acceleration up, weight apart" + scale)};
}

std::unique_ptr<Controller> make_acceleration(const ControllerContext& context) {
  return make_particle(context, ParticleLevel::kAcceleration);
}

}  // namespace
}  // namespace control

extern const ControllerEntry controller_acceleration;
const ControllerEntry controller_acceleration{
    .name = "acceleration",
    .doc = "Acceleration of a particle in the world frame.",
    .columns = control::acceleration_columns,
    .make = control::make_acceleration,
    .bodies = {.rotorcraft = false, .particle = true}};

}  // namespace volery
