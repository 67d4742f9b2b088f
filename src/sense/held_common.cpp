#include "sense/held_common.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace volery::sense {

namespace {

// Rates and agent rates are whole to this share of one: what float32 leaves of 1 / 3 and the like.
constexpr float kWholeSlack = 1e-4F;

std::string text_of(float value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", static_cast<double>(value));
  return text;
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

void copy_rows_where(const float* __restrict active, const float* __restrict from,
                     float* __restrict to, int count) noexcept {
  for (int i = 0; i < count; ++i, from += kLanes, to += kLanes) {
    for (int l = 0; l < kLanes; ++l) to[l] = active[l] != 0 ? from[l] : to[l];
  }
}

LaneChoice LaneChoice::of_range(int block, int first, int last) noexcept {
  LaneChoice choice;
  for (int l = 0; l < kLanes; ++l) {
    const int agent = block * kLanes + l;
    choice.lane[l] = agent >= first && agent < last ? 1.0F : 0.0F;
  }
  choice.any = true;
  return choice;
}

HeldRows::HeldRows(FieldTable& fields, const std::string& sensor, int num_values,
                   const Timing& timing)
    : timing_(timing), num_values_(num_values) {
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

void HeldRows::move_on(const float* active, float* block) const noexcept {
  for (int s = num_pending_ - 1; s > 0; --s) {
    float* const slot = newest(block) + s * num_values_ * kLanes;
    copy_rows_where(active, slot - num_values_ * kLanes, slot, num_values_);
  }
}

void HeldRows::settle(const float* active, float* block) const noexcept {
  if (pending_row_ < 0) return;
  const float* const first = newest(block);
  copy_rows_where(active, first, block + held_row_ * kLanes, num_values_);
  for (int s = 1; s < num_pending_; ++s) {
    copy_rows_where(active, first, block + (pending_row_ + s * num_values_) * kLanes, num_values_);
  }
}

void HeldRows::schedule(const LaneKeys& keys, LaneChoice& sampled,
                        LaneChoice& arrived) const noexcept {
  const auto every = static_cast<std::uint32_t>(timing_.every);
  const auto delay = static_cast<std::uint32_t>(timing_.delay);
  for (int l = 0; l < kLanes; ++l) {
    const std::uint32_t step = keys.step[l];
    if (l > 0 && step == keys.step[l - 1]) {
      sampled.lane[l] = sampled.lane[l - 1];
      arrived.lane[l] = arrived.lane[l - 1];
      continue;
    }
    sampled.lane[l] = step % every == 0 ? 1.0F : 0.0F;
    arrived.lane[l] = step >= delay && (step - delay) % every == 0 ? 1.0F : 0.0F;
    sampled.any = sampled.any || sampled.lane[l] != 0;
    arrived.any = arrived.any || arrived.lane[l] != 0;
  }
}

void HeldRows::arrive(const LaneChoice& arrived, float* block) const noexcept {
  if (pending_row_ < 0 || !arrived.any) return;
  const float* const oldest = newest(block) + (num_pending_ - 1) * num_values_ * kLanes;
  copy_rows_where(arrived.lane, oldest, block + held_row_ * kLanes, num_values_);
}

}  // namespace volery::sense
