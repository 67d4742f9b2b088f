// The search for links of one receiver: those that are near enough, packed together.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "radio/agents_lanes.cpp"
#include <hwy/foreach_target.h>

#include <bit>

#include "radio/agent_index.hpp"
#include "radio/search_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::radio::HWY_NAMESPACE {

/// Writes what is found as far as there is room, and counts all.
struct FoundSink {
  const std::int32_t* agent_of;
  Found* out;
  int capacity;
  int found = 0;

  HWY_INLINE void take(FloatMask within, F32 square_m2, int slot) {
    const FloatTag d;
    if (hn::AllFalse(d, within)) return;
    std::uint8_t bytes[8] = {};
    hn::StoreMaskBits(d, within, bytes);
    HWY_ALIGN float squares[kLanes];
    square_m2.store(squares);
    for (unsigned bits = bytes[0] | (static_cast<unsigned>(bytes[1]) << 8U); bits != 0;
         bits &= bits - 1) {
      const int lane = std::countr_zero(bits);
      if (found < capacity) out[found] = {agent_of[slot + lane], squares[lane]};
      ++found;
    }
  }
};

int find(const IndexArrays& arrays, Vec3 at, float radius_m, Search search, Found* out,
         int capacity) {
  FoundSink sink{arrays.agent_of, out, capacity};
  AgentSearch<FoundSink>{arrays, at, radius_m, search, sink}.run();
  return sink.found;
}

}  // namespace volery::radio::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery::radio {

HWY_EXPORT(find);

int find_agents(const IndexArrays& arrays, Vec3 at_w_m, float radius_m, Search search, Found* out,
                int capacity) noexcept {
  return HWY_DYNAMIC_DISPATCH(find)(arrays, at_w_m, radius_m, search, out, capacity);
}

}  // namespace volery::radio
#endif
