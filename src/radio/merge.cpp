// The inbox of the next observation: what arrives in it and what stays from before.
#include <algorithm>
#include <array>

#include "radio/worker.hpp"

namespace volery::radio {

namespace {

float& lane_row(float* lane, int row) noexcept {
  return lane[row * kLanes];
}

/// A message that is taken out of its rows.
struct Held {
  std::int32_t sender;
  std::uint32_t created;
  float* message;  // rows of its slot, then 1 + sender and the step it was handed over in
};

/// Collects the messages of one receiver, the newest of each sender, and puts them back in order.
class Merge {
 public:
  Merge(const Radio& radio, float* lane, float* memory, std::uint32_t next_step) noexcept
      : rows_(radio.rows()),
        config_(radio.config()),
        step_s_(radio.step_s()),
        lane_(lane),
        memory_(memory),
        next_step_(next_step) {}

  /// All messages of the step that arrive in `slots`.
  void take_arrivals(float* slots) noexcept {
    for (int k = 0; k < rows_.slots; ++k) {
      float* const slot = &lane_row(slots, k * (rows_.slot_size + kFlightHead));
      float& from = lane_row(slot, rows_.slot_size);
      if (from != 0) take(slot, from, lane_row(slot, rows_.slot_size + 1));
    }
  }

  /// What is in the inbox, is not too old, and has not been replaced.
  void take_inbox() noexcept {
    const int most_steps = config_.timing.latency_steps + config_.inbox.keep_steps - 1;
    for (int k = 0; k < rows_.slots; ++k) {
      float* const slot = &lane_row(lane_, rows_.inbox + k * rows_.slot_size);
      float& from = lane_row(lane_, rows_.from + k);
      float& sent = lane_row(lane_, rows_.sent + k);
      if (from == 0) continue;
      const auto created = static_cast<std::uint32_t>(sent);
      const bool stays = static_cast<int>(next_step_ - created) <= most_steps &&
                         is_newest(static_cast<std::int32_t>(from) - 1, created);
      if (stays) {
        take(slot, from, sent);
      } else {
        clear(slot, from, sent);
      }
    }
  }

  /// By insertion, which keeps the order of equals: what arrives now was sorted when it was sent,
  /// and goes before what was there.
  void sort() noexcept {
    for (int i = 1; i < number_; ++i) {
      const Held entry = held(i);
      int at = i;
      for (; at > 0 && comes_before(entry, held(at - 1)); --at) held(at) = held(at - 1);
      held(at) = entry;
    }
  }

  void write_inbox() noexcept {
    for (int k = 0; k < std::min(number_, rows_.slots); ++k) {
      const Held& entry = held(k);
      float* const slot = &lane_row(lane_, rows_.inbox + k * rows_.slot_size);
      for (int r = 0; r < rows_.slot_size; ++r) lane_row(slot, r) = entry.message[r];
      lane_row(slot, rows_.age) = step_s_ * static_cast<float>(next_step_ - entry.created);
      lane_row(lane_, rows_.from + k) = entry.message[rows_.slot_size];
      lane_row(lane_, rows_.sent + k) = entry.message[rows_.slot_size + 1];
    }
  }

 private:
  Held& held(int i) noexcept { return held_[static_cast<std::size_t>(i)]; }

  void clear(float* slot, float& from, float& sent) const noexcept {
    for (int r = 0; r < rows_.slot_size; ++r) lane_row(slot, r) = 0;
    from = sent = 0;
  }
  void take(float* slot, float& from, float& sent) noexcept {
    float* const message = memory_ + number_ * (rows_.slot_size + kFlightHead);
    for (int r = 0; r < rows_.slot_size; ++r) message[r] = lane_row(slot, r);
    message[rows_.slot_size] = from;
    message[rows_.slot_size + 1] = sent;
    held(number_++) = {static_cast<std::int32_t>(from) - 1, static_cast<std::uint32_t>(sent),
                       message};
    clear(slot, from, sent);
  }
  bool is_newest(std::int32_t sender, std::uint32_t created) noexcept {
    for (int i = 0; i < number_; ++i) {
      if (held(i).sender == sender && held(i).created >= created) return false;
    }
    return true;
  }
  /// Nearest is what the receiver measured, where it does.
  bool comes_before(const Held& a, const Held& b) const noexcept {
    if (rows_.distance >= 0 && config_.inbox.order == InboxOrder::kNearest &&
        a.message[rows_.distance] != b.message[rows_.distance])
      return a.message[rows_.distance] < b.message[rows_.distance];
    return a.created > b.created;
  }

  const MessageRows& rows_;
  const RadioConfig& config_;
  float step_s_;
  float* lane_;
  float* memory_;
  std::uint32_t next_step_;
  std::array<Held, 2 * kMostSlots> held_;
  int number_ = 0;
};

}  // namespace

void RadioWorker::merge(const Slab& slab, const World& world, int body,
                        ReceiveScratch& scratch) const noexcept {
  float* const lane = slab.agents.block(body / kLanes) + body % kLanes;
  const int step_rows = radio_.rows().slots * (radio_.rows().slot_size + kFlightHead);
  Merge merge(radio_, lane, scratch.merged.data(), world.key.step + 1);
  merge.take_arrivals(&lane_row(lane, radio_.hidden().in_flight + flight_of(world, 1) * step_rows));
  merge.take_inbox();
  merge.sort();
  merge.write_inbox();
}

}  // namespace volery::radio
