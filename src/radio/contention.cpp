#include "radio/contention.hpp"

#include <algorithm>

#include "core/assert.hpp"
#include "core/math.hpp"
#include "core/math64.hpp"

namespace volery::radio {

void ContentionConfig::describe(FieldVisitor& v) {
  v.choice("access", access, {"off", "aloha", "csma", "tdma"},
           "how senders share a channel: not at all, slots at random, random backoffs with "
           "listening, slots in turn");
  v.field("slots_per_step", slots_per_step,
          {.low = 1, .high = kMaxSlots, .doc = "slots of an agent step; a message fills one"});
  v.field("backoff_window", backoff_window,
          {.low = 1, .high = 1024, .doc = "csma: backoffs are 0 .. backoff_window - 1"});
  v.field("frame_slots", frame_slots,
          {.low = 0,
           .high = 1e6,
           .doc = "tdma: slots until it is an agent's turn again; 0: one per agent"});
  v.field("capture_db", capture_db,
          {.unit = "dB",
           .low = 0,
           .high = 60,
           .doc = "a message this much above the sum of the others in its slot survives; 0: none"});
  v.field("half_duplex", half_duplex,
          {.doc = "who sends in a slot hears nothing in it; counts unless access is off"});
  v.field("interference_factor", interference_factor,
          {.low = 1, .high = 10, .doc = "messages disturb others up to this times their range"});
}

void SlotScratch::reserve(int max_senders, int backoff_window) {
  const auto senders = static_cast<std::size_t>(std::max(max_senders, 0));
  order.resize(std::max(order.size(), senders));
  backoff.resize(std::max(backoff.size(), senders));
  next.resize(std::max(next.size(), senders));
  count.resize(std::max(count.size(), static_cast<std::size_t>(backoff_window) + 1));
}

ContentionModel::ContentionModel(const ContentionConfig& config, int num_agents,
                                 const std::string& path)
    : config_(config),
      frame_slots_(config.frame_slots > 0 ? config.frame_slots : std::max(num_agents, 1)) {
  if (config.access == Access::kOff && config.capture_db > 0) {
    throw Error(ErrorKind::kValue,
                path + ".capture_db = " + std::to_string(config.capture_db) +
                    ": must be 0 where access is \"off\", nothing collides there");
  }
  capture_ratio_ =
      static_cast<float>(math64::exp(static_cast<double>(config.capture_db) * 0.2302585092994046));
}

void ContentionModel::assign_slots(const RadioKey& key, std::span<const std::int32_t> senders,
                                   const HearingLists& hearing, SlotScratch& scratch,
                                   std::span<std::int32_t> slots) const noexcept {
  const auto slots_per_step = static_cast<std::uint32_t>(config_.slots_per_step);
  switch (config_.access) {
    case Access::kOff:
      std::fill_n(slots.begin(), senders.size(), 0);
      return;
    case Access::kAloha:
      for (std::size_t i = 0; i < senders.size(); ++i) {
        const auto words =
            radio_words(key, DrawKind::kLink, static_cast<std::uint32_t>(senders[i]), kNoReceiver);
        slots[i] = static_cast<std::int32_t>(below_of(words[0], slots_per_step));
      }
      return;
    case Access::kCsma:
      assign_csma(key, senders, hearing, scratch, slots);
      return;
    case Access::kTdma: {
      // the first slot of the step within the frame
      const auto frame = static_cast<std::uint64_t>(frame_slots_);
      const std::uint64_t first = std::uint64_t{key.step} * slots_per_step % frame;
      for (std::size_t i = 0; i < senders.size(); ++i) {
        const std::uint64_t own = static_cast<std::uint64_t>(senders[i]) % frame;
        const std::uint64_t slot = (own + frame - first) % frame;
        slots[i] = slot < slots_per_step ? static_cast<std::int32_t>(slot) : kDeferred;
      }
      return;
    }
  }
}

namespace {

/// Backoff of a sender in a slot: four slots per block, counted down from the block of its slot
/// draws.
std::int32_t backoff_of(const RadioKey& key, std::int32_t sender, int slot, int window) noexcept {
  const auto block = static_cast<std::uint32_t>(slot) / 4;
  const auto words =
      radio_words(key, DrawKind::kLink, static_cast<std::uint32_t>(sender), kNoReceiver - block);
  return static_cast<std::int32_t>(
      below_of(words[static_cast<std::size_t>(slot) % 4], static_cast<std::uint32_t>(window)));
}

std::size_t index(std::int32_t i) noexcept {
  return static_cast<std::size_t>(i);
}

/// Sorts the first `num` of scratch.next by backoff into scratch.order, by counting.
void sort_by_backoff(int num, int window, SlotScratch& scratch) noexcept {
  std::fill_n(scratch.count.begin(), window + 1, 0);
  for (int n = 0; n < num; ++n) {
    ++scratch.count[index(scratch.backoff[index(scratch.next[index(n)])] + 1)];
  }
  for (int b = 0; b < window; ++b) scratch.count[index(b + 1)] += scratch.count[index(b)];
  for (int n = 0; n < num; ++n) {
    const std::int32_t i = scratch.next[index(n)];
    scratch.order[index(scratch.count[index(scratch.backoff[index(i)])]++)] = i;
  }
}

}  // namespace

void ContentionModel::assign_csma(const RadioKey& key, std::span<const std::int32_t> senders,
                                  const HearingLists& hearing, SlotScratch& scratch,
                                  std::span<std::int32_t> slots) const noexcept {
  const int window = config_.backoff_window;
  VOLERY_ASSERT(scratch.order.size() >= senders.size() && scratch.count.size() > index(window));
  int pending = static_cast<int>(senders.size());
  for (int i = 0; i < pending; ++i) {
    scratch.next[index(i)] = i;
    slots[index(i)] = kDeferred;
  }
  for (int slot = 0; slot < config_.slots_per_step && pending > 0; ++slot) {
    for (int n = 0; n < pending; ++n) {
      const std::int32_t i = scratch.next[index(n)];
      scratch.backoff[index(i)] = backoff_of(key, senders[index(i)], slot, window);
    }
    sort_by_backoff(pending, window, scratch);

    // a sender starts unless it hears one that started earlier; equal backoffs do not hear in time
    int waiting = 0;
    for (int n = 0; n < pending; ++n) {
      const std::int32_t i = scratch.order[index(n)];
      bool is_busy = false;
      for (std::int32_t k = hearing.first[index(i)]; k < hearing.first[index(i + 1)]; ++k) {
        const std::int32_t other = hearing.items[index(k)];
        is_busy = is_busy || (slots[index(other)] == slot &&
                              scratch.backoff[index(other)] < scratch.backoff[index(i)]);
      }
      if (is_busy) {
        scratch.next[index(waiting++)] = i;
      } else {
        slots[index(i)] = slot;
      }
    }
    pending = waiting;
  }
}

namespace {

/// What a receiver hears in one slot of one channel.
struct Bin {
  std::int32_t count;
  float strongest_db;
  std::uint64_t sum;  // of powers over the strongest, 2^32 for it: whole numbers add in any order
};

constexpr double kOne = 0x1p+32;

}  // namespace

void ContentionModel::resolve(std::int32_t own_slot, std::span<const Heard> heard,
                              std::span<Fate> fates) const noexcept {
  if (config_.access == Access::kOff) {
    for (std::size_t i = 0; i < heard.size(); ++i) {
      fates[i] = heard[i].in_range ? Fate::kDelivered : Fate::kOutOfRange;
    }
    return;
  }
  // only the bins that are heard are ever touched
  Bin bins[kMaxSlots * kMaxChannels];
  const auto bin_of = [&bins](const Heard& message) -> Bin& {
    VOLERY_ASSERT(message.slot >= 0 && message.slot < kMaxSlots && message.channel >= 0 &&
                  message.channel < kMaxChannels);
    return bins[message.slot * kMaxChannels + message.channel];
  };
  for (const Heard& message : heard) bin_of(message) = {0, message.power_db, 0};
  for (const Heard& message : heard) {
    Bin& bin = bin_of(message);
    ++bin.count;
    bin.strongest_db = std::max(bin.strongest_db, message.power_db);
  }
  const bool captures = config_.capture_db > 0;
  for (const Heard& message : heard) {
    Bin& bin = bin_of(message);
    if (!captures || bin.count < 2) continue;
    // 10^(x / 10)
    const float ratio = exp((message.power_db - bin.strongest_db) * 0.230258509F);
    // infinite powers would give no number
    if (ratio <= 1) bin.sum += static_cast<std::uint64_t>(static_cast<double>(ratio) * kOne);
  }

  for (std::size_t i = 0; i < heard.size(); ++i) {
    const Heard& message = heard[i];
    const Bin& bin = bin_of(message);
    const auto others = static_cast<double>(bin.sum) - kOne;
    const bool is_captured = captures && message.power_db == bin.strongest_db &&
                             others * static_cast<double>(capture_ratio_) <= kOne;
    if (!message.in_range) {
      fates[i] = Fate::kOutOfRange;
    } else if (config_.half_duplex && message.slot == own_slot) {
      fates[i] = Fate::kHalfDuplex;
    } else {
      fates[i] = bin.count == 1 || is_captured ? Fate::kDelivered : Fate::kCollision;
    }
  }
}

}  // namespace volery::radio
