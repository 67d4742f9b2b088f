#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "core/assert.hpp"
#include "core/math.hpp"
#include "flight/flight.hpp"
#include "flight/param_rows.hpp"
#include "model/drives.hpp"

namespace volery::flight {
namespace {

/// The same value in every lane.
void fill(ParamRow& row, double value) {
  for (float& lane : row.lane) lane = static_cast<float>(value);
}

/// What a first-order lag covers of the way in one step.
double lag_fraction(double step_s, double time_constant_s) {
  return time_constant_s > 0 ? -expm1(-step_s / time_constant_s) : 1.0;
}

/// Distance of the body from a surface from which on no rotor feels it.
double surface_range_m(const VehicleConfig& vehicle) {
  double reach_m = 0;
  for (const RotorSpec& rotor : vehicle.rotors) {
    const double x = rotor.position_b_m[0], y = rotor.position_b_m[1], z = rotor.position_b_m[2];
    reach_m = std::max(reach_m, std::sqrt(x * x + y * y + z * z));
  }
  // one part in a thousand covers the rounding of heights
  return (static_cast<double>(kGroundEffectRange) * vehicle.rotor_radius_m + reach_m) * 1.001;
}

void fill_ground_effect(const VehicleConfig& vehicle, ParamRow* rows) {
  // thrust factor 1 / (1 - e), e = max(0, gain / z^2 - offset): gain / (range R)^2 = offset
  const double radius_m = vehicle.rotor_radius_m;
  const double k = vehicle.ground_effect_coefficient;
  const double gain = k * radius_m * radius_m / 16;
  // below half a radius the formula is not valid; a large k meets its pole earlier, so e <= 1/2 too
  const double lowest_m = std::max(radius_m / 2, std::sqrt(2 * gain));
  fill(rows[kGroundGain], gain);
  fill(rows[kGroundOffset], k / (16 * kGroundEffectRange * kGroundEffectRange));
  fill(rows[kGroundLowest], lowest_m);
  fill(rows[kGroundSkip], surface_range_m(vehicle));
}

/// The rotors with spin 1, then the others: in the kernels, sums and differences of the two halves
/// replace products with the spins. Throws Error unless the halves are equal.
std::vector<int> order_by_spin(const std::vector<RotorSpec>& rotors) {
  const auto num_rotors = static_cast<int>(rotors.size());
  std::vector<int> order;
  for (int i = 0; i < num_rotors; ++i) {
    if (rotors[static_cast<std::size_t>(i)].spin > 0) order.push_back(i);
  }
  const auto num_counter_clockwise = static_cast<int>(order.size());
  if (2 * num_counter_clockwise != num_rotors) {
    throw Error(ErrorKind::kValue, "vehicle.rotors: " + std::to_string(num_counter_clockwise) +
                                       " of " + std::to_string(num_rotors) +
                                       " have spin 1; must be half of them");
  }
  for (int i = 0; i < num_rotors; ++i) {
    if (rotors[static_cast<std::size_t>(i)].spin <= 0) order.push_back(i);
  }
  return order;
}

/// Rows of the battery; a vehicle without one keeps zeros, as the kernel does not look.
void fill_battery(const VehicleConfig& c, double step, ParamRow* rows) {
  const BatterySpec& battery = c.battery;
  const double thrust_coefficient = c.thrust_coefficient_n_s2;
  const double resistance = battery.resistance_ohm;
  fill(rows[kSpeedOffset], battery.speed_offset_radps);
  fill(rows[kSpeedPerVolt], battery.speed_per_volt_radpspv);
  fill(rows[kInverseFadeSoc], 1 / static_cast<double>(battery.fade_soc));
  fill(rows[kIdlePower], battery.idle_power_w);
  fill(rows[kPowerPerSquare], battery.power_per_thrust_wpn * thrust_coefficient);
  fill(rows[kPowerPerCube],
       battery.power_per_shaft_power * thrust_coefficient * c.torque_to_thrust_m);
  fill(rows[kResistance], resistance);
  fill(rows[kFourResistance], 4 * resistance);
  fill(rows[kHalfConductance], 0.5 / resistance);
  fill(rows[kRcResistance], battery.rc_resistance_ohm);
  fill(rows[kRcFraction], lag_fraction(step, battery.rc_time_s));
  fill(rows[kSocPerAmpere], step / (3600 * static_cast<double>(battery.capacity_ah)));
  fill(rows[kOpenCircuitEmpty], battery.open_circuit_v[0]);
  double slope_before = 0;
  for (std::size_t i = 0; i + 1 < battery.open_circuit_v.size(); ++i) {
    const double rise =
        static_cast<double>(battery.open_circuit_v[i + 1]) - battery.open_circuit_v[i];
    const double slope = rise * (kOpenCircuitPoints - 1);
    fill(rows[kOpenCircuitBend + static_cast<int>(i)], slope - slope_before);
    slope_before = slope;
  }
}

void fill_effects(const VehicleConfig& c, const FlightConfig& config, const EffectRows& effects,
                  double step, ParamRow* rows) {
  const double radius_m = c.rotor_radius_m;
  const double max_speed = c.max_rotor_speed_radps;
  fill(rows[kEffectStep], step);
  fill(rows[kAirLimit], config.max_air_speed_mps);
  fill(rows[kInflowLoss], static_cast<double>(c.rotor_drag_b_kg[2]) / c.thrust_coefficient_n_s2);
  fill(rows[kCeilingGain], radius_m * radius_m / 8);
  fill(rows[kCeilingLowest], radius_m / 4);
  fill(rows[kCeilingSkip], surface_range_m(c));
  fill(rows[kForceLimit], effects.force_limit_n);
  fill(rows[kForceGain], step / c.mass_kg);
  for (std::size_t axis = 0; axis < 3; ++axis)
    fill(rows[kTorqueGain + axis], step / c.inertia_b_kgm2[axis]);
  fill(rows[kLevelsPerSpeed], config.command_levels / max_speed);
  fill(rows[kSpeedPerLevel], config.command_levels > 0 ? max_speed / config.command_levels : 0);
  if (c.battery.capacity_ah > 0) fill_battery(c, step, rows);
}

/// Without rotors there is no lift, no drag of rotors, no ground effect. A rover's wheels stand in
/// the first rotor rows and lag like them.
void clear_rotors(const VehicleConfig& c, const FlightConfig& config, double step, ParamRow* rows) {
  const bool is_rover = c.kind == VehicleKind::kRover;
  const double fraction = is_rover && config.motor_lag ? lag_fraction(step, c.rover.response_s) : 1;
  fill(rows[kRiseFraction], fraction);
  fill(rows[kFallFraction], fraction);
  fill(rows[kThrustGain], 0);
  for (std::size_t axis = 0; axis < 3; ++axis) fill(rows[kRotorDragGain + axis], 0);
  fill(rows[kGroundGain], 0);
  fill(rows[kGroundOffset], 0);
  fill(rows[kGroundLowest], 1);
  fill(rows[kGroundSkip], -std::numeric_limits<double>::infinity());
  fill(rows[kYawGain], 0);
  fill(rows[kSpinInertia], 0);
  if (c.kind == VehicleKind::kParticle && !c.particle.gravity) fill(rows[kGravityStep], 0);
}

/// Rows of DriveParam of a rover.
void fill_wheels(const VehicleConfig& c, double step, ParamRow* rows) {
  const RoverSpec& rover = c.rover;
  const double radius = rover.wheel_radius_m;
  const double track = rover.track_m;
  fill(rows[kWheelSpeed], radius / 2);
  fill(rows[kWheelTurn], radius / track);
  fill(rows[kWheelAlong], c.mass_kg / (2 * step));
  fill(rows[kWheelTwist], c.inertia_b_kgm2[2] / (track * step));
  fill(rows[kWheelForce], rover.drive_force_n / 2);
  fill(rows[kWheelPerStep], 1 / (2 * step));
  fill(rows[kWheelMostGrip], kMostGripWeights * c.mass_kg * kGravityMps2 / 2);
  fill(rows[kWheelHalfTrack], track / 2);
  fill(rows[kWheelHeight], c.collision.size_m[2] / 2 - c.collision.offset_b_m[2]);
}

/// Constants of the effects for a body that has no rotors, battery or both.
void fill_drive(const VehicleConfig& c, const FlightConfig& config, double step, ParamRow* rows) {
  if (c.kind == VehicleKind::kRover) {
    const double rim_mps =
        std::max(c.speed_limit_mps, c.rover.max_yaw_rate_radps * c.rover.track_m / 2);
    const double max_speed = rim_mps / c.rover.wheel_radius_m;
    fill(rows[kLevelsPerSpeed], config.command_levels / max_speed);
    fill(rows[kSpeedPerLevel], config.command_levels > 0 ? max_speed / config.command_levels : 0);
    fill_wheels(c, step, rows);
  } else {
    fill(rows[kPushStep], step);
    fill(rows[kPushLimit], c.particle.max_acceleration_mps2);
    fill(rows[kPushPlanar], c.particle.dimensions == 2 ? 1 : 0);
  }
  // no battery limits its wheels
  constexpr double kEndless = 1e9;
  fill(rows[kSpeedOffset], kEndless);
  fill(rows[kInverseFadeSoc], kEndless);
}

/// Everything that a body multiplies with, each row one value in all lanes.
void fold_rows(const VehicleConfig& c, const FlightConfig& config, double step,
               const EffectRows& effects, const std::vector<int>& rotor_order,
               ParamRow* rows) noexcept {
  const double mass_kg = c.mass_kg;
  const double thrust_coefficient = c.thrust_coefficient_n_s2;
  const double inertia[3] = {c.inertia_b_kgm2[0], c.inertia_b_kgm2[1], c.inertia_b_kgm2[2]};
  const double inertia_max = std::max({inertia[0], inertia[1], inertia[2]});

  // translation
  fill(rows[kRiseFraction], config.motor_lag ? lag_fraction(step, c.motor_rise_s) : 1);
  fill(rows[kFallFraction], config.motor_lag ? lag_fraction(step, c.motor_fall_s) : 1);
  fill(rows[kGravityStep], step * config.gravity_mps2);
  fill(rows[kThrustGain], step * thrust_coefficient / mass_kg);
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double rotor_drag = config.rotor_drag ? c.rotor_drag_b_kg[axis] : 0;
    const double body_drag = config.body_drag ? c.body_drag_b_kgpm[axis] : 0;
    fill(rows[kRotorDragGain + axis], step * rotor_drag / mass_kg);
    fill(rows[kBodyDragGain + axis], step * body_drag / mass_kg);
  }
  // without ground effect the factor is z^2 / z^2, at any height but 0
  fill(rows[kGroundLowest], 1);
  fill(rows[kGroundSkip], -std::numeric_limits<double>::infinity());
  if (config.ground_effect && c.ground_effect_coefficient > 0) fill_ground_effect(c, rows);

  // rotation
  const double gyroscopic = config.gyroscopic ? 1 : 0;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    fill(rows[kInertia + axis], inertia[axis] / inertia_max);
    fill(rows[kInverseInertia + axis], inertia_max / inertia[axis]);
    fill(rows[kPredictor + axis], gyroscopic * step * step / 4 * inertia_max / inertia[axis]);
  }
  fill(rows[kHalfStep], gyroscopic * step / 2);

  // rotors
  fill(rows[kYawGain], step * thrust_coefficient * c.torque_to_thrust_m / inertia[2]);
  fill(rows[kSpinInertia], gyroscopic * c.rotor_inertia_kgm2 / inertia_max);
  ParamRow* own = rows + kNumSharedParams;
  for (const int i : rotor_order) {
    const RotorSpec& rotor = c.rotors[static_cast<std::size_t>(i)];
    const double gain = step * thrust_coefficient;
    fill(own[kRollGain], gain * rotor.position_b_m[1] / inertia[0]);
    fill(own[kPitchGain], -gain * rotor.position_b_m[0] / inertia[1]);
    for (std::size_t axis = 0; axis < 3; ++axis) fill(own[kHub + axis], rotor.position_b_m[axis]);
    own += kNumRotorParams;
  }

  const bool flies = c.kind == VehicleKind::kRotorcraft;
  if (!flies) clear_rotors(c, config, step, rows);

  if (!effects.any()) return;
  fill_effects(c, config, effects, step, own);
  if (!flies) fill_drive(c, config, step, own);
  // what each rotor loses is not lost again at the centre
  if (effects.axial_inflow) fill(rows[kRotorDragGain + 2], 0);
}

bool is_axial(const VehicleConfig& c) {
  return c.rotor_drag_b_kg[0] == c.rotor_drag_b_kg[1] &&
         c.body_drag_b_kgpm[0] == c.body_drag_b_kgpm[1];
}

/// Parameters of one body with room for more rotors than it has: absent ones lift nothing. Rotors
/// stand in two halves by their spin, those of effects after them. `lane` has num_rows() values.
void pad(const ParamRow* rows, int own_rotors, int num_rotors, const EffectRows& effects,
         float* lane) noexcept {
  std::fill_n(lane, FlightParams::num_rows(num_rotors, effects), 0.0F);
  const auto copy = [&](int from, int to, int count) {
    for (int i = 0; i < count; ++i) lane[to + i] = rows[from + i].lane[0];
  };
  const int own_half = own_rotors / 2 * kNumRotorParams;
  copy(0, 0, kNumSharedParams);
  copy(kNumSharedParams, kNumSharedParams, own_half);
  copy(kNumSharedParams + own_half, kNumSharedParams + num_rotors / 2 * kNumRotorParams, own_half);
  const int own_rows = kNumSharedParams + own_rotors * kNumRotorParams;
  const int all_rows = kNumSharedParams + num_rotors * kNumRotorParams;
  if (effects.any()) copy(own_rows, all_rows, kNumEffectParams);
  if (effects.drives())
    copy(own_rows + kNumEffectParams, all_rows + kNumEffectParams, kNumDriveParams);
}

}  // namespace

void FlightConfig::describe(FieldVisitor& v) {
  v.field("gravity_mps2", gravity_mps2,
          {.unit = "m/s^2", .low = 0, .high = 100, .doc = "gravity, downwards"});
  v.field("motor_lag", motor_lag, {.doc = "rotor speeds follow their commands with a lag"});
  v.field("gyroscopic", gyroscopic,
          {.doc = "gyroscopic torque of body and rotors, torque of rotors that spin up"});
  v.field("rotor_drag", rotor_drag, {.doc = "drag of the rotors, linear in body velocity"});
  v.field("body_drag", body_drag, {.doc = "quadratic drag of the body"});
  v.field("ground_effect", ground_effect, {.doc = "more thrust close above a surface"});
  v.field("wind", wind, {.doc = "drag against moving air; needs a wind model or set_state"});
  v.field("downwash", downwash, {.doc = "the air that drones above push down is felt"});
  v.field("max_air_speed_mps", max_air_speed_mps,
          {.unit = "m/s", .low = 0, .high = 100, .doc = "of wind and downwash, along each axis"});
  v.field("ceiling_effect", ceiling_effect, {.doc = "more thrust close below a surface"});
  v.field("axial_inflow", axial_inflow,
          {.doc = "a rotor's thrust falls with the speed of the air through it"});
  v.field("battery", battery, {.doc = "charge, sag and energy; the vehicle needs a [battery]"});
  v.field("battery_soc", battery_soc,
          {.low = 0, .high = 1, .doc = "charge at the start of an episode"});
  v.field("command_delay_s", command_delay_s,
          {.unit = "s",
           .low = 0,
           .high = 1,
           .doc = "of rotor commands, by ESC and transport; the nearest whole number of substeps"});
  v.field("command_levels", command_levels,
          {.low = 0,
           .high = 1 << 20,
           .doc = "rotor commands are multiples of the highest speed over this; 0: any speed"});
  v.field("rotor_faults", rotor_faults,
          {.doc = "rotors have an effectiveness, which set_state can change; on with faults"});
  v.tables("faults", faults, {.low = 0, .high = 64, .doc = "rotors that lose thrust"});
  v.table("disturbance", disturbance, "forces and torques from outside");
}

FlightParams::FlightParams(const Vehicle& vehicle, const FlightConfig& config, float step_s,
                           const EffectRows& effects)
    : config_(config), effects_(effects), num_rotors_(vehicle.num_rotors), step_s_(step_s) {
  VOLERY_ASSERT(step_s > 0);
  const bool flies = vehicle.kind() == VehicleKind::kRotorcraft;
  if (flies && num_rotors_ != 4 && num_rotors_ != 6 && num_rotors_ != 8) {
    throw Error(ErrorKind::kValue, "vehicle.rotors: has " + std::to_string(num_rotors_) +
                                       " rotors; flight has kernels for 4, 6 and 8");
  }
  rotor_order_ = order_by_spin(vehicle.config.rotors);
  axial_drag_ = is_axial(vehicle.config);
  rows_.resize(static_cast<std::size_t>(num_rows(num_rotors_, effects)));
  fold_rows(vehicle.config, config, step_s, effects, rotor_order_, rows_.data());
}

int FlightParams::num_rows(int num_rotors, const EffectRows& effects) noexcept {
  return kNumSharedParams + num_rotors * kNumRotorParams + (effects.any() ? kNumEffectParams : 0) +
         (effects.drives() ? kNumDriveParams : 0);
}

FlightParams::FlightParams(const VehicleFleet& fleet, const FlightConfig& config, float step_s,
                           int first_row, const EffectRows& effects)
    : config_(config),
      effects_(effects),
      axial_drag_(true),
      first_row_(first_row),
      num_rotors_(fleet.num_rotors()),
      step_s_(step_s) {
  for (const Vehicle& type : fleet.types()) {
    const FlightParams own(type, config, step_s, effects);
    axial_drag_ = axial_drag_ && own.axial_drag_;
    lanes_.emplace_back(static_cast<std::size_t>(num_rows(num_rotors_, effects)));
    pad(own.rows_.data(), type.num_rotors, num_rotors_, effects, lanes_.back().data());
    orders_.push_back(own.rotor_order_);
    // spins alternate in a fleet of several types, so the order of most rotors holds for all
    if (own.num_rotors_ == num_rotors_) rotor_order_ = own.rotor_order_;
  }
  if (rotor_order_.empty()) {
    rotor_order_.resize(static_cast<std::size_t>(num_rotors_));
    std::iota(rotor_order_.begin(), rotor_order_.end(), 0);
  }
}

void FlightParams::fold(const VehicleConfig& vehicle, int type, float* lane) const noexcept {
  constexpr int kMostRows =
      kNumSharedParams + kMaxRotors * kNumRotorParams + static_cast<int>(kEndDriveParams);
  ParamRow rows[kMostRows] = {};
  const std::vector<int>& order = orders_[static_cast<std::size_t>(type)];
  fold_rows(vehicle, config_, step_s_, effects_, order, rows);
  pad(rows, static_cast<int>(order.size()), num_rotors_, effects_, lane);
}

FreeBodyParams::FreeBodyParams(float gravity_mps2, float step_s,
                               const std::vector<Vec3>& principal_inertia_b_kgm2) {
  VOLERY_ASSERT(step_s > 0 && !principal_inertia_b_kgm2.empty());
  const auto num_props = static_cast<int>(principal_inertia_b_kgm2.size());
  const double step = step_s;
  period_blocks_ = num_props / std::gcd(num_props, kLanes);
  rows_.resize(static_cast<std::size_t>(period_blocks_ * kNumFreeParams));
  for (int body = 0; body < period_blocks_ * kLanes; ++body) {
    ParamRow* rows = &rows_[static_cast<std::size_t>(body / kLanes * kNumFreeParams)];
    const int lane = body % kLanes;
    const Vec3 j = principal_inertia_b_kgm2[static_cast<std::size_t>(body % num_props)];
    const double j_max = std::max({j.x, j.y, j.z});
    const double relative[3] = {j.x / j_max, j.y / j_max, j.z / j_max};
    rows[kFreeGravityStep].lane[lane] = static_cast<float>(step * gravity_mps2);
    rows[kFreeHalfStep].lane[lane] = static_cast<float>(step / 2);
    for (int axis = 0; axis < 3; ++axis) {
      rows[kFreeInertia + axis].lane[lane] = static_cast<float>(relative[axis]);
      rows[kFreeInverseInertia + axis].lane[lane] = static_cast<float>(1 / relative[axis]);
      rows[kFreePredictor + axis].lane[lane] = static_cast<float>(step * step / 4 / relative[axis]);
    }
  }
}

}  // namespace volery::flight
