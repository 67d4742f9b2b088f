// drive: forward speed and yaw rate of a rover.
#include "control/rover_common.hpp"

namespace volery {

namespace control {
namespace {

std::vector<Column> drive_columns(const Vehicle& vehicle) {
  return {column("speed", "body", "forwards, 1 = " + number(vehicle.gains.max_speed_mps) + " m/s"),
          yaw_rate_column(vehicle)};
}

std::unique_ptr<Controller> make_drive(const ControllerContext& context) {
  return make_rover(context, RoverLevel::kDrive);
}

}  // namespace
}  // namespace control

extern const ControllerEntry controller_drive;
const ControllerEntry controller_drive{.name = "drive",
                                       .doc = "Forward speed and yaw rate of a rover.",
                                       .columns = control::drive_columns,
                                       .make = control::make_drive,
                                       .bodies = {.rotorcraft = false, .rover = true}};

}  // namespace volery
