// Jammers that were put down in mid-episode, as a world keeps them: plain numbers, hashed and in
// snapshots like all other state.
#pragma once

#include <cstdint>

namespace volery {

/// A sphere of noise.
struct JammerRecord {
  float center_w_m[3] = {0, 0, 0};
  float radius_m = 0;
  float probability = 0;      // of loss, at the center
  std::uint32_t falling = 0;  // 1: linearly to 0 at the rim
};
static_assert(sizeof(JammerRecord) == 24, "hashed byte by byte: no padding");

/// Most of them in a world at once, beside those of its config.
inline constexpr int kMostJammers = 16;

/// Those of one world, in the order in which they were put down.
struct WorldJammers {
  std::uint32_t count = 0;
  JammerRecord records[kMostJammers];
};

}  // namespace volery
