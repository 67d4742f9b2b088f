// Hands to actions, by the names of the columns.
#include "view/pilot.hpp"

#include <algorithm>
#include <cmath>

namespace volery::view {

namespace {

constexpr float kTilt_rad = 0.35F;   // of a full stick, where attitude or rates are flown
constexpr float kLevelGainPerS = 6;  // rate per angle, where rates are flown
constexpr float kClimb = 0.25F;      // share of the weight added to the thrust
constexpr float kShare = 0.7F;       // of the most that a velocity column can ask for

float share(float value) {
  return std::clamp(value, -1.0F, 1.0F);
}

}  // namespace

std::optional<std::vector<float>> pilot_action(const std::vector<Column>& controls,
                                               const Vehicle& vehicle, const AgentPose& pose,
                                               const Hands& hands) {
  const Vec3 nose = rotate(pose.quat_wb, {1, 0, 0});
  const float flat = std::max(1e-6F, std::hypot(nose.x, nose.y));
  const float ahead_x = nose.x / flat, ahead_y = nose.y / flat;
  // the body's tilt: pitch is nose down, roll is right side down
  const float pitch_rad = std::asin(share(-nose.z));
  const Vec3 left_w = rotate(pose.quat_wb, {0, 1, 0});
  const float roll_rad = std::asin(share(left_w.z));
  const float want_pitch_rad = hands.forward * kTilt_rad;
  const float want_roll_rad = -hands.left * kTilt_rad;

  const auto value_of = [&](const Column& column) -> std::optional<float> {
    const std::string& name = column.name;
    const float world_x = hands.forward * ahead_x - hands.left * ahead_y;
    const float world_y = hands.forward * ahead_y + hands.left * ahead_x;
    if (name == "vx") return kShare * world_x;
    if (name == "vy") return kShare * world_y;
    if (name == "vz") return kShare * hands.up;
    if (name == "dx") return column.high * world_x;
    if (name == "dy") return column.high * world_y;
    if (name == "dz") return column.high * hands.up;
    if (name == "yaw_rate") return 0.5F * hands.turn;
    if (name == "thrust") {
      const float weight_n = vehicle.config.mass_kg * kGravityMps2;
      const float up_z = std::max(0.5F, rotate(pose.quat_wb, {0, 0, 1}).z);
      const float thrust_n = weight_n * (1 + kClimb * hands.up) / up_z;
      return share(2 * thrust_n / vehicle.max_thrust_n - 1);
    }
    if (name == "roll") return share(want_roll_rad / vehicle.gains.max_tilt_rad);
    if (name == "pitch") return share(want_pitch_rad / vehicle.gains.max_tilt_rad);
    if (name == "roll_rate") {
      return share(kLevelGainPerS * (want_roll_rad - roll_rad) / vehicle.gains.max_rate_radps.x);
    }
    if (name == "pitch_rate") {
      return share(kLevelGainPerS * (want_pitch_rad - pitch_rad) / vehicle.gains.max_rate_radps.y);
    }
    if (name == "speed") return hands.forward;
    return std::nullopt;
  };

  std::vector<float> action;
  for (const Column& column : controls) {
    const std::optional<float> value = value_of(column);
    if (!value) return std::nullopt;
    action.push_back(*value);
  }
  if (action.empty()) return std::nullopt;
  return action;
}

}  // namespace volery::view
