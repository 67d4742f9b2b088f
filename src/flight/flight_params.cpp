#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "core/assert.hpp"
#include "core/math.hpp"
#include "flight/flight.hpp"
#include "flight/param_rows.hpp"

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

void fill_ground_effect(const VehicleConfig& vehicle, std::vector<ParamRow>& rows) {
  // thrust factor 1 / (1 - e), e = max(0, gain / z^2 - offset): gain / (range R)^2 = offset
  const double radius_m = vehicle.rotor_radius_m;
  const double k = vehicle.ground_effect_coefficient;
  const double gain = k * radius_m * radius_m / 16;
  const double range_m = kGroundEffectRange * radius_m;
  // below half a radius the formula is not valid; a large k meets its pole earlier, so e <= 1/2 too
  const double lowest_m = std::max(radius_m / 2, std::sqrt(2 * gain));
  double reach_m = 0;
  for (const RotorSpec& rotor : vehicle.rotors) {
    const double x = rotor.position_b_m[0], y = rotor.position_b_m[1], z = rotor.position_b_m[2];
    reach_m = std::max(reach_m, std::sqrt(x * x + y * y + z * z));
  }
  fill(rows[kGroundGain], gain);
  fill(rows[kGroundOffset], k / (16 * kGroundEffectRange * kGroundEffectRange));
  fill(rows[kGroundLowest], lowest_m);
  // one part in a thousand covers the rounding of heights
  fill(rows[kGroundSkip], (range_m + reach_m) * 1.001);
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

/// Parameters of one body with room for more rotors than it has: absent ones lift nothing. Rotors
/// stand in two halves by their spin.
std::vector<float> padded(const std::vector<ParamRow>& rows, int own_rotors, int num_rotors) {
  std::vector<float> lane(static_cast<std::size_t>(FlightParams::num_rows(num_rotors)), 0.0F);
  const auto copy = [&](int from, int to, int count) {
    for (int i = 0; i < count; ++i)
      lane[static_cast<std::size_t>(to + i)] = rows[static_cast<std::size_t>(from + i)].lane[0];
  };
  const int own_half = own_rotors / 2 * kNumRotorParams;
  copy(0, 0, kNumSharedParams);
  copy(kNumSharedParams, kNumSharedParams, own_half);
  copy(kNumSharedParams + own_half, kNumSharedParams + num_rotors / 2 * kNumRotorParams, own_half);
  return lane;
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
}

FlightParams::FlightParams(const Vehicle& vehicle, const FlightConfig& config, float step_s)
    : num_rotors_(vehicle.num_rotors), step_s_(step_s) {
  VOLERY_ASSERT(step_s > 0);
  if (num_rotors_ != 4 && num_rotors_ != 6 && num_rotors_ != 8) {
    throw Error(ErrorKind::kValue, "vehicle.rotors: has " + std::to_string(num_rotors_) +
                                       " rotors; flight has kernels for 4, 6 and 8");
  }
  const VehicleConfig& c = vehicle.config;
  rotor_order_ = order_by_spin(c.rotors);
  const double step = step_s;
  const double mass_kg = c.mass_kg;
  const double thrust_coefficient = c.thrust_coefficient_n_s2;
  const double inertia[3] = {c.inertia_b_kgm2[0], c.inertia_b_kgm2[1], c.inertia_b_kgm2[2]};
  const double inertia_max = std::max({inertia[0], inertia[1], inertia[2]});
  axial_drag_ = c.rotor_drag_b_kg[0] == c.rotor_drag_b_kg[1] &&
                c.body_drag_b_kgpm[0] == c.body_drag_b_kgpm[1];
  rows_.resize(static_cast<std::size_t>(kNumSharedParams + num_rotors_ * kNumRotorParams));

  // translation
  fill(rows_[kRiseFraction], config.motor_lag ? lag_fraction(step, c.motor_rise_s) : 1);
  fill(rows_[kFallFraction], config.motor_lag ? lag_fraction(step, c.motor_fall_s) : 1);
  fill(rows_[kGravityStep], step * config.gravity_mps2);
  fill(rows_[kThrustGain], step * thrust_coefficient / mass_kg);
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double rotor_drag = config.rotor_drag ? c.rotor_drag_b_kg[axis] : 0;
    const double body_drag = config.body_drag ? c.body_drag_b_kgpm[axis] : 0;
    fill(rows_[kRotorDragGain + axis], step * rotor_drag / mass_kg);
    fill(rows_[kBodyDragGain + axis], step * body_drag / mass_kg);
  }
  // without ground effect the factor is z^2 / z^2, at any height but 0
  fill(rows_[kGroundLowest], 1);
  fill(rows_[kGroundSkip], -std::numeric_limits<double>::infinity());
  if (config.ground_effect && c.ground_effect_coefficient > 0) fill_ground_effect(c, rows_);

  // rotation
  const double gyroscopic = config.gyroscopic ? 1 : 0;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    fill(rows_[kInertia + axis], inertia[axis] / inertia_max);
    fill(rows_[kInverseInertia + axis], inertia_max / inertia[axis]);
    fill(rows_[kPredictor + axis], gyroscopic * step * step / 4 * inertia_max / inertia[axis]);
  }
  fill(rows_[kHalfStep], gyroscopic * step / 2);

  // rotors
  fill(rows_[kYawGain], step * thrust_coefficient * c.torque_to_thrust_m / inertia[2]);
  fill(rows_[kSpinInertia], gyroscopic * c.rotor_inertia_kgm2 / inertia_max);
  for (int i = 0; i < num_rotors_; ++i) {
    const RotorSpec& rotor =
        c.rotors[static_cast<std::size_t>(rotor_order_[static_cast<std::size_t>(i)])];
    ParamRow* rows = &rows_[static_cast<std::size_t>(kNumSharedParams + i * kNumRotorParams)];
    const double gain = step * thrust_coefficient;
    fill(rows[kRollGain], gain * rotor.position_b_m[1] / inertia[0]);
    fill(rows[kPitchGain], -gain * rotor.position_b_m[0] / inertia[1]);
    for (std::size_t axis = 0; axis < 3; ++axis) fill(rows[kHub + axis], rotor.position_b_m[axis]);
  }
}

int FlightParams::num_rows(int num_rotors) noexcept {
  return kNumSharedParams + num_rotors * kNumRotorParams;
}

FlightParams::FlightParams(const VehicleFleet& fleet, const FlightConfig& config, float step_s,
                           int first_row)
    : axial_drag_(true), first_row_(first_row), num_rotors_(fleet.num_rotors()), step_s_(step_s) {
  for (const Vehicle& type : fleet.types()) {
    const FlightParams own(type, config, step_s);
    axial_drag_ = axial_drag_ && own.axial_drag_;
    lanes_.push_back(padded(own.rows_, type.num_rotors, num_rotors_));
    // spins alternate in a fleet of several types, so the order of most rotors holds for all
    if (own.num_rotors_ == num_rotors_) rotor_order_ = own.rotor_order_;
  }
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
