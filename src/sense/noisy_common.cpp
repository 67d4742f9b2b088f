#include "sense/noisy_common.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/assert.hpp"

namespace volery::sense {

namespace {

// Rates and agent rates are whole to this share of one: what float32 leaves of 1 / 3 and the like.
constexpr float kWholeSlack = 1e-4F;

std::string text_of(float value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", static_cast<double>(value));
  return text;
}

// from -> to in the lanes where `active` is not 0.
void copy_where(const float* active, const float* from, float* to) noexcept {
  for (int l = 0; l < kLanes; ++l) to[l] = active[l] != 0 ? from[l] : to[l];
}

}  // namespace

void TimingConfig::describe(FieldVisitor& v) {
  v.field("rate_hz", rate_hz,
          {.unit = "Hz",
           .low = 0,
           .high = 10000,
           .doc = "samples per second, held in between; divides agent_rate_hz; 0: every step"});
  v.field("delay_s", delay_s,
          {.unit = "s",
           .low = 0,
           .high = 10,
           .doc = "from a sample to its arrival, rounded to agent steps"});
  v.field("dropout", dropout, {.low = 0, .high = 1, .doc = "probability that a sample is lost"});
}

Timing timing_of(const TimingConfig& config, const std::string& sensor, int agent_rate_hz) {
  Timing timing;
  const auto agent_rate = static_cast<float>(agent_rate_hz);
  if (config.rate_hz > 0) {
    const float steps = agent_rate / config.rate_hz;
    timing.every = std::max(1, static_cast<int>(std::lround(steps)));
    if (std::abs(steps - static_cast<float>(timing.every)) > kWholeSlack * steps) {
      throw Error(ErrorKind::kValue,
                  "sensor_config." + sensor + ".rate_hz = " + text_of(config.rate_hz) +
                      ": must divide config.agent_rate_hz = " + std::to_string(agent_rate_hz) +
                      " (0: every step)");
    }
  }
  timing.delay = static_cast<int>(std::lround(config.delay_s * agent_rate));
  if (timing.delay / timing.every >= kMaxPending) {
    throw Error(ErrorKind::kValue,
                "sensor_config." + sensor + ".delay_s = " + text_of(config.delay_s) +
                    ": must be less than " + std::to_string(kMaxPending) + " samples, " +
                    text_of(kMaxPending * static_cast<float>(timing.every) / agent_rate) + " s");
  }
  timing.dropout = config.dropout;
  timing.interval_s = static_cast<float>(timing.every) / agent_rate;
  return timing;
}

NoisySensor::NoisySensor(FieldTable& fields, const std::string& sensor, std::vector<Column> columns,
                         const std::vector<ChannelErrors>& errors, const Timing& timing, bool fresh)
    : name_(sensor),
      columns_(std::move(columns)),
      timing_(timing),
      errors_(fields, sensor, errors, timing.interval_s),
      first_draw_(sense::first_draw(sensor)) {
  num_columns_ = static_cast<int>(columns_.size());
  VOLERY_ASSERT(num_columns_ <= kMaxNoisyColumns);
  if (fresh) {
    columns_.push_back(
        {sensor + "_fresh", "", "", 0, 1, "1 where a new sample arrived in this step"});
  }
  num_values_ = static_cast<int>(columns_.size());
  const auto declare = [&](const char* name, int width, const char* doc) {
    return fields
        .add({.name = sensor + name,
              .width = width,
              .unit = "",
              .frame = "",
              .writer = "sense " + sensor,
              .doc = doc})
        .row;
  };
  held_row_ = declare("_held", num_values_, "the columns of the sensor as they were last measured");
  if (timing_.delay > 0) {
    num_pending_ = timing_.delay / timing_.every + 1;
    pending_row_ = declare("_pending", num_pending_ * num_values_,
                           "samples that have not arrived yet, newest first");
  }
}

std::vector<float> NoisySensor::error_constants() const {
  std::vector<float> constants = errors_.constants();
  constants.push_back(timing_.dropout);
  return constants;
}

FieldRef NoisySensor::keep_errors_in_rows(FieldTable& fields) {
  FieldRef rows = errors_.keep_constants_in_rows(fields, name_);
  dropout_row_ = fields
                     .add({.name = name_ + "_dropout",
                           .width = 1,
                           .unit = "",
                           .frame = "",
                           .writer = "batch",
                           .doc = "probability that a sample is lost, drawn at the start"})
                     .row;
  ++rows.width;
  return rows;
}

void NoisySensor::take(const SenseInput& in, const Lanes& lanes,
                       const LaneKeys& keys) const noexcept {
  static_assert(kMaxChannels <= kMaxNoisyColumns);
  alignas(64) float tile[(kMaxNoisyColumns + 1) * kLanes];
  float* const block = in.slab.agents.block(lanes.block);
  std::fill_n(tile, errors_.num_channels() * kLanes, 0.0F);
  measure(in, lanes, tile);
  if (!lanes.starting) errors_.wander(keys, lanes.active, block);
  errors_.apply(keys, block, tile);
  finish(in, lanes, tile);

  // lost samples leave the last one where it is, with fresh = 0
  alignas(64) float kept[kLanes];
  std::copy_n(lanes.active, kLanes, kept);
  if ((timing_.dropout > 0 || dropout_row_ >= 0) && !lanes.starting) {
    alignas(64) float draw[kLanes];
    alignas(64) float share[kLanes];
    draw_dropout(keys, first_draw_, draw);
    std::fill_n(share, kLanes, timing_.dropout);
    if (dropout_row_ >= 0) std::copy_n(block + dropout_row_ * kLanes, kLanes, share);
    for (int l = 0; l < kLanes; ++l) kept[l] = draw[l] < share[l] ? 0.0F : kept[l];
  }
  std::copy_n(kept, kLanes, tile + num_columns_ * kLanes);

  float* const newest = block + (pending_row_ < 0 ? held_row_ : pending_row_) * kLanes;
  for (int s = num_pending_ - 1; s > 0; --s) {
    float* const slot = newest + s * num_values_ * kLanes;
    for (int i = 0; i < num_values_; ++i) {
      copy_where(lanes.active, slot + (i - num_values_) * kLanes, slot + i * kLanes);
    }
  }
  for (int c = 0; c < num_columns_; ++c) {
    copy_where(kept, tile + c * kLanes, newest + c * kLanes);
  }
  if (num_values_ > num_columns_) {
    copy_where(lanes.active, tile + num_columns_ * kLanes, newest + num_columns_ * kLanes);
  }
}

void NoisySensor::start(const SenseInput& in, int first_agent, int last_agent) const noexcept {
  for (int b = first_agent / kLanes; b * kLanes < last_agent; ++b) {
    alignas(64) float active[kLanes];
    for (int l = 0; l < kLanes; ++l) {
      const int agent = b * kLanes + l;
      active[l] = agent >= first_agent && agent < last_agent ? 1.0F : 0.0F;
    }
    const LaneKeys keys(in.slab, b, 0);
    float* const block = in.slab.agents.block(b);
    errors_.start(keys, active, block);
    take(in, {b, true, active}, keys);
    // as if it had always stood here: every sample on its way is the first one
    for (int s = 0; pending_row_ >= 0 && s <= num_pending_; ++s) {
      float* const to =
          block + (s == 0 ? held_row_ : pending_row_ + (s - 1) * num_values_) * kLanes;
      for (int i = 0; i < num_values_; ++i) {
        copy_where(active, block + (pending_row_ + i) * kLanes, to + i * kLanes);
      }
    }
  }
}

void NoisySensor::advance_block(const SenseInput& in, int block) const noexcept {
  const LaneKeys keys(in.slab, block, 1);
  const auto every = static_cast<std::uint32_t>(timing_.every);
  const auto delay = static_cast<std::uint32_t>(timing_.delay);
  alignas(64) float sampled[kLanes];
  alignas(64) float arrived[kLanes];
  bool any_sampled = false;
  bool any_arrived = false;
  for (int l = 0; l < kLanes; ++l) {
    const std::uint32_t step = keys.step[l];
    if (l > 0 && step == keys.step[l - 1]) {
      sampled[l] = sampled[l - 1];
      arrived[l] = arrived[l - 1];
      continue;
    }
    sampled[l] = step % every == 0 ? 1.0F : 0.0F;
    arrived[l] = step >= delay && (step - delay) % every == 0 ? 1.0F : 0.0F;
    any_sampled = any_sampled || sampled[l] != 0;
    any_arrived = any_arrived || arrived[l] != 0;
  }
  float* const held = in.slab.agents.row(block, held_row_);
  if (num_values_ > num_columns_) std::fill_n(held + num_columns_ * kLanes, kLanes, 0.0F);
  if (any_sampled) take(in, {block, false, sampled}, keys);
  if (pending_row_ < 0 || !any_arrived) return;
  const float* const oldest =
      in.slab.agents.row(block, pending_row_ + (num_pending_ - 1) * num_values_);
  for (int i = 0; i < num_values_; ++i) {
    copy_where(arrived, oldest + i * kLanes, held + i * kLanes);
  }
}

void NoisySensor::advance(const SenseInput& in, int first_agent, int last_agent) const noexcept {
  for (int b = first_agent / kLanes; b * kLanes < last_agent; ++b) advance_block(in, b);
}

void NoisySensor::sense(const SenseInput& in, int first_agent, int last_agent,
                        const ObservationRows& out) const noexcept {
  write_state({in.slab.agents, first_agent, last_agent}, held_row_, num_values_, out);
}

}  // namespace volery::sense
