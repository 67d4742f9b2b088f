// The filter's lane kernels, its config and its start. docs/physics/sensors.md has the derivation.
#include "batch/estimate.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "batch/estimate.cpp"
#include <hwy/foreach_target.h>

// after foreach_target
#include "sense/imu_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::batch::HWY_NAMESPACE {

using namespace volery::sense::HWY_NAMESPACE;

using volery::HWY_NAMESPACE::F32;
using volery::HWY_NAMESPACE::kVectorLanes;
using volery::HWY_NAMESPACE::load_row;
using volery::HWY_NAMESPACE::Mask;
using volery::HWY_NAMESPACE::max;
using volery::HWY_NAMESPACE::Vec3F32;

/// What the IMU would tell since the last tick, into tile[6][16]; the present becomes the past.
void measure_kernel(const EstimatorConstants& c, float* block, float* tile) {
  const Vec3F32 lever{F32(c.lever_b_m[0]), F32(c.lever_b_m[1]), F32(c.lever_b_m[2])};
  for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
    float* const body = block + lane;
    float* const last = body + c.last_row * kLanes;
    const Motion now{QuatF32::load(body + kQuat * kLanes), Vec3F32::load(body + kVelocity * kLanes),
                     Vec3F32::load(body + kOmega * kLanes)};
    const Motion before{QuatF32::load(last + 3 * kLanes), Vec3F32::load(last),
                        Vec3F32::load(last + 7 * kLanes)};
    const Mask first = F32::load(body + c.tick_row * kLanes) == F32(0.0F);
    const F32 per_tick(c.per_tick);
    const ImuTruth at_start = imu_at_start(now, F32(c.gravity_mps2));
    const ImuTruth between = imu_between(before, now, per_tick, F32(c.gravity_mps2));
    ImuTruth truth{select(first, at_start.rate_b, between.rate_b),
                   select(first, at_start.force_b, between.force_b)};
    if (c.has_lever) {
      const Vec3F32 zero{F32(0.0F), F32(0.0F), F32(0.0F)};
      const Vec3F32 alpha = select(first, zero, per_tick * (now.omega_b - before.omega_b));
      truth = imu_at_lever(truth, alpha, lever);
    }
    truth.rate_b.store(tile + lane);
    truth.force_b.store(tile + 3 * kLanes + lane);
    now.velocity_w.store(last);
    now.quat_wb.store(last + 3 * kLanes);
    now.omega_b.store(last + 7 * kLanes);
  }
}

/// sin(heading of q - heading of `of`), the headings those of body x seen from above; 0 where one
/// points straight up or down.
HWY_INLINE F32 heading_error(const QuatF32& q, const QuatF32& of) {
  const Vec3F32 forward{F32(1.0F), F32(0.0F), F32(0.0F)};
  const Vec3F32 a = turned(q, forward);
  const Vec3F32 b = turned(of, forward);
  const F32 size2 = (a.x * a.x + a.y * a.y) * (b.x * b.x + b.y * b.y);
  const Mask vertical = size2 < F32(1e-8F);
  const F32 sine = (b.x * a.y - b.y * a.x) / sqrt(select(vertical, F32(1.0F), size2));
  return select(vertical, F32(0.0F), sine);
}

/// The filter over one tick, from measurements tile[7][16]: rates, force, error of the heading.
void filter_kernel(const EstimatorConstants& c, float* block, const float* tile) {
  for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
    float* const body = block + lane;
    const QuatF32 truth = QuatF32::load(body + kQuat * kLanes);
    const QuatF32 estimate = QuatF32::load(body + c.quat_row * kLanes);
    const Vec3F32 bias = Vec3F32::load(body + c.bias_row * kLanes);
    const Vec3F32 gyro = Vec3F32::load(tile + lane);
    const Vec3F32 force = Vec3F32::load(tile + 3 * kLanes + lane);
    const F32 tick_s(c.tick_s);

    // where the force says up is, as far as it is as large as gravity
    const F32 size = sqrt(dot(force, force));
    const Mask weightless = size < F32(0.1F);
    const F32 off = size * F32(1.0F / c.gravity_mps2) - F32(1.0F);
    const F32 trust = max(F32(1.0F) - max(off, -off) * F32(c.per_gate), F32(0.0F));
    const F32 weight = select(weightless, F32(0.0F), trust / select(weightless, F32(1.0F), size));
    const Vec3F32 up = turned(conjugate(estimate), {F32(0.0F), F32(0.0F), F32(1.0F)});
    const Vec3F32 tilt_error = weight * cross(force, up);
    const F32 heading = c.heading_gain_per_s == 0.0F
                            ? F32(0.0F)
                            : heading_error(truth, estimate) + F32::load(tile + 6 * kLanes + lane);
    const Vec3F32 turn_error = heading * up;

    // rates first, so that the law sees what the filter turned by
    const Vec3F32 rate = gyro - bias;
    const Vec3F32 turn =
        tick_s * (rate + F32(c.gain_per_s) * tilt_error + F32(c.heading_gain_per_s) * turn_error);
    const Vec3F32 next_bias = bias - (tick_s * F32(c.bias_gain_per_s2)) * (tilt_error + turn_error);
    const Mask first = F32::load(body + c.tick_row * kLanes) == F32(0.0F);
    const QuatF32 next = normalized(multiply(estimate, quat_of_turn(turn)));
    // nothing has passed before the first tick
    QuatF32{select(first, estimate.v, next.v), select(first, estimate.w, next.w)}.store(
        body + c.quat_row * kLanes);
    select(first, bias, next_bias).store(body + c.bias_row * kLanes);
    rate.store(body + c.rate_row * kLanes);

    // 2^24 is the last whole float; 1 comes after it, since 0 means the first tick
    const F32 tick = load_row(body, c.tick_row) + F32(1.0F);
    select(tick > F32(16777215.0F), F32(1.0F), tick).store(body + c.tick_row * kLanes);
  }
}

}  // namespace volery::batch::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/described.hpp"
#include "core/hash.hpp"
#include "core/math.hpp"
#include "sense/imu_common.hpp"
#include "sense/noisy_common.hpp"

namespace volery::batch {

namespace {

HWY_EXPORT(measure_kernel);
HWY_EXPORT(filter_kernel);

constexpr const char* kName = "estimator";
constexpr int kHeadingChannel = 6;
// Blocks that are flown on estimates at once: the truth of these waits on the stack.
constexpr int kBlocksAtOnce = 8;

enum class Heading : int { kNone, kMocap, kMagnetometer };

struct EstimatorConfig {
  sense::ImuConfig imu;
  float gain_per_s = 0.4F;          // Crazyflie firmware, sensfusion6: its two KP is 0.8
  float bias_gain_per_s2 = 0.001F;  // and its two KI 0.002
  float gate = 0.1F;
  float calibration_s = 1;
  Heading heading = Heading::kMocap;
  float heading_gain_per_s = 2;
  float heading_noise = 0;
  float heading_offset_rad = 0;
  void describe(FieldVisitor& v) {
    imu.describe(v);
    v.field("gain_per_s", gain_per_s,
            {.unit = "1/s", .low = 0, .high = 100, .doc = "k_P: pull of the specific force"});
    v.field("bias_gain_per_s2", bias_gain_per_s2,
            {.unit = "1/s^2", .low = 0, .high = 100, .doc = "k_I: learning of the gyro's bias"});
    v.field("gate", gate,
            {.low = 0.001,
             .high = 1000,
             .doc = "share of g by which the specific force may differ before it counts nothing"});
    v.field("calibration_s", calibration_s,
            {.unit = "s",
             .low = 0,
             .high = 1e6,
             .doc = "time at rest before the start, over which the gyro's bias was averaged; 0: it "
                    "is not known"});
    v.choice("heading", heading, {"none", "mocap", "magnetometer"},
             "what tells the heading; gives the defaults of the next three");
    v.field("heading_gain_per_s", heading_gain_per_s,
            {.unit = "1/s", .low = 0, .high = 100, .doc = "k_H: pull of the heading"});
    v.field("heading_noise", heading_noise,
            {.unit = "rad/sqrt(Hz)", .low = 0, .high = 10, .doc = "white noise density"});
    v.field("heading_offset_rad", heading_offset_rad,
            {.unit = "rad", .low = 0, .high = 10, .doc = "std of the offset of an episode"});
  }
};

// Its two presets chosen first, then what the table says.
EstimatorConfig load_config(const Value& table) {
  EstimatorConfig config;
  load(config, table, "estimator_config");
  EstimatorConfig chosen;
  chosen.imu = sense::imu_preset(config.imu.preset);
  chosen.heading = config.heading;
  switch (config.heading) {
    case Heading::kNone:
      chosen.heading_gain_per_s = 0;
      break;
    case Heading::kMocap:
      // Crazyflie firmware: 4.5e-3 rad of a pose at 100 Hz
      chosen.heading_noise = 4.5e-4F;
      break;
    case Heading::kMagnetometer:
      // 0.04 uT/sqrt(Hz) and 1 uT of the magnetometer sensor over its 21.8 uT of level field
      chosen.heading_noise = 1.8e-3F;
      chosen.heading_offset_rad = 0.046F;
      break;
  }
  load(chosen, table, "estimator_config");
  return chosen;
}

// White noise comes with every control tick. A bias that wanders over minutes moves on once per
// agent step, which halves the draws.
sense::ErrorModel make_errors(const EstimatorConfig& config, float tick_s, float step_s,
                              FieldTable& fields) {
  std::vector<sense::ChannelErrors> channels = sense::imu_channels(config.imu, tick_s);
  sense::ChannelErrors heading;
  heading.white_std = sense::white_from_density(config.heading_noise, tick_s);
  heading.offset_std = config.heading_offset_rad;
  channels.push_back(heading);
  return {fields, kName, channels, step_s};
}

const EstimatorConstants& constants_of(const void* constants) noexcept {
  return *static_cast<const EstimatorConstants*>(constants);
}

// The agent's key, from its rows.
sense::LaneKeys keys_of(const EstimatorConstants& c, const float* block) noexcept {
  sense::LaneKeys keys;
  const float* const key = block + c.key_row * kLanes;
  const float* const tick = block + c.tick_row * kLanes;
  const auto word = [&](int row, int l) {
    return static_cast<std::uint32_t>(static_cast<std::int32_t>(key[row * kLanes + l]));
  };
  for (int l = 0; l < kLanes; ++l) {
    keys.seed_low[l] = word(0, l) | word(1, l) << 16U;
    keys.seed_high[l] = word(2, l) | word(3, l) << 16U;
    keys.agent[l] = 0;
    keys.step[l] = static_cast<std::uint32_t>(static_cast<std::int32_t>(tick[l]));
    keys.episode[l] = static_cast<std::uint32_t>(Stream::kSense);
  }
  return keys;
}

// Runs a kernel of the inner controller with the estimates in the rows of the truth.
void run_on_estimates(const EstimatorConstants& c, Controller::Kernel inner, const Blocks& blocks,
                      int first, int last) noexcept {
  static_assert(kOmega == kVelocity + 3 && kVelocity == kQuat + 4);
  constexpr std::size_t kQuatBytes = 4 * kLanes * sizeof(float);
  constexpr std::size_t kRateBytes = 3 * kLanes * sizeof(float);
  alignas(64) float truth[kBlocksAtOnce][7 * kLanes];
  for (int b = first; b < last; ++b) {
    float* const kept = truth[b - first];
    std::memcpy(kept, blocks.row(b, kQuat), kQuatBytes);
    std::memcpy(kept + 4 * kLanes, blocks.row(b, kOmega), kRateBytes);
    std::memcpy(blocks.row(b, kQuat), blocks.row(b, c.quat_row), kQuatBytes);
    std::memcpy(blocks.row(b, kOmega), blocks.row(b, c.rate_row), kRateBytes);
  }
  inner(c.inner_constants, blocks, first, last);
  for (int b = first; b < last; ++b) {
    const float* const kept = truth[b - first];
    std::memcpy(blocks.row(b, kQuat), kept, kQuatBytes);
    std::memcpy(blocks.row(b, kOmega), kept + 4 * kLanes, kRateBytes);
  }
}

void take_on(const EstimatorConstants& c, float* block) noexcept {
  alignas(64) float tile[sense::kMaxChannels * kLanes];
  HWY_DYNAMIC_DISPATCH(measure_kernel)(c, block, tile);
  std::fill_n(tile + kHeadingChannel * kLanes, kLanes, 0.0F);
  c.errors.apply(keys_of(c, block), block, tile);
  HWY_DYNAMIC_DISPATCH(filter_kernel)(c, block, tile);
}

void window(const void* constants, const Blocks& blocks, int first, int last) {
  const EstimatorConstants& c = constants_of(constants);
  alignas(64) float all[kLanes];
  std::fill_n(all, kLanes, 1.0F);
  for (int b = first; b < last; b += kBlocksAtOnce) {
    const int end = std::min(b + kBlocksAtOnce, last);
    for (int i = b; i < end; ++i) {
      c.errors.wander(keys_of(c, blocks.block(i)), all, blocks.block(i));
    }
    if (c.inner_window != nullptr) run_on_estimates(c, c.inner_window, blocks, b, end);
  }
}

void tick(const void* constants, const Blocks& blocks, int first, int last) {
  const EstimatorConstants& c = constants_of(constants);
  for (int b = first; b < last; b += kBlocksAtOnce) {
    const int end = std::min(b + kBlocksAtOnce, last);
    for (int i = b; i < end; ++i) take_on(c, blocks.block(i));
    run_on_estimates(c, c.inner_tick, blocks, b, end);
  }
}

}  // namespace

EstimatedController::EstimatedController(std::unique_ptr<Controller> inner, const Value& table,
                                         float tick_s, float step_s, float gravity_mps2,
                                         FieldTable& fields)
    : inner_(std::move(inner)),
      constants_(make_errors(load_config(table), tick_s, step_s, fields)) {
  const EstimatorConfig config = load_config(table);
  EstimatorConstants& c = constants_;
  c.inner_window = inner_->window_kernel();
  c.inner_tick = inner_->kernel();
  c.inner_constants = inner_->constants();
  const auto declare = [&fields](const char* name, int width, const char* unit, const char* frame,
                                 const char* doc, float initial = 0) {
    return fields
        .add({.name = name,
              .width = width,
              .unit = unit,
              .frame = frame,
              .writer = kName,
              .doc = doc,
              .initial = initial})
        .row;
  };
  c.quat_row = declare("estimate_quat_wb_xyzw", 4, "", "world", "estimated attitude");
  c.rate_row = declare("estimate_omega_b_radps", 3, "rad/s", "body", "estimated angular velocity");
  c.bias_row = declare("estimate_gyro_bias_b_radps", 3, "rad/s", "body", "estimated gyro bias");
  c.last_row = declare("estimator_last", 10, "", "",
                       "velocity_w, quat_wb and omega_b at the last control tick");
  c.key_row = declare("estimator_key", 4, "", "", "key of the agent's draws, 16 bits each");
  c.tick_row = declare("estimator_tick", 1, "", "", "control ticks since the start");
  for (std::size_t i = 0; i < 3; ++i) {
    c.lever_b_m[i] = config.imu.lever_arm_b_m[i];
    c.has_lever = c.has_lever || c.lever_b_m[i] != 0;
  }
  c.tick_s = tick_s;
  c.per_tick = 1 / tick_s;
  // weightless there is no vertical to find
  c.gravity_mps2 = gravity_mps2;
  c.gain_per_s = gravity_mps2 > 0 ? config.gain_per_s : 0;
  c.bias_gain_per_s2 = config.bias_gain_per_s2;
  c.heading_gain_per_s = config.heading_gain_per_s;
  c.per_gate = 1 / config.gate;
  calibrated_ = config.calibration_s > 0;
  if (calibrated_) {
    bias_error_radps_ = sense::white_from_density(config.imu.gyro.noise, config.calibration_s);
  }
}

Controller::Kernel EstimatedController::window_kernel() const noexcept {
  return window;
}

Controller::Kernel EstimatedController::kernel() const noexcept {
  return tick;
}

void EstimatedController::start(const Slab& slab, int first_agent, int last_agent) const noexcept {
  const EstimatorConstants& c = constants_;
  const Blocks& agents = slab.agents;
  for (int b = first_agent / kLanes; b * kLanes < last_agent; ++b) {
    alignas(64) float active[kLanes];
    for (int l = 0; l < kLanes; ++l) {
      const int agent = b * kLanes + l;
      active[l] = agent >= first_agent && agent < last_agent ? 1.0F : 0.0F;
    }
    c.errors.start(sense::LaneKeys(slab, b, 0), active, agents.block(b));
  }
  for (int agent = first_agent; agent < last_agent; ++agent) {
    const int world = agent / slab.num_agents;
    const WorldHeader& header = slab.worlds[world];
    const auto local = static_cast<std::uint32_t>(agent - world * slab.num_agents);
    const Quat quat = agents.quat(agent);
    const Vec3 omega = agents.vec3(agent, kOmega);
    const Vec3 velocity = agents.vec3(agent, kVelocity);
    const float quat_rows[4] = {quat.x, quat.y, quat.z, quat.w};
    for (int i = 0; i < 4; ++i) {
      agents.at(agent, c.quat_row + i) = quat_rows[i];
      agents.at(agent, c.last_row + 3 + i) = quat_rows[i];
    }
    agents.set_vec3(agent, c.rate_row, omega);
    agents.set_vec3(agent, c.last_row, velocity);
    agents.set_vec3(agent, c.last_row + 7, omega);
    agents.at(agent, c.tick_row) = 0;

    Hasher hasher;
    hasher.add(header.seed);
    hasher.add(header.episode);
    hasher.add(header.step);
    hasher.add(local);
    const std::uint64_t key = hasher.digest();
    for (int i = 0; i < 4; ++i) {
      agents.at(agent, c.key_row + i) =
          static_cast<float>((key >> static_cast<unsigned>(16 * i)) & 0xffffU);
    }
    // the calibration found the turn-on bias but for the noise that it averaged
    Vec3 bias;
    if (calibrated_) {
      Rng rng(key, 0, Stream::kSense, 1);
      bias = normal_vec3(rng) * bias_error_radps_;
      if (c.errors.offset_row() >= 0) bias = bias + agents.vec3(agent, c.errors.offset_row());
    }
    agents.set_vec3(agent, c.bias_row, bias);
  }
}

}  // namespace volery::batch
#endif
