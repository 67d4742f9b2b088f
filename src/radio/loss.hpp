// Random loss of messages on a link that carries: constant, growing with distance, in bursts, and
// by bit errors. The parts are independent of each other; what is off costs nothing.
//
// Bursts are a Gilbert-Elliott channel without memory. In a step the chain is decided with
// probability p + r whatever it was: to bad with p / (p + r), else to good; otherwise it stays. Its
// state is that of the latest decision, which is looked for backwards; before the first one it is
// that of step 0, drawn from the stationary law. This is exactly the Markov chain (coupling from
// the past, Propp and Wilson 1996), with nothing to keep or to restore. Decisions lie at geometric
// gaps within windows of about 1 / (p + r) steps, each with its own draws: O(1) however long bursts
// are.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/described.hpp"
#include "radio/draws.hpp"
#include "radio/fate.hpp"

namespace volery::radio {

enum class LossByDistance : int { kOff, kLogistic, kTable };

/// How messages get lost. Every default is a link without loss.
struct LossConfig {
  float probability = 0;  // constant part
  LossByDistance by_distance = LossByDistance::kOff;
  float d50_m = 50;                  // logistic: half are lost here
  float width_m = 5;                 // logistic: p = 1 / (1 + exp(-(d - d50) / width))
  std::vector<float> distances_m;    // table: ascending
  std::vector<float> probabilities;  // table: linear between, constant outside
  float burst_loss = 0;              // share of messages that bursts take; 0: no bursts
  float burst_steps = 5;             // mean length of a bad period, agent steps
  float burst_loss_good = 0;         // probability of loss while the link is good
  float burst_loss_bad = 1;          // and while it is bad
  float bit_error_rate = 0;          // per bit; any flipped bit loses the message
  [[nodiscard]] bool any() const noexcept;
  void describe(FieldVisitor& v);
};

/// The two-state chain of a bursty link.
struct BurstChain {
  double to_bad = 0;     // p: probability per step
  double to_good = 1;    // r
  double share_bad = 0;  // stationary: p / (p + r)
};

/// The losses of a config, prepared. Immutable.
class LossModel {
 public:
  LossModel() = default;
  /// `max_bytes`: size of the largest message. Throws Error, starting with `path`, for a table that
  /// is not one, and for bursts that no chain with p + r <= 1 has.
  LossModel(const LossConfig& config, int max_bytes, const std::string& path);

  [[nodiscard]] bool any() const noexcept { return any_; }
  /// Whether constant loss is all there is: a message arrives where unit_of(draws.loss) < keep().
  [[nodiscard]] bool is_constant() const noexcept {
    return by_distance_ == LossByDistance::kOff && !bursts_ && intact_.empty();
  }
  [[nodiscard]] float keep() const noexcept { return keep_; }
  /// kLost, kBitError or kDelivered. `key` holds the step of the transmission. Cost: 4 ns; with
  /// bursts about 80.
  [[nodiscard]] Fate fate(const RadioKey& key, std::uint32_t sender, std::uint32_t receiver,
                          const LinkDraws& draws, float distance_m, int num_bytes) const noexcept;
  /// Whether the link is in a bad period; without bursts it never is.
  [[nodiscard]] bool is_bad(const RadioKey& key, std::uint32_t sender,
                            std::uint32_t receiver) const noexcept;
  /// Probability of loss by distance alone.
  [[nodiscard]] float loss_at(float distance_m) const noexcept;
  /// Probability that a message of this size has no bit error: (1 - rate)^(8 bytes).
  [[nodiscard]] float intact(int num_bytes) const noexcept;
  [[nodiscard]] const BurstChain& chain() const noexcept { return chain_; }
  /// Steps of a window of the search for decisions.
  [[nodiscard]] std::uint32_t window_steps() const noexcept { return window_steps_; }

 private:
  bool any_ = false;
  LossByDistance by_distance_ = LossByDistance::kOff;
  float keep_ = 1;  // 1 - constant part
  float d50_m_ = 0, per_width_ = 0;
  std::vector<float> distances_m_, probabilities_;
  bool bursts_ = false;
  float keep_good_ = 1, keep_bad_ = 1;
  BurstChain chain_;
  std::uint32_t window_steps_ = 4;
  float steps_per_log_ = 0;      // 1 / log(1 - p - r)
  std::uint64_t bad_below_ = 0;  // words that decide for bad, in a decision and at step 0
  std::vector<float> intact_;    // by bytes
};

}  // namespace volery::radio
