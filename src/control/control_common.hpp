// What the controllers share outside their lane kernels: columns, constants from the vehicle.
//
// Each level's constants are plain floats, computed once when the controller is made; its kernels
// broadcast them. Squared rotor speeds are the unit of the mixer, so that a kernel ends in one
// square root per rotor.
#pragma once

#include <string>
#include <vector>

#include "model/vehicle.hpp"
#include "state/blocks.hpp"
#include "volery/column.hpp"
#include "volery/controller.hpp"

namespace volery::control {

/// Collective thrust and angular acceleration to squared rotor speeds, with the rotors' limits.
struct MixerConstants {
  explicit MixerConstants(const Vehicle& vehicle);
  int num_rotors = 0;
  // squared speed of rotor i = thrust[i] T + roll[i] a_x + pitch[i] a_y + yaw[i] a_z, with the
  // collective thrust T in N and the angular acceleration a in rad/s^2
  float thrust[kMaxRotors] = {};
  float roll[kMaxRotors] = {};
  float pitch[kMaxRotors] = {};
  float yaw[kMaxRotors] = {};
  float per_thrust[kMaxRotors] = {};  // 1 / thrust[i]
  float per_yaw[kMaxRotors] = {};     // 1 / yaw[i]; 0 where the rotor has no say in yaw
  float least_squared_radps = 0;      // limits of a squared rotor speed
  float most_squared_radps = 0;
  float reach_n = 0;  // how far apart roll and pitch may pull two rotors, as collective thrust
};

/// w x J w divided by J: what keeps a turning body turning, as factors of w_y w_z, w_z w_x, w_x
/// w_y.
struct GyroConstants {
  explicit GyroConstants(const Vehicle& vehicle);
  float x = 0, y = 0, z = 0;
};

/// The attitude loop: tilt by the geometric law, yaw by its rate.
struct AttitudeConstants {
  explicit AttitudeConstants(const Vehicle& vehicle);
  float kr_x = 0, kr_y = 0;  // angular acceleration per attitude error, 1/s^2
  float kw_x = 0, kw_y = 0;  // per rate error, 1/s
  float kw_z = 0;            // yaw has the rate loop's gain
  GyroConstants gyro;
};

/// The velocity loop: wanted velocity to wanted acceleration within what the vehicle can do.
struct VelocityConstants {
  VelocityConstants(const Vehicle& vehicle, const FieldTable& fields);
  explicit VelocityConstants(const Vehicle& vehicle);
  float kv_x = 0, kv_y = 0, kv_z = 0;  // 1/s
  // acceleration that makes up for drag near hover: linear[i] v_i + quadratic[i] |v| v_i
  float linear_x = 0, linear_y = 0, linear_z = 0;
  float quadratic_x = 0, quadratic_y = 0, quadratic_z = 0;
  float rotor_x = 0, rotor_y = 0, rotor_z = 0;  // linear[i] per sum of rotor speeds, 1/rad
  int num_rotors = 0;
  int speed_row = -1;  // first of the rotor speeds; the fleet may have more rotors than the vehicle
  float least_lift_mps2 = 0;  // limits of the vertical acceleration of the thrust
  float most_lift_mps2 = 0;
  float tan_max_tilt = 0;
  float mass_kg = 0;
};

/// Declares the place to go to in an agent step, which all levels that have one share by name.
[[nodiscard]] int position_setpoint_row(FieldTable& fields);
/// The first of the rows of rotor speeds.
[[nodiscard]] int rotor_speed_row(const FieldTable& fields);

/// A column in [-1, 1].
[[nodiscard]] Column column(std::string name, std::string frame, std::string doc);
/// A number for a column's doc, with up to four digits.
[[nodiscard]] std::string number(float value);
/// The yaw_rate column of the levels with a tilt loop.
[[nodiscard]] Column yaw_rate_column(const Vehicle& vehicle);
/// The thrust column of ctbr and attitude.
[[nodiscard]] Column thrust_column(const Vehicle& vehicle);

/// A controller whose constants are the struct C, with free functions as kernels.
template <class C>
class KernelController final : public Controller {
 public:
  KernelController(const C& constants, Kernel window, Kernel tick)
      : constants_(constants), window_(window), tick_(tick) {}
  [[nodiscard]] Kernel window_kernel() const noexcept override { return window_; }
  [[nodiscard]] Kernel kernel() const noexcept override { return tick_; }
  [[nodiscard]] const void* constants() const noexcept override { return &constants_; }

 private:
  C constants_;
  Kernel window_;
  Kernel tick_;
};

}  // namespace volery::control
