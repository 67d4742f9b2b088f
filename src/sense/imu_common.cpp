#include "sense/imu_common.hpp"

#include "core/math.hpp"
#include "model/vehicle.hpp"

namespace volery::sense {

namespace {

constexpr float kRadPerDeg = kPi / 180;

}  // namespace

void ImuConfig::describe(FieldVisitor& v) {
  v.choice("preset", preset, {"ideal", "bmi088", "mpu9250", "adis16448"},
           "gives the defaults of the keys below");
  v.field("gyro_noise", gyro.noise,
          {.unit = "rad/s/sqrt(Hz)", .low = 0, .high = 1, .doc = "white noise density"});
  v.field("gyro_walk", gyro.walk,
          {.unit = "rad/s/sqrt(s)", .low = 0, .high = 1, .doc = "drive of the wandering bias"});
  v.field("gyro_tau_s", gyro.tau_s,
          {.unit = "s", .low = 0, .high = 1e6, .doc = "of the wandering bias; 0: a random walk"});
  v.field("gyro_turn_on", gyro.turn_on,
          {.unit = "rad/s", .low = 0, .high = 10, .doc = "std of the bias of an episode"});
  v.field("gyro_scale", gyro.scale,
          {.low = 0, .high = 0.5, .doc = "std of the relative scale error of an episode"});
  v.field("gyro_range", gyro.range,
          {.unit = "rad/s", .low = 0, .high = 1e4, .doc = "saturation; 0: none"});
  v.field("accel_noise", accel.noise,
          {.unit = "m/s^2/sqrt(Hz)", .low = 0, .high = 10, .doc = "white noise density"});
  v.field("accel_walk", accel.walk,
          {.unit = "m/s^2/sqrt(s)", .low = 0, .high = 10, .doc = "drive of the wandering bias"});
  v.field("accel_tau_s", accel.tau_s,
          {.unit = "s", .low = 0, .high = 1e6, .doc = "of the wandering bias; 0: a random walk"});
  v.field("accel_turn_on", accel.turn_on,
          {.unit = "m/s^2", .low = 0, .high = 100, .doc = "std of the bias of an episode"});
  v.field("accel_scale", accel.scale,
          {.low = 0, .high = 0.5, .doc = "std of the relative scale error of an episode"});
  v.field("accel_range", accel.range,
          {.unit = "m/s^2", .low = 0, .high = 1e5, .doc = "saturation; 0: none"});
  v.field("lever_arm_b_m", lever_arm_b_m,
          {.unit = "m",
           .low = -10,
           .high = 10,
           .doc = "the IMU's place from the center of mass",
           .size = 3});
}

ImuConfig imu_preset(ImuPreset preset) {
  ImuConfig config;
  config.preset = preset;
  switch (preset) {
    case ImuPreset::kIdeal:
      break;
    case ImuPreset::kBmi088:
      // Bosch BST-BMI088-DS001: 2000 deg/s, 24 g, 0.014 deg/s/sqrt(Hz), 190 ug/sqrt(Hz) (z axis),
      // offsets 1 deg/s and 20 mg taken as one sigma. Gyro bias stability 2 deg/h: the flat part of
      // the Allan deviation of a Gauss-Markov process is 0.437 walk sqrt(tau), of flicker noise
      // 0.664 times the stability; tau = 1000 s is ours. No such figure for the accelerometer.
      config.gyro = {0.014F * kRadPerDeg, 4.7e-7F, 1000, 1 * kRadPerDeg, 0, 2000 * kRadPerDeg};
      config.accel = {190e-6F * kGravityMps2, 0, 0, 0.020F * kGravityMps2, 0, 24 * kGravityMps2};
      break;
    case ImuPreset::kMpu9250:
      // InvenSense PS-MPU-9250A-01: 0.01 deg/s/sqrt(Hz), 300 ug/sqrt(Hz), zero-rate output 5 deg/s,
      // zero-g output 60 mg, 2000 deg/s, 16 g
      config.gyro = {0.01F * kRadPerDeg, 0, 0, 5 * kRadPerDeg, 0, 2000 * kRadPerDeg};
      config.accel = {300e-6F * kGravityMps2, 0, 0, 0.060F * kGravityMps2, 0, 16 * kGravityMps2};
      break;
    case ImuPreset::kAdis16448:
      // the defaults of RotorS' IMU plugin; ranges of Analog Devices' ADIS16448 data sheet
      config.gyro = {3.394e-4F, 3.879e-5F, 1000, 0.5F * kRadPerDeg, 0, 1000 * kRadPerDeg};
      config.accel = {4e-3F, 6e-3F, 300, 0.196F, 0, 18 * kGravityMps2};
      break;
  }
  return config;
}

std::vector<ChannelErrors> imu_channels(const ImuConfig& config, float interval_s) {
  std::vector<ChannelErrors> channels;
  for (const AxisErrors& axis : {config.gyro, config.accel}) {
    ChannelErrors errors;
    errors.white_std = white_from_density(axis.noise, interval_s);
    errors.walk = axis.walk;
    errors.tau_s = axis.tau_s;
    errors.offset_std = axis.turn_on;
    errors.scale_std = axis.scale;
    if (axis.range > 0) errors.limit = axis.range;
    channels.insert(channels.end(), 3, errors);
  }
  return channels;
}

}  // namespace volery::sense
