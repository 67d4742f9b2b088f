#include "sense/noisy_common.hpp"

#include <algorithm>

#include "core/assert.hpp"

namespace volery::sense {

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
  held_.emplace(fields, sensor, static_cast<int>(columns_.size()), timing);
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

  held_->move_on(lanes.active, block);
  float* const newest = held_->newest(block);
  copy_rows_where(kept, tile, newest, num_columns_);
  copy_rows_where(lanes.active, tile + num_columns_ * kLanes, newest + num_columns_ * kLanes,
                  held_->num_values() - num_columns_);
}

void NoisySensor::start(const SenseInput& in, int first_agent, int last_agent) const noexcept {
  for (int b = first_agent / kLanes; b * kLanes < last_agent; ++b) {
    const LaneChoice active = LaneChoice::of_range(b, first_agent, last_agent);
    const LaneKeys keys(in.slab, b, 0);
    float* const block = in.slab.agents.block(b);
    errors_.start(keys, active.lane, block);
    take(in, {b, true, active.lane}, keys);
    held_->settle(active.lane, block);
  }
}

void NoisySensor::advance_block(const SenseInput& in, int block) const noexcept {
  const LaneKeys keys(in.slab, block, 1);
  LaneChoice sampled;
  LaneChoice arrived;
  held_->schedule(keys, sampled, arrived);
  float* const rows = in.slab.agents.block(block);
  // nothing is fresh but what arrives now
  std::fill_n(rows + (held_->row() + num_columns_) * kLanes,
              (held_->num_values() - num_columns_) * kLanes, 0.0F);
  if (sampled.any) take(in, {block, false, sampled.lane}, keys);
  held_->arrive(arrived, rows);
}

void NoisySensor::advance(const SenseInput& in, int first_agent, int last_agent) const noexcept {
  for (int b = first_agent / kLanes; b * kLanes < last_agent; ++b) advance_block(in, b);
}

void NoisySensor::sense(const SenseInput& in, int first_agent, int last_agent,
                        const ObservationRows& out) const noexcept {
  write_state({in.slab.agents, first_agent, last_agent}, held_->row(), held_->num_values(), out);
}

}  // namespace volery::sense
