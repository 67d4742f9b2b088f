// imu: gyroscope and accelerometer with their errors, as means over the sample interval.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sense/imu.cpp"
#include <hwy/foreach_target.h>

// after foreach_target
#include "sense/imu_common.hpp"
#include "sense/imu_lanes.hpp"
#include "sense/noisy_common.hpp"

#ifndef VOLERY_SENSE_IMU_CONSTANTS_
#define VOLERY_SENSE_IMU_CONSTANTS_
namespace volery::sense {

/// Where the last sample's motion is kept, and the numbers that the kernel needs.
struct ImuConstants {
  int last_row = -1;  // velocity 3, quaternion 4, with a lever arm rates 3
  bool has_lever = false;
  float lever_b_m[3] = {};
  float per_interval = 0;
  float gravity_mps2 = 0;
};

}  // namespace volery::sense
#endif

HWY_BEFORE_NAMESPACE();
namespace volery::sense::HWY_NAMESPACE {

using volery::HWY_NAMESPACE::kVectorLanes;

/// Keeps a number where `on` holds.
HWY_INLINE void keep_where(Mask on, F32 value, float* row) {
  select(on, value, F32::load(row)).store(row);
}

void imu_kernel(const ImuConstants& c, bool starting, const float* active, float* block,
                float* tile) {
  const Vec3F32 lever{F32(c.lever_b_m[0]), F32(c.lever_b_m[1]), F32(c.lever_b_m[2])};
  for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
    float* const body = block + lane;
    float* const last = body + c.last_row * kLanes;
    const Motion now{QuatF32::load(body + kQuat * kLanes), Vec3F32::load(body + kVelocity * kLanes),
                     Vec3F32::load(body + kOmega * kLanes)};
    ImuTruth truth = imu_at_start(now, F32(c.gravity_mps2));
    Vec3F32 alpha{F32(0.0F), F32(0.0F), F32(0.0F)};
    if (!starting) {
      const Motion before{QuatF32::load(last + 3 * kLanes), Vec3F32::load(last), now.omega_b};
      truth = imu_between(before, now, F32(c.per_interval), F32(c.gravity_mps2));
      if (c.has_lever) {
        alpha = F32(c.per_interval) * (now.omega_b - Vec3F32::load(last + 7 * kLanes));
      }
    }
    if (c.has_lever) truth = imu_at_lever(truth, alpha, lever);
    truth.rate_b.store(tile + lane);
    truth.force_b.store(tile + 3 * kLanes + lane);

    const Mask on = !(F32::load(active + lane) == F32(0.0F));
    const F32 motion[10] = {now.velocity_w.x, now.velocity_w.y, now.velocity_w.z, now.quat_wb.v.x,
                            now.quat_wb.v.y,  now.quat_wb.v.z,  now.quat_wb.w,    now.omega_b.x,
                            now.omega_b.y,    now.omega_b.z};
    for (int i = 0; i < (c.has_lever ? 10 : 7); ++i) keep_where(on, motion[i], last + i * kLanes);
  }
}

}  // namespace volery::sense::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery {

namespace sense {
namespace {

HWY_EXPORT(imu_kernel);

struct ImuSensorConfig {
  ImuConfig imu;
  ImuPreset preset = ImuPreset::kBmi088;
  TimingConfig timing;
  void describe(FieldVisitor& v) {
    imu.describe(v);
    preset = imu.preset;
    timing.describe(v);
  }
};

std::vector<Column> imu_columns(const ImuConfig& config) {
  std::vector<Column> columns =
      vector_columns("gyro", "rad/s", Frame::kBody, "mean angular rate about the body's axis");
  for (Column& column :
       vector_columns("accel", "m/s^2", Frame::kBody, "mean specific force (at rest +9.81 up)")) {
    columns.push_back(std::move(column));
  }
  const std::vector<ChannelErrors> errors = imu_channels(config, 1);
  for (std::size_t c = 0; c < columns.size(); ++c) {
    columns[c].low = -errors[c].limit;
    columns[c].high = errors[c].limit;
  }
  return columns;
}

class Imu final : public NoisySensor {
 public:
  Imu(const SensorContext& context, const ImuConfig& config, const Timing& timing)
      : NoisySensor(context.fields, "imu", imu_columns(config),
                    imu_channels(config, timing.interval_s), timing, false) {
    for (std::size_t i = 0; i < 3; ++i) {
      constants_.lever_b_m[i] = config.lever_arm_b_m[i];
      constants_.has_lever = constants_.has_lever || config.lever_arm_b_m[i] != 0;
    }
    constants_.per_interval = 1 / timing.interval_s;
    constants_.gravity_mps2 = context.gravity_mps2;
    constants_.last_row =
        context.fields
            .add({.name = "imu_last",
                  .width = constants_.has_lever ? 10 : 7,
                  .unit = "",
                  .frame = "",
                  .writer = "sense imu",
                  .doc = "velocity_w, quat_wb and with a lever arm omega_b of the last sample"})
            .row;
  }

 protected:
  void measure(const SenseInput& in, const Lanes& lanes, float* tile) const noexcept override {
    HWY_DYNAMIC_DISPATCH(imu_kernel)
    (constants_, lanes.starting, lanes.active, in.slab.agents.block(lanes.block), tile);
  }

 private:
  ImuConstants constants_;
};

std::unique_ptr<Sensor> make_imu(const SensorContext& context) {
  const auto config = load_with_preset<ImuSensorConfig>(context, "imu", [](ImuPreset preset) {
    ImuSensorConfig chosen;
    chosen.imu = imu_preset(preset);
    return chosen;
  });
  const Timing timing = timing_of(config.timing, "imu", context.agent_rate_hz);
  return std::make_unique<Imu>(context, config.imu, timing);
}

// docs show what the default preset fills in
std::vector<FieldRow> imu_rows() {
  ImuSensorConfig config;
  config.imu = imu_preset(config.preset);
  return field_rows(config);
}

}  // namespace
}  // namespace sense

extern const SensorEntry sensor_imu;
const SensorEntry sensor_imu{"imu", "gyroscope and accelerometer with their errors",
                             sense::make_imu, sense::imu_rows};

}  // namespace volery
#endif
