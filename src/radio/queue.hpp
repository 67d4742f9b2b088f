// The messages that wait at one sender, oldest first, as rows of its state.
#pragma once

#include <cstdint>

#include "radio/radio.hpp"
#include "state/blocks.hpp"

namespace volery::radio {

/// Nearest whole number.
[[nodiscard]] inline int whole(float x) noexcept {
  return static_cast<int>(x < 0 ? x - 0.5F : x + 0.5F);
}

/// A row of one body: floats that lie 16 apart.
class Rows {
 public:
  Rows(const Blocks& blocks, int body) noexcept
      : lane_(blocks.block(body / kLanes) + body % kLanes) {}
  [[nodiscard]] float& operator[](int row) const noexcept { return lane_[row * kLanes]; }

 private:
  float* lane_;
};

/// What a queue knows of a message beside its payload.
struct QueuedMessage {
  std::int32_t to = kBroadcast;
  std::int32_t channel = 0;
  std::int32_t bytes = 0;
  std::uint32_t created = 0;  // the step in which it was handed over
  std::int32_t origin = 0;    // the agent that handed it over
  std::int32_t hops = 0;      // times that others may send it on
};

/// A view. Without config.bandwidth.queue nothing fits in.
class SendQueue {
 public:
  SendQueue(const Radio& radio, const Rows& rows) noexcept
      : rows_(rows),
        first_(radio.hidden().queue),
        room_(radio.config().bandwidth.queue),
        payload_(radio.rows().size),
        drops_oldest_(radio.config().bandwidth.drop == DropPolicy::kOldest) {}

  [[nodiscard]] bool empty() const noexcept { return room_ == 0 || rows_[first_] == 0; }
  [[nodiscard]] QueuedMessage front() const noexcept;
  /// First row of the payload of the oldest.
  [[nodiscard]] int front_payload() const noexcept { return first_ + kQueueHead; }
  /// Drops the oldest.
  void pop() const noexcept;
  /// Appends a message whose payload's numbers lie `stride` apart. False where a message, this one
  /// or the oldest, was dropped for want of room.
  [[nodiscard]] bool push(const QueuedMessage& message, const float* payload,
                          int stride) const noexcept;

 private:
  [[nodiscard]] int stride() const noexcept { return kQueueHead + payload_; }

  Rows rows_;
  int first_, room_, payload_;
  bool drops_oldest_;
};

}  // namespace volery::radio
