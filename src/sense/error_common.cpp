// The lane kernels and constants behind error_common.hpp.
#include "sense/error_common.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sense/error_common.cpp"
#include <hwy/foreach_target.h>

// after foreach_target
#include "core/philox_lanes.hpp"
#include "core/vec3_lanes.hpp"

#ifndef VOLERY_SENSE_ERROR_CONSTANTS_
#define VOLERY_SENSE_ERROR_CONSTANTS_
namespace volery::sense {

// Draws of a sensor, four normal numbers each, from these numbers on.
inline constexpr std::uint32_t kSampleDraw = 0;
inline constexpr std::uint32_t kWanderDraw = 4;
inline constexpr std::uint32_t kDropoutDraw = 8;
inline constexpr std::uint32_t kStartDraw = 16;
inline constexpr std::uint32_t kBiasStartDraw = 24;
// What is drawn once per episode belongs to no step, so a restart midway draws the same.
inline constexpr std::uint32_t kNoStep = 0xffffffffU;

/// The constants of an ErrorModel, for its kernels.
struct ErrorView {
  int num_channels;
  int offset_row, scale_row, bias_row;
  int num_whites, num_drives;
  const int *white_draw, *drive_draw;
  std::uint32_t first_draw;
  const float (*constants)[kMaxChannels];
  int constants_row;  // -1: all agents have `constants`
  const float* limit;
};

}  // namespace volery::sense
#endif

HWY_BEFORE_NAMESPACE();
namespace volery::sense::HWY_NAMESPACE {

using namespace volery::HWY_NAMESPACE;

HWY_INLINE PhiloxLanes load_keys(const LaneKeys& keys, int lane, bool per_step) {
  return {load_words(keys.seed_low + lane),
          load_words(keys.seed_high + lane),
          same_words(0),
          load_words(keys.agent + lane),
          per_step ? load_words(keys.step + lane) : same_words(kNoStep),
          load_words(keys.episode + lane)};
}

/// A constant of a channel, of each agent its own where rows hold them.
HWY_INLINE F32 constant(const ErrorView& e, const float* block, int lane, ErrorConstant which,
                        int channel) {
  if (e.constants_row < 0) return F32(e.constants[which][channel]);
  return load_row(block + lane, e.constants_row + which * e.num_channels + channel);
}

/// Stores into a row where `on` holds.
HWY_INLINE void store_where(Mask on, F32 value, float* row) {
  select(on, value, F32::load(row)).store(row);
}

void start_kernel(const ErrorView& e, const LaneKeys& keys, const float* active, float* block) {
  for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
    const PhiloxLanes random = load_keys(keys, lane, false);
    const Mask on = !(F32::load(active + lane) == F32(0.0F));
    for (int c = 0; c < e.num_channels; ++c) {
      const auto pair = static_cast<std::uint32_t>(c / 2);
      const int half = c % 2 * 2;
      F32 n[4];
      normals(random, e.first_draw + kStartDraw + pair, n);
      if (e.offset_row >= 0) {
        store_where(on, constant(e, block, lane, kOffsetStd, c) * n[half],
                    block + (e.offset_row + c) * kLanes + lane);
      }
      if (e.scale_row >= 0) {
        store_where(on, F32(1.0F) + constant(e, block, lane, kScaleStd, c) * n[half + 1],
                    block + (e.scale_row + c) * kLanes + lane);
      }
      if (e.bias_row >= 0) {
        normals(random, e.first_draw + kBiasStartDraw + pair, n);
        store_where(on, constant(e, block, lane, kBiasStartStd, c) * n[half],
                    block + (e.bias_row + c) * kLanes + lane);
      }
    }
  }
}

void wander_kernel(const ErrorView& e, const LaneKeys& keys, const float* active, float* block) {
  for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
    const PhiloxLanes random = load_keys(keys, lane, true);
    const Mask on = !(F32::load(active + lane) == F32(0.0F));
    F32 n[kMaxChannels];
    for (int i = 0; i < e.num_drives; i += 4) {
      normals(random, e.first_draw + kWanderDraw + static_cast<std::uint32_t>(i / 4), n + i);
    }
    for (int c = 0; c < e.num_channels; ++c) {
      float* const row = block + (e.bias_row + c) * kLanes + lane;
      F32 bias = constant(e, block, lane, kKeep, c) * F32::load(row);
      if (e.drive_draw[c] >= 0)
        bias = bias + constant(e, block, lane, kDrive, c) * n[e.drive_draw[c]];
      store_where(on, bias, row);
    }
  }
}

void apply_kernel(const ErrorView& e, const LaneKeys& keys, const float* block, float* tile) {
  for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
    const PhiloxLanes random = load_keys(keys, lane, true);
    F32 n[kMaxChannels];
    for (int i = 0; i < e.num_whites; i += 4) {
      normals(random, e.first_draw + kSampleDraw + static_cast<std::uint32_t>(i / 4), n + i);
    }
    for (int c = 0; c < e.num_channels; ++c) {
      float* const value = tile + c * kLanes + lane;
      F32 y = F32::load(value);
      if (e.scale_row >= 0) y = y * load_row(block + lane, e.scale_row + c);
      if (e.offset_row >= 0) y = y + load_row(block + lane, e.offset_row + c);
      if (e.bias_row >= 0) y = y + load_row(block + lane, e.bias_row + c);
      if (e.white_draw[c] >= 0) y = y + constant(e, block, lane, kWhite, c) * n[e.white_draw[c]];
      clamp(y, F32(-e.limit[c]), F32(e.limit[c])).store(value);
    }
  }
}

void dropout_kernel(const LaneKeys& keys, std::uint32_t first_draw, float* out) {
  for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
    UintVec words[4];
    load_keys(keys, lane, true).words(first_draw + kDropoutDraw, words);
    uniform_of(words[0]).store(out + lane);
  }
}

}  // namespace volery::sense::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <cmath>

#include "core/assert.hpp"
#include "core/hash.hpp"
#include "core/math.hpp"

namespace volery::sense {

HWY_EXPORT(start_kernel);
HWY_EXPORT(wander_kernel);
HWY_EXPORT(apply_kernel);
HWY_EXPORT(dropout_kernel);

float white_from_density(float density, float interval_s) noexcept {
  return density / std::sqrt(interval_s);
}

float walk_from_std(float std, float tau_s) noexcept {
  return std * std::sqrt(2 / tau_s);
}

LaneKeys::LaneKeys(const Slab& slab, int block, std::uint32_t steps_ahead) noexcept {
  const int last_agent = slab.agents.num_bodies - 1;
  for (int l = 0; l < kLanes; ++l) {
    const int body = block * kLanes + l < last_agent ? block * kLanes + l : last_agent;
    const int world = slab.num_agents == 1 ? body : body / slab.num_agents;
    const WorldHeader& header = slab.worlds[world];
    seed_low[l] = static_cast<std::uint32_t>(header.seed);
    seed_high[l] = static_cast<std::uint32_t>(header.seed >> 32U);
    agent[l] = static_cast<std::uint32_t>(body - world * slab.num_agents);
    step[l] = header.step + steps_ahead;
    episode[l] = (header.episode << 8U) | static_cast<std::uint32_t>(Stream::kSense);
  }
}

std::uint32_t first_draw(std::string_view sensor) noexcept {
  // the low byte counts the sensor's own draws
  return static_cast<std::uint32_t>(hash_text(sensor)) << 8U;
}

ErrorModel::ErrorModel(FieldTable& fields, const std::string& sensor,
                       const std::vector<ChannelErrors>& channels, float wander_interval_s)
    : num_channels_(static_cast<int>(channels.size())), first_draw_(sense::first_draw(sensor)) {
  VOLERY_ASSERT(num_channels_ <= kMaxChannels);
  bool any_offset = false;
  bool any_scale = false;
  bool any_bias = false;
  for (int c = 0; c < num_channels_; ++c) {
    const ChannelErrors& errors = channels[static_cast<std::size_t>(c)];
    constants_[kWhite][c] = errors.white_std;
    constants_[kKeep][c] = 1;
    constants_[kDrive][c] = errors.walk * std::sqrt(wander_interval_s);
    if (errors.tau_s > 0) {
      const double steps =
          static_cast<double>(wander_interval_s) / static_cast<double>(errors.tau_s);
      constants_[kKeep][c] = static_cast<float>(1 + expm1(-steps));
      constants_[kDrive][c] =
          errors.walk * std::sqrt(errors.tau_s * 0.5F * static_cast<float>(-expm1(-2 * steps)));
    }
    constants_[kOffsetStd][c] = errors.offset_std;
    constants_[kScaleStd][c] = errors.scale_std;
    constants_[kBiasStartStd][c] = errors.bias_start_std;
    limit_[c] = errors.limit;
    white_draw_[c] = errors.white_std > 0 ? num_whites_++ : -1;
    drive_draw_[c] = errors.walk > 0 ? num_drives_++ : -1;
    any_offset = any_offset || errors.offset_std > 0;
    any_scale = any_scale || errors.scale_std > 0;
    any_bias = any_bias || errors.walk > 0 || errors.bias_start_std > 0;
  }
  declare_rows(fields, sensor, any_offset, any_scale, any_bias);
}

void ErrorModel::declare_rows(FieldTable& fields, const std::string& sensor, bool offset,
                              bool scale, bool bias) {
  const auto declare = [&](const char* name, const char* doc, float initial = 0) {
    return fields
        .add({.name = sensor + name,
              .width = num_channels_,
              .unit = "",
              .frame = "",
              .writer = "sense " + sensor,
              .doc = doc,
              .initial = initial})
        .row;
  };
  if (offset) offset_row_ = declare("_offset", "turn-on bias of each column, in its unit");
  if (scale) scale_row_ = declare("_scale", "scale factor of each column", 1);
  if (bias) bias_row_ = declare("_bias", "wandering bias of each column, in its unit");
}

std::vector<float> ErrorModel::constants() const {
  std::vector<float> all;
  for (const auto& channels : constants_) all.insert(all.end(), channels, channels + num_channels_);
  return all;
}

FieldRef ErrorModel::keep_constants_in_rows(FieldTable& fields, const std::string& sensor) {
  // what is off in the config may be on for some agent: every channel has every draw
  declare_rows(fields, sensor, offset_row_ < 0, scale_row_ < 0, bias_row_ < 0);
  num_whites_ = num_drives_ = num_channels_;
  for (int c = 0; c < num_channels_; ++c) white_draw_[c] = drive_draw_[c] = c;
  const FieldRef rows = fields.add({.name = sensor + "_errors",
                                    .width = kNumErrorConstants * num_channels_,
                                    .unit = "",
                                    .frame = "",
                                    .writer = "batch",
                                    .doc = "constants of the sensor's errors, drawn at the start"});
  constants_row_ = rows.row;
  return rows;
}

struct ErrorKernels {
  static ErrorView view(const ErrorModel& m) noexcept {
    return {m.num_channels_, m.offset_row_, m.scale_row_,     m.bias_row_,
            m.num_whites_,   m.num_drives_, m.white_draw_,    m.drive_draw_,
            m.first_draw_,   m.constants_,  m.constants_row_, m.limit_};
  }
};

void ErrorModel::start(const LaneKeys& keys, const float* active, float* block) const noexcept {
  HWY_DYNAMIC_DISPATCH(start_kernel)(ErrorKernels::view(*this), keys, active, block);
}

void ErrorModel::apply(const LaneKeys& keys, const float* block, float* tile) const noexcept {
  HWY_DYNAMIC_DISPATCH(apply_kernel)(ErrorKernels::view(*this), keys, block, tile);
}

void ErrorModel::wander(const LaneKeys& keys, const float* active, float* block) const noexcept {
  if (bias_row_ < 0) return;
  HWY_DYNAMIC_DISPATCH(wander_kernel)(ErrorKernels::view(*this), keys, active, block);
}

void draw_dropout(const LaneKeys& keys, std::uint32_t first_draw, float* out) noexcept {
  HWY_DYNAMIC_DISPATCH(dropout_kernel)(keys, first_draw, out);
}

}  // namespace volery::sense
#endif
