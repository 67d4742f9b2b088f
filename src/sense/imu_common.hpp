// The config of an IMU and its presets: shared by the imu sensor and the attitude estimator.
#pragma once

#include <string>
#include <vector>

#include "core/described.hpp"
#include "sense/error_common.hpp"

namespace volery::sense {

/// IMUs whose numbers we have. docs/physics/sensors.md gives their sources.
enum class ImuPreset : int { kIdeal, kBmi088, kMpu9250, kAdis16448 };

/// Errors of three equal axes. A noise density is that of data sheets: a
/// sample averaged over dt has the standard deviation density / sqrt(dt).
struct AxisErrors {
  float noise = 0;    // unit / sqrt(Hz)
  float walk = 0;     // unit / sqrt(s): what drives the bias
  float tau_s = 0;    // correlation time of the bias; 0: a random walk
  float turn_on = 0;  // standard deviation of the bias of an episode
  float scale = 0;    // standard deviation of the relative scale error
  float range = 0;    // saturation; 0: none
};

struct ImuConfig {
  ImuPreset preset = ImuPreset::kBmi088;
  AxisErrors gyro;   // rad/s
  AxisErrors accel;  // m/s^2
  std::vector<float> lever_arm_b_m{0, 0, 0};
  void describe(FieldVisitor& v);
};

/// The numbers of a preset.
[[nodiscard]] ImuConfig imu_preset(ImuPreset preset);

/// gyro x, y, z, then accelerometer x, y, z, for samples of that interval.
[[nodiscard]] std::vector<ChannelErrors> imu_channels(const ImuConfig& config, float interval_s);

}  // namespace volery::sense
