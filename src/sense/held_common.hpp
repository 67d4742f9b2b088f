// Rows that hold what a sensor measured: samples at a rate of their own, late ones on their way.
//
// A sample is taken every `every` agent steps (counted from the reset), becomes visible `delay`
// steps later and is held until the next one arrives. The first is taken at the reset and is there
// at once, as if the agent had stood there before. Sensing copies what is held.
#pragma once

#include <string>

#include "core/described.hpp"
#include "sense/error_common.hpp"
#include "state/slab.hpp"

namespace volery::sense {

/// The rate and reliability that sensors with errors have in common.
struct TimingConfig {
  float rate_hz = 0;  // 0: every agent step
  float delay_s = 0;
  float dropout = 0;
  /// True where a sensor with this timing shows each step as it happens.
  [[nodiscard]] bool is_immediate() const noexcept {
    return rate_hz == 0 && delay_s == 0 && dropout == 0;
  }
  void describe(FieldVisitor& v);
};

/// The same in agent steps.
struct Timing {
  int every = 1;
  int delay = 0;
  float dropout = 0;
  float interval_s = 0;  // between samples
};

/// Throws Error where the rate does not divide the agent rate, naming sensor_config.<sensor>, and
/// where the delay spans more samples than are kept.
[[nodiscard]] Timing timing_of(const TimingConfig& config, const std::string& sensor,
                               int agent_rate_hz);
/// Samples that may be on their way at once.
inline constexpr int kMaxPending = 64;

/// from -> to, `count` rows of 16 lanes, in the lanes where `active` is not 0.
void copy_rows_where(const float* active, const float* from, float* to, int count) noexcept;

/// Lanes of a block, 1 where something happens to them, else 0.
struct LaneChoice {
  alignas(64) float lane[kLanes];
  bool any = false;
  /// Agents [first, last) of the slab.
  [[nodiscard]] static LaneChoice of_range(int block, int first, int last) noexcept;
};

class HeldRows {
 public:
  /// Declares "<sensor>_held" and, where samples are late, "<sensor>_pending".
  HeldRows(FieldTable& fields, const std::string& sensor, int num_values, const Timing& timing);

  [[nodiscard]] int row() const noexcept { return held_row_; }
  [[nodiscard]] int num_values() const noexcept { return num_values_; }
  /// The rows that a new sample is written to; until then they hold the one before it.
  [[nodiscard]] float* newest(float* block) const noexcept {
    return block + (pending_row_ < 0 ? held_row_ : pending_row_) * kLanes;
  }
  /// Before a new sample: those on their way move on.
  void move_on(const float* active, float* block) const noexcept;
  /// After the first sample: it is there at once, and all on their way equal it.
  void settle(const float* active, float* block) const noexcept;
  /// Who samples in the step that the keys count, and whose sample arrives.
  void schedule(const LaneKeys& keys, LaneChoice& sampled, LaneChoice& arrived) const noexcept;
  /// The oldest sample on its way becomes visible. After a new one was written.
  void arrive(const LaneChoice& arrived, float* block) const noexcept;

 private:
  Timing timing_;
  int num_values_ = 0;
  int held_row_ = 0;
  int pending_row_ = -1;  // [kept][num_values] newest first
  int num_pending_ = 0;
};

}  // namespace volery::sense
