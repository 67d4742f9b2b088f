#include "radio/queue.hpp"

namespace volery::radio {

QueuedMessage SendQueue::front() const noexcept {
  return {.to = whole(rows_[first_ + 1]),
          .channel = whole(rows_[first_ + 2]),
          .bytes = whole(rows_[first_ + 3]),
          .created = static_cast<std::uint32_t>(rows_[first_]) - 1,
          .origin = whole(rows_[first_ + 4]),
          .hops = whole(rows_[first_ + 5])};
}

void SendQueue::pop() const noexcept {
  const int end = first_ + room_ * stride();
  for (int r = first_; r < end - stride(); ++r) rows_[r] = rows_[r + stride()];
  for (int r = end - stride(); r < end; ++r) rows_[r] = 0;
}

bool SendQueue::push(const QueuedMessage& message, const float* payload,
                     int stride) const noexcept {
  if (room_ == 0) return false;
  // filled places come first
  int length = 0;
  while (length < room_ && rows_[first_ + length * this->stride()] != 0) ++length;
  const bool full = length == room_;
  if (full) {
    if (!drops_oldest_) return false;
    pop();
    --length;
  }
  const int at = first_ + length * this->stride();
  rows_[at] = static_cast<float>(message.created) + 1;
  rows_[at + 1] = static_cast<float>(message.to);
  rows_[at + 2] = static_cast<float>(message.channel);
  rows_[at + 3] = static_cast<float>(message.bytes);
  rows_[at + 4] = static_cast<float>(message.origin);
  rows_[at + 5] = static_cast<float>(message.hops);
  for (int i = 0; i < payload_; ++i) rows_[at + kQueueHead + i] = payload[i * stride];
  return !full;
}

}  // namespace volery::radio
