#include "state/blocks.hpp"

#include "core/assert.hpp"

namespace volery {
namespace {

/// Adds a field and checks that it lands on the row that kernels assume.
void add_at(FieldTable& table, int row, FieldSpec spec) {
  const FieldRef ref = table.add(std::move(spec));
  VOLERY_ASSERT(ref.row == row);
}

}  // namespace

void declare_rigid_fields(FieldTable& table) {
  add_at(table, kPosition,
         {.name = "position_w_m",
          .width = 3,
          .unit = "m",
          .frame = "world",
          .writer = "flight",
          .doc = "centre of mass"});
  add_at(table, kPositionResidual,
         {.name = "position_residual_w_m",
          .width = 3,
          .unit = "m",
          .frame = "world",
          .writer = "flight",
          .doc = "what float32 dropped when the position was last advanced"});
  // a field has one initial value, so whoever resets a body sets w to 1
  add_at(table, kQuat,
         {.name = "quat_wb_xyzw",
          .width = 4,
          .unit = "",
          .frame = "world",
          .writer = "flight",
          .doc = "unit quaternion that turns body into world coordinates; reset to (0, 0, 0, 1)"});
  add_at(table, kVelocity,
         {.name = "velocity_w_mps",
          .width = 3,
          .unit = "m/s",
          .frame = "world",
          .writer = "flight, contact",
          .doc = "of the centre of mass"});
  add_at(table, kOmega,
         {.name = "omega_b_radps",
          .width = 3,
          .unit = "rad/s",
          .frame = "body",
          .writer = "flight, contact",
          .doc = "angular velocity"});
  add_at(table, kTouchStatic,
         {.name = "touch_static",
          .width = 1,
          .unit = "",
          .frame = "",
          .writer = "contact",
          .doc = "1 where static geometry or a prop was touched in the last agent step"});
  add_at(table, kTouchAgent,
         {.name = "touch_agent",
          .width = 1,
          .unit = "",
          .frame = "",
          .writer = "contact",
          .doc = "1 where another agent was touched in the last agent step"});
  add_at(table, kImpulse,
         {.name = "contact_impulse_ns",
          .width = 1,
          .unit = "N s",
          .frame = "",
          .writer = "contact",
          .doc = "sum of the normal contact impulses of the last agent step"});
  add_at(table, kMode,
         {.name = "body_mode",
          .width = 1,
          .unit = "",
          .frame = "",
          .writer = "batch",
          .doc = "0 moving, 1 frozen (an obstacle that holds its pose), 2 absent"});
}

void declare_flight_fields(FieldTable& table, int num_rotors) {
  add_at(table, kSurfaceHeight,
         {.name = "surface_height_w_m",
          .width = 1,
          .unit = "m",
          .frame = "world",
          .writer = "swarm",
          .doc = "height of the surface below, held over the window"});
  add_at(table, kMotorsOn,
         {.name = "motors_on",
          .width = 1,
          .unit = "",
          .frame = "",
          .writer = "batch",
          .doc = "1 while the motors obey the controller, 0 in a wreck",
          .initial = 1});
  add_at(table, kRotorRows,
         {.name = "rotor_command_radps",
          .width = num_rotors,
          .unit = "rad/s",
          .frame = "",
          .writer = "control",
          .doc = "commanded rotor speeds"});
  add_at(table, kRotorRows + num_rotors,
         {.name = "rotor_speed_radps",
          .width = num_rotors,
          .unit = "rad/s",
          .frame = "",
          .writer = "flight",
          .doc = "rotor speeds"});
}

}  // namespace volery
