// Keyed random numbers in lanes: Philox4x32-10 (core/rng.hpp) with a key and a counter per lane,
// and Box-Muller on its words with core/math's functions. Each lane holds the bits that Random123
// and the scalar formulas give.

// Highway re-includes this file for each target; the toggle replaces an include guard.
#if defined(VOLERY_CORE_PHILOX_LANES_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef VOLERY_CORE_PHILOX_LANES_HPP_
#undef VOLERY_CORE_PHILOX_LANES_HPP_
#else
#define VOLERY_CORE_PHILOX_LANES_HPP_
#endif

#include <cstdint>

#include "core/lanes.hpp"
#include "core/math_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::HWY_NAMESPACE {

using UintTag = hn::RebindToUnsigned<FloatTag>;
using UintVec = hn::Vec<UintTag>;

HWY_INLINE UintVec load_words(const std::uint32_t* words) {
  return hn::Load(UintTag(), words);
}
HWY_INLINE UintVec same_words(std::uint32_t word) {
  return hn::Set(UintTag(), word);
}

/// Both halves of word * factor in each lane.
HWY_INLINE void multiply_words(UintVec words, std::uint32_t factor, UintVec& high, UintVec& low) {
#if HWY_TARGET == HWY_SCALAR
  const std::uint64_t product = std::uint64_t{hn::GetLane(words)} * factor;
  high = same_words(static_cast<std::uint32_t>(product >> 32U));
  low = same_words(static_cast<std::uint32_t>(product));
#else
  const hn::RepartitionToWide<UintTag> wide;
  const UintVec factors = same_words(factor);
  const auto even = hn::MulEven(words, factors);
  const auto odd =
      hn::MulEven(hn::BitCast(UintTag(), hn::ShiftRight<32>(hn::BitCast(wide, words))), factors);
  high = hn::OddEven(hn::BitCast(UintTag(), odd), hn::BitCast(UintTag(), hn::ShiftRight<32>(even)));
  low = hn::OddEven(hn::BitCast(UintTag(), hn::ShiftLeft<32>(odd)), hn::BitCast(UintTag(), even));
#endif
}

/// A key (the world's seed) and a counter per lane.
struct PhiloxLanes {
  UintVec key0, key1;
  UintVec c0, c1, c2, c3;  // draw, agent, step, episode and stream, as in Rng

  /// The four words of the counter with `draw` as its first word (Salmon et al., SC 2011).
  HWY_INLINE void words(std::uint32_t draw, UintVec out[4]) const { words(same_words(draw), out); }
  HWY_INLINE void words(UintVec draw, UintVec out[4]) const {
    UintVec x0 = draw, x1 = c1, x2 = c2, x3 = c3;
    UintVec k0 = key0, k1 = key1;
    for (int round = 0; round < 10; ++round) {
      UintVec high0, low0, high1, low1;
      multiply_words(x0, 0xD2511F53U, high0, low0);
      multiply_words(x2, 0xCD9E8D57U, high1, low1);
      const UintVec y0 = hn::Xor(hn::Xor(high1, x1), k0);
      const UintVec y2 = hn::Xor(hn::Xor(high0, x3), k1);
      x0 = y0;
      x1 = low1;
      x2 = y2;
      x3 = low0;
      // golden ratio and sqrt 3 - 1, the Weyl sequences of the key
      k0 = hn::Add(k0, same_words(0x9E3779B9U));
      k1 = hn::Add(k1, same_words(0xBB67AE85U));
    }
    out[0] = x0;
    out[1] = x1;
    out[2] = x2;
    out[3] = x3;
  }
};

/// Uniform in [0, 1), a multiple of 2^-24.
HWY_INLINE F32 uniform_of(UintVec word) {
  const auto bits = hn::BitCast(IntTag(), hn::ShiftRight<8>(word));
  return F32(hn::ConvertTo(FloatTag(), bits)) * F32(0x1p-24F);
}

/// Two independent standard normal draws from two words (Box, Muller, 1958); |result| < 5.9.
HWY_INLINE void normal_pair(UintVec word0, UintVec word1, F32& first, F32& second) {
  // 1 - uniform lies in (0, 1], so the logarithm is finite
  const F32 radius = sqrt(F32(-2.0F) * log(F32(1.0F) - uniform_of(word0)));
  F32 sine, cosine;
  sin_cos(F32(2.0F * 3.14159265358979323846F) * uniform_of(word1), sine, cosine);
  first = radius * cosine;
  second = radius * sine;
}

/// Four of them from one draw.
HWY_INLINE void normals(const PhiloxLanes& lanes, std::uint32_t draw, F32 out[4]) {
  UintVec words[4];
  lanes.words(draw, words);
  normal_pair(words[0], words[1], out[0], out[1]);
  normal_pair(words[2], words[3], out[2], out[3]);
}

}  // namespace volery::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // VOLERY_CORE_PHILOX_LANES_HPP_
