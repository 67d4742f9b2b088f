// The lane generator behind plain functions, so that tests can call it on every instruction set.
#pragma once

#include <cstdint>

namespace volery {

/// Coordinates of 16 draws; arrays are 64-byte aligned.
struct PhiloxProbe {
  alignas(64) std::uint32_t key0[16], key1[16], agent[16], step[16], episode[16];
};

/// The four words of each lane's draw: out[word][lane].
void lane_words(const PhiloxProbe& probe, std::uint32_t draw, std::uint32_t out[4][16]);
/// The four normal draws of each lane: out[i][lane].
void lane_normals(const PhiloxProbe& probe, std::uint32_t draw, float out[4][16]);

}  // namespace volery
