// Bandwidth of a sender: bytes in any window of t seconds <= burst + rate t.
//
// The state is one float per agent, its level in bytes. Levels are multiples of a power of two that
// a float of the size of the burst holds exactly, and the refill is rounded down to one: nothing
// ever rounds, so the bound holds to the last byte over any time.
#pragma once

#include <string>

#include "core/described.hpp"

namespace volery::radio {

struct TokenBucketConfig {
  float rate_bytes_ps = 0;  // 0: no limit
  float burst_bytes = 256;
  void describe(FieldVisitor& v);
};

/// Immutable.
class TokenBucket {
 public:
  TokenBucket() = default;
  /// Throws Error, starting with `path`, where a message of max_bytes could never be sent.
  TokenBucket(const TokenBucketConfig& config, int max_bytes, float step_s,
              const std::string& path);

  [[nodiscard]] bool any() const noexcept { return any_; }
  /// Level of an agent after a reset.
  [[nodiscard]] float full() const noexcept { return burst_bytes_; }
  /// The level one step later. At least the size of the refill that the rate asks for, less
  /// 2^-22 of the burst.
  [[nodiscard]] float refilled(float level_bytes) const noexcept {
    const float level = level_bytes + refill_bytes_;
    return level < burst_bytes_ ? level : burst_bytes_;
  }
  /// Takes the bytes of a message; false, and nothing changes, where there are too few.
  [[nodiscard]] bool take(float& level_bytes, int num_bytes) const noexcept {
    const auto bytes = static_cast<float>(num_bytes);
    if (!(bytes <= level_bytes)) return !any_;
    if (any_) level_bytes -= bytes;
    return true;
  }

 private:
  bool any_ = false;
  float burst_bytes_ = 0;
  float refill_bytes_ = 0;  // per step
};

}  // namespace volery::radio
