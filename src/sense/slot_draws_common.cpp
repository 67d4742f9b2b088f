// The lane kernel behind slot_draws_common.hpp.
#include "sense/slot_draws_common.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sense/slot_draws_common.cpp"
#include <hwy/foreach_target.h>

// after foreach_target
#include "core/philox_lanes.hpp"

#ifndef VOLERY_SENSE_SLOT_DRAWS_CONSTANTS_
#define VOLERY_SENSE_SLOT_DRAWS_CONSTANTS_
namespace volery::sense {

// Agents are fewer than 2^26, so this bit of their word tells draws of slots from all others.
inline constexpr std::uint32_t kSlotDrawBit = 1U << 30U;
inline constexpr std::uint32_t kNoiseDraw = 0x100;
inline constexpr std::uint32_t kGhostDraw = 0x200;

}  // namespace volery::sense
#endif

HWY_BEFORE_NAMESPACE();
namespace volery::sense::HWY_NAMESPACE {

using namespace volery::HWY_NAMESPACE;  // NOLINT: the lane vocabulary of this target

void slot_draws_kernel(const LaneKeys& keys, const SlotDrawCounts& counts, SlotDraws& out) {
  for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
    const PhiloxLanes random{load_words(keys.seed_low + lane),
                             load_words(keys.seed_high + lane),
                             same_words(0),
                             hn::Or(load_words(keys.agent + lane), same_words(kSlotDrawBit)),
                             load_words(keys.step + lane),
                             load_words(keys.episode + lane)};
    UintVec words[4];
    for (int c = 0; c < counts.misses; ++c) {
      if (c % 4 == 0) random.words(static_cast<std::uint32_t>(c / 4), words);
      uniform_of(words[c % 4]).store(out.miss[c] + lane);
    }
    for (int k = 0; k < counts.noises; ++k) {
      const std::uint32_t draw = kNoiseDraw + 2 * static_cast<std::uint32_t>(k);
      F32 n[8];
      normals(random, draw, n);
      normals(random, draw + 1, n + 4);
      for (int i = 0; i < 6; ++i) n[i].store(out.noise[k][i] + lane);
    }
    for (int k = 0; k < counts.ghosts; ++k) {
      random.words(kGhostDraw + static_cast<std::uint32_t>(k), words);
      for (int i = 0; i < 4; ++i) uniform_of(words[i]).store(out.ghost[k][i] + lane);
    }
  }
}

}  // namespace volery::sense::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery::sense {

HWY_EXPORT(slot_draws_kernel);

void draw_slots(const LaneKeys& keys, const SlotDrawCounts& counts, SlotDraws& out) noexcept {
  HWY_DYNAMIC_DISPATCH(slot_draws_kernel)(keys, counts, out);
}

}  // namespace volery::sense
#endif
