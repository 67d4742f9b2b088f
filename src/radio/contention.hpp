// Who sends in which slot of a step, and what collides.
//
// A step has slots_per_step slots; a message fills one. off: everything arrives; aloha: a slot at
// random; csma: in each slot the senders that still wait start in the order of random backoffs,
// unless they hear one that has started; tdma: slots in turn. What a receiver gets is then decided
// slot by slot and channel by channel.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/described.hpp"
#include "radio/draws.hpp"
#include "radio/fate.hpp"

namespace volery::radio {

enum class Access : int { kOff, kAloha, kCsma, kTdma };

struct ContentionConfig {
  Access access = Access::kOff;
  int slots_per_step = 1;
  int backoff_window = 16;  // csma: backoffs are 0 .. window - 1
  int frame_slots = 0;      // tdma: slots until it is an agent's turn again; 0: one per agent
  float capture_db = 0;     // a message this much above the sum of the others survives; 0: none
  bool half_duplex = true;  // who sends in a slot hears nothing in it; not where access is off
  float interference_factor = 1;  // messages disturb up to this times their range
  void describe(FieldVisitor& v);
};

/// Most slots of a step and most channels.
inline constexpr int kMaxSlots = 64;
inline constexpr int kMaxChannels = 16;
/// The slot of a sender that got none in this step.
inline constexpr std::int32_t kDeferred = -1;

/// Which senders hear which, as rows of indices into the list of senders: those that sender i hears
/// (same channel, interference range) are items[first[i]] .. items[first[i + 1]]. csma only.
struct HearingLists {
  std::span<const std::int32_t> first;  // [senders + 1]
  std::span<const std::int32_t> items;
};

/// A message as one receiver hears it.
struct Heard {
  std::int32_t sender = 0;
  float power_db = 0;  // see RangeModel::power_db
  std::int16_t slot = 0;
  std::int16_t channel = 0;
  bool in_range = true;  // false: only disturbs others
};

/// Memory of assign_slots(); reserve() once, then nothing allocates.
struct SlotScratch {
  std::vector<std::int32_t> order, backoff, next, count;
  void reserve(int max_senders, int backoff_window);
};

/// Immutable.
class ContentionModel {
 public:
  ContentionModel() = default;
  /// Throws Error, starting with `path`, for what describe() cannot see.
  ContentionModel(const ContentionConfig& config, int num_agents, const std::string& path);

  [[nodiscard]] Access access() const noexcept { return config_.access; }
  [[nodiscard]] const ContentionConfig& config() const noexcept { return config_; }
  /// Whether assign_slots() reads `hearing`.
  [[nodiscard]] bool needs_hearing() const noexcept { return config_.access == Access::kCsma; }
  /// Whether resolve() reads powers.
  [[nodiscard]] bool needs_power() const noexcept {
    return config_.access != Access::kOff && config_.capture_db > 0;
  }

  /// Slot of each sender (world-local agents, each once) or kDeferred, which is for the caller to
  /// keep. The result for an agent does not depend on the order of the list. Cost: O(1) per sender,
  /// csma O(slots x (senders + heard)).
  void assign_slots(const RadioKey& key, std::span<const std::int32_t> senders,
                    const HearingLists& hearing, SlotScratch& scratch,
                    std::span<std::int32_t> slots) const noexcept;

  /// Fate of each message at one receiver that sends in own_slot (or kDeferred: it does not):
  /// kDelivered, kCollision, kHalfDuplex; kOutOfRange for those that only disturb. Does not depend
  /// on the order of the list. Cost: O(1) per message, with capture an exp for those that collide.
  void resolve(std::int32_t own_slot, std::span<const Heard> heard,
               std::span<Fate> fates) const noexcept;

 private:
  void assign_csma(const RadioKey& key, std::span<const std::int32_t> senders,
                   const HearingLists& hearing, SlotScratch& scratch,
                   std::span<std::int32_t> slots) const noexcept;

  ContentionConfig config_;
  int frame_slots_ = 1;
  float capture_ratio_ = 0;
};

}  // namespace volery::radio
