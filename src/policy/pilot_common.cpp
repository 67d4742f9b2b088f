#include "policy/pilot_common.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/described.hpp"
#include "core/math.hpp"
#include "volery/controller.hpp"
#include "volery/error.hpp"

namespace volery::policy {

namespace {

// A loop is kept this much slower than the lag inside it. Of 0.35, 0.45, 0.6 and 0.75 this was the
// least with which hovering from a random start never failed on any vehicle, at the rotor level
// too.
constexpr float kLoopShare = 0.6F;
// Least and greatest vertical force, as a share of the weight: descend without tumbling, climb
// without giving up the authority over attitude.
constexpr float kLeastLift = 0.3F;
constexpr float kGreatestLift = 1.6F;
// Of push(): share of the greatest thrust, the rest of which turns the body; least lift, as a share
// of the weight; and the tangent of 72 degrees.
constexpr float kHardThrust = 0.85F;

constexpr float kHardLeast = 0.2F;
constexpr float kHardSlope = 3;
// Of levels that fly velocities: share of their greatest tilt, and what stands for that of vehicles
// that do not tilt.
constexpr float kSoftSlope = 0.5F;
constexpr float kLeastTiltRad = 0.2F;
// Share of the rotors' range that yaw torque may use.
constexpr float kYawShare = 0.15F;

const std::vector<std::string>& level_names() {
  static const std::vector<std::string> names{"rotor", "ctbr", "attitude", "velocity", "position"};
  return names;
}

Level level_of(const PolicyContext& context, std::string_view policy_name) {
  const std::vector<std::string>& names = level_names();
  const auto at = std::find(names.begin(), names.end(), context.action_level);
  // the control laws' own levels
  for (const ControllerEntry* entry : controller_entries()) {
    if (entry->make_at != nullptr && context.action_level == entry->name) return Level::kTrack;
  }
  if (at == names.end()) {
    throw Error(ErrorKind::kValue, "policy '" + std::string(policy_name) +
                                       "': cannot fly at action level '" + context.action_level +
                                       "'" + did_you_mean(context.action_level, names));
  }
  return static_cast<Level>(at - names.begin());
}

float clamp_unit(float v) noexcept {
  return std::clamp(v, -1.0F, 1.0F);
}

}  // namespace

float norm(Vec3 v) noexcept {
  return std::sqrt(dot(v, v));
}

Vec3 limited(Vec3 v, float length) noexcept {
  const float present = norm(v);
  return present > length ? v * (length / present) : v;
}

int need_group(const PolicyContext& context, std::string_view policy_name, std::string_view group,
               int num_columns) {
  const ColumnRange range = context.group(group);
  if (range.first < 0 || range.count < num_columns) {
    throw Error(ErrorKind::kValue, "policy '" + std::string(policy_name) + "': needs the sensor '" +
                                       std::string(group) + "' at action level '" +
                                       context.action_level +
                                       "', which the observation lacks (add it to sensors)");
  }
  return range.first;
}

Pilot::Pilot(const PolicyContext& context, std::string_view policy_name)
    : vehicle_(context.vehicle),
      level_(level_of(context, policy_name)),
      num_actions_(context.num_actions) {
  const auto need = [&](const char* group, int num_columns) {
    return need_group(context, policy_name, group, num_columns);
  };
  if (level_ <= Level::kAttitude) {
    pose_ = need("pose", 12);
    velocity_ = need("velocity", 3);
  }
  if (level_ == Level::kRotor) rates_ = need("rates", 3);

  // from the inside out: each loop waits for the one inside it and for half a step
  const ControlGains& gains = vehicle_.gains;
  const float delay_s = 0.5F * context.step_s;
  const float motor_s = std::max(vehicle_.config.motor_rise_s, vehicle_.config.motor_fall_s);
  float lag_s = motor_s;
  const auto loop = [&](float vehicle_gain_per_s, Level taken_over_at) {
    float gain_per_s = vehicle_gain_per_s;
    if (level_ < taken_over_at) {
      gain_per_s = std::min(gain_per_s, kLoopShare / (lag_s + delay_s));
    }
    lag_s = 1 / gain_per_s;
    return gain_per_s;
  };
  rate_per_s_ = loop(gains.rate_per_s.x, Level::kCtbr);
  attitude_per_s_ = loop(gains.attitude_per_s.x, Level::kAttitude);
  velocity_per_s_ = loop(gains.velocity_per_s.x, Level::kVelocity);
  position_per_s_ = loop(gains.position_per_s.x, Level::kPosition);
  lag_s = motor_s;
  climb_velocity_per_s_ = loop(gains.velocity_per_s.z, Level::kVelocity);
  climb_position_per_s_ = loop(gains.position_per_s.z, Level::kPosition);
}

OwnMotion Pilot::read(const float* observation) const noexcept {
  OwnMotion own;
  if (pose_ >= 0) {
    // the rotation matrix is row-major, its columns are the body axes
    const float* const m = observation + pose_ + 3;
    own.axis_x_w = {m[0], m[3], m[6]};
    own.axis_y_w = {m[1], m[4], m[7]};
    own.axis_z_w = {m[2], m[5], m[8]};
    own.velocity_w_mps = read_vec3(observation + velocity_);
  }
  if (rates_ >= 0) own.omega_b_radps = read_vec3(observation + rates_);
  return own;
}

Vec3 Pilot::approach(Vec3 offset_w_m, float speed_mps) const noexcept {
  return limited({offset_w_m.x * position_per_s_, offset_w_m.y * position_per_s_,
                  offset_w_m.z * climb_position_per_s_},
                 speed_mps);
}

void Pilot::fly(const OwnMotion& own, Vec3 velocity_setpoint_w_mps, float* action) const noexcept {
  if (level_ == Level::kTrack) {
    // a velocity from here on: as a far place it would wind up the laws that integrate
    std::fill(action, action + num_actions_, 0.0F);
    action[3] = velocity_setpoint_w_mps.x;
    action[4] = velocity_setpoint_w_mps.y;
    action[5] = velocity_setpoint_w_mps.z;
    return;
  }
  if (level_ >= Level::kVelocity) {
    // the controller's own cascade: a velocity, or the offset that asks for it
    const bool velocity = level_ == Level::kVelocity;
    const float speed_mps = vehicle_.gains.max_speed_mps;
    const float level_reach = velocity ? speed_mps : position_per_s_ * kPositionReachM;
    const float climb_reach = velocity ? speed_mps : climb_position_per_s_ * kPositionReachM;
    action[0] = clamp_unit(velocity_setpoint_w_mps.x / level_reach);
    action[1] = clamp_unit(velocity_setpoint_w_mps.y / level_reach);
    action[2] = clamp_unit(velocity_setpoint_w_mps.z / climb_reach);
    action[3] = 0;
    return;
  }
  const Vec3 force_w_n = force_for(own, velocity_setpoint_w_mps);
  if (level_ == Level::kRotor) fly_rotors(own, force_w_n, action);
  if (level_ == Level::kCtbr) fly_rates(own, force_w_n, action);
  if (level_ == Level::kAttitude) fly_attitude(own, force_w_n, action);
}

Pilot::HardLimits Pilot::hard_limits() const noexcept {
  const float tilt_rad = vehicle_.gains.max_tilt_rad;
  if (level_ >= Level::kVelocity) {
    return {kGreatestLift * kGravityMps2, kLeastLift * kGravityMps2,
            kSoftSlope * std::max(tilt_rad, kLeastTiltRad)};
  }
  const float thrust_mps2 = kHardThrust * vehicle_.max_thrust_n / vehicle_.config.mass_kg;
  // no more tilt than lets it hold its height, nor than the level can be told
  const float lift = thrust_mps2 / kGravityMps2;
  float slope = std::min(kHardSlope, std::sqrt(std::max(0.0F, lift * lift - 1)));
  if (level_ == Level::kAttitude) slope = std::min(slope, sin(tilt_rad) / cos(tilt_rad));
  return {thrust_mps2, kHardLeast * kGravityMps2, slope};
}

void Pilot::push(const OwnMotion& own, Vec3 acceleration_w_mps2, float* action) const noexcept {
  if (level_ >= Level::kVelocity) {
    const Vec3 a = acceleration_w_mps2;
    fly(own,
        own.velocity_w_mps +
            Vec3{a.x / velocity_per_s_, a.y / velocity_per_s_, a.z / climb_velocity_per_s_},
        action);
    return;
  }
  const HardLimits limits = hard_limits();
  Vec3 thrust = acceleration_w_mps2 + Vec3{0, 0, kGravityMps2};
  thrust.z = std::clamp(thrust.z, limits.least_mps2, limits.thrust_mps2);
  // height first: what is left of the thrust goes sideways
  const float left = std::sqrt(limits.thrust_mps2 * limits.thrust_mps2 - thrust.z * thrust.z);
  const Vec3 level = limited({thrust.x, thrust.y, 0}, std::min(left, limits.slope * thrust.z));
  const Vec3 force_w_n = Vec3{level.x, level.y, thrust.z} * vehicle_.config.mass_kg;
  if (level_ == Level::kRotor) fly_rotors(own, force_w_n, action);
  if (level_ == Level::kCtbr) fly_rates(own, force_w_n, action);
  if (level_ == Level::kAttitude) fly_attitude(own, force_w_n, action);
}

Vec3 Pilot::force_for(const OwnMotion& own, Vec3 velocity_setpoint_w_mps) const noexcept {
  const float mass_kg = vehicle_.config.mass_kg;
  const float weight_n = mass_kg * kGravityMps2;
  const Vec3 error = velocity_setpoint_w_mps - own.velocity_w_mps;
  Vec3 force_w_n{mass_kg * velocity_per_s_ * error.x, mass_kg * velocity_per_s_ * error.y,
                 mass_kg * climb_velocity_per_s_ * error.z + weight_n};
  const float greatest_n =
      std::max(weight_n, std::min(kGreatestLift * weight_n, 0.8F * vehicle_.max_thrust_n));
  force_w_n.z = std::clamp(force_w_n.z, kLeastLift * weight_n, greatest_n);

  // lean no further than the vehicle's greatest tilt
  const float tilt_rad = vehicle_.gains.max_tilt_rad;
  const float sideways_n = force_w_n.z * sin(tilt_rad) / cos(tilt_rad);
  const Vec3 level = limited({force_w_n.x, force_w_n.y, 0}, sideways_n);
  return {level.x, level.y, force_w_n.z};
}

Vec3 Pilot::rates_for(const OwnMotion& own, Vec3 force_w_n) const noexcept {
  // the force as seen by the body; the shortest turn to it is about z x d
  const float per_n = 1 / norm(force_w_n);
  const Vec3 d{dot(own.axis_x_w, force_w_n) * per_n, dot(own.axis_y_w, force_w_n) * per_n,
               dot(own.axis_z_w, force_w_n) * per_n};
  const float sine = std::sqrt(d.x * d.x + d.y * d.y);
  // upside down every way is as short: take the one about x
  if (sine < 1e-4F) return {d.z < 0 ? attitude_per_s_ * kPi : 0.0F, 0, 0};
  const float rate_radps = attitude_per_s_ * atan2(sine, d.z) / sine;
  return {-rate_radps * d.y, rate_radps * d.x, 0};
}

void Pilot::fly_rates(const OwnMotion& own, Vec3 force_w_n, float* action) const noexcept {
  const Vec3 rates = rates_for(own, force_w_n);
  const Vec3 reach = vehicle_.gains.max_rate_radps;
  action[0] = clamp_unit(thrust_action(vehicle_, dot(force_w_n, own.axis_z_w)));
  action[1] = clamp_unit(rates.x / reach.x);
  action[2] = clamp_unit(rates.y / reach.y);
  action[3] = 0;
}

void Pilot::fly_attitude(const OwnMotion& own, Vec3 force_w_n, float* action) const noexcept {
  // the force in the heading frame is (sin pitch cos roll, -sin roll, cos pitch cos roll)
  const float heading =
      std::sqrt(own.axis_x_w.x * own.axis_x_w.x + own.axis_x_w.y * own.axis_x_w.y);
  const float c = heading > 1e-3F ? own.axis_x_w.x / heading : 1.0F;
  const float s = heading > 1e-3F ? own.axis_x_w.y / heading : 0.0F;
  const float per_n = 1 / norm(force_w_n);
  const float forward = (c * force_w_n.x + s * force_w_n.y) * per_n;
  const float left = (c * force_w_n.y - s * force_w_n.x) * per_n;
  const float tilt_rad = vehicle_.gains.max_tilt_rad;
  action[0] = clamp_unit(thrust_action(vehicle_, dot(force_w_n, own.axis_z_w)));
  action[1] = clamp_unit(-asin(clamp_unit(left)) / tilt_rad);
  action[2] = clamp_unit(atan2(forward, force_w_n.z * per_n) / tilt_rad);
  action[3] = 0;
}

void Pilot::fly_rotors(const OwnMotion& own, Vec3 force_w_n, float* action) const noexcept {
  const VehicleConfig& config = vehicle_.config;
  const Vec3 rates = rates_for(own, force_w_n);
  const Vec3 w = own.omega_b_radps;
  const Vec3 inertia{config.inertia_b_kgm2[0], config.inertia_b_kgm2[1], config.inertia_b_kgm2[2]};
  const Vec3 spin = cross(w, {inertia.x * w.x, inertia.y * w.y, inertia.z * w.z});
  const float torque_nm[3] = {inertia.x * rate_per_s_ * (rates.x - w.x) + spin.x,
                              inertia.y * rate_per_s_ * (rates.y - w.y) + spin.y,
                              inertia.z * rate_per_s_ * (0 - w.z) + spin.z};

  const float k = config.thrust_coefficient_n_s2;
  const float least_n = k * config.min_rotor_speed_radps * config.min_rotor_speed_radps;
  const float most_n = k * config.max_rotor_speed_radps * config.max_rotor_speed_radps;
  const float range_n = most_n - least_n;
  const float collective_n = dot(force_w_n, own.axis_z_w);

  // yaw is cut first, then all torque keeps its direction, then the collective thrust makes room
  float yaw_n = 0, low_n = 0, high_n = 0;
  for (int i = 0; i < num_actions_; ++i) {
    yaw_n =
        std::max(yaw_n, std::fabs(vehicle_.mixer[static_cast<std::size_t>(i)][3] * torque_nm[2]));
  }
  const float yaw_scale = yaw_n > kYawShare * range_n ? kYawShare * range_n / yaw_n : 1.0F;
  float part_n[kMaxRotors] = {};
  for (int i = 0; i < num_actions_; ++i) {
    const auto& mix = vehicle_.mixer[static_cast<std::size_t>(i)];
    part_n[i] = mix[1] * torque_nm[0] + mix[2] * torque_nm[1] + mix[3] * torque_nm[2] * yaw_scale;
    low_n = std::min(low_n, part_n[i]);
    high_n = std::max(high_n, part_n[i]);
  }
  const float scale = high_n - low_n > range_n ? range_n / (high_n - low_n) : 1.0F;
  const float share = vehicle_.mixer[0][0];
  const float each_n =
      std::min(std::max(share * collective_n, least_n - scale * low_n), most_n - scale * high_n);
  for (int i = 0; i < num_actions_; ++i) {
    action[i] = clamp_unit(2 * (each_n + scale * part_n[i] - least_n) / range_n - 1);
  }
}

}  // namespace volery::policy
