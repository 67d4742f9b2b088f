// core/math.hpp for vectors of lanes: sin_cos, sin, cos, exp, log, atan2, asin, acos of F32.
//
// Included by kernel files inside their target region, like core/lanes.hpp. Each lane holds the
// bits that the scalar function gives.

// Highway re-includes this file for each target; the toggle replaces an include guard.
#if defined(VOLERY_CORE_MATH_LANES_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef VOLERY_CORE_MATH_LANES_HPP_
#undef VOLERY_CORE_MATH_LANES_HPP_
#else
#define VOLERY_CORE_MATH_LANES_HPP_
#endif

#include <bit>
#include <cstdint>
#include <limits>

#include "core/lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::HWY_NAMESPACE {

using IntTag = hn::RebindToSigned<FloatTag>;

/// True where the sign bit is set: for -0 too.
HWY_INLINE Mask is_negative(F32 a) {
  return {
      hn::MaskFromVec(hn::BitCast(FloatTag(), hn::BroadcastSignBit(hn::BitCast(IntTag(), a.raw))))};
}
/// True where that bit of the float's representation is set.
template <int kBit>
HWY_INLINE Mask bit_set(F32 a) {
  return is_negative(
      hn::BitCast(FloatTag(), hn::ShiftLeft<31 - kBit>(hn::BitCast(IntTag(), a.raw))));
}
HWY_INLINE F32 copy_sign(F32 size, F32 sign) {
  return hn::CopySign(size.raw, sign.raw);
}
/// 2^n for integral n in [-126, 127].
HWY_INLINE F32 power_of_two(F32 n) {
  const auto bits = hn::BitCast(IntTag(), hn::Add(n.raw, hn::Set(FloatTag(), 12582912.0F)));
  return hn::BitCast(FloatTag(), hn::ShiftLeft<23>(hn::Add(bits, hn::Set(IntTag(), 127))));
}
/// x = mantissa * 2^result with mantissa in [sqrt 1/2, sqrt 2), for positive normal x.
HWY_INLINE F32 split_exponent(F32 x, F32& mantissa) {
  const auto bits = hn::BitCast(IntTag(), x.raw);
  const auto origin = hn::Set(IntTag(), std::bit_cast<std::int32_t>(0.70710678F));
  const auto e = hn::ShiftRight<23>(hn::Sub(bits, origin));
  mantissa = hn::BitCast(FloatTag(), hn::Sub(bits, hn::ShiftLeft<23>(e)));
  return hn::ConvertTo(FloatTag(), e);
}

#define VOLERY_REAL F32
#define VOLERY_MATH_FUNCTION HWY_INLINE
#include "core/math_formulas.hpp"
#undef VOLERY_REAL
#undef VOLERY_MATH_FUNCTION

}  // namespace volery::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // VOLERY_CORE_MATH_LANES_HPP_
