// The one SIMD vocabulary: vectors of float lanes with arithmetic operators.
//
// Included once per instruction set by the kernel files, between Highway's foreach_target include
// and their own code (see src/flight/flight_lanes.cpp for the pattern). A kernel walks the 16 lanes
// of a block in steps of kVectorLanes. Only operations whose result IEEE 754 fixes exactly are
// offered (+ - * / sqrt, comparisons, selection), and no fused multiply-add, so that every
// instruction set gives the same bits. Built with -ffp-contract=off.
//
// Operators are free functions: GCC 12 compiles friends that are defined inside a class for the
// base instruction set, which unoptimized builds do not survive.

// Highway re-includes this file for each target; the toggle replaces an include guard.
#if defined(VOLERY_CORE_LANES_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef VOLERY_CORE_LANES_HPP_
#undef VOLERY_CORE_LANES_HPP_
#else
#define VOLERY_CORE_LANES_HPP_
#endif

#include <hwy/highway.h>

#include <bit>
#include <cstdint>

#include "core/types.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using FloatTag = hn::CappedTag<float, kLanes>;
using FloatVec = hn::Vec<FloatTag>;
using FloatMask = hn::Mask<FloatTag>;

/// Lanes of one vector on this target: 4 (SSE4), 8 (AVX2) or 16 (AVX-512). Divides kLanes.
inline constexpr int kVectorLanes = static_cast<int>(hn::MaxLanes(FloatTag()));
static_assert(kLanes % kVectorLanes == 0);

/// A lane-wise condition.
struct Mask {
  FloatMask raw;
};
HWY_INLINE Mask operator&(Mask a, Mask b) {
  return {hn::And(a.raw, b.raw)};
}
HWY_INLINE Mask operator|(Mask a, Mask b) {
  return {hn::Or(a.raw, b.raw)};
}
HWY_INLINE Mask operator!(Mask a) {
  return {hn::Not(a.raw)};
}

/// True where any lane (all lanes) of the condition holds.
HWY_INLINE bool any(Mask m) {
  return !hn::AllFalse(FloatTag(), m.raw);
}
HWY_INLINE bool all(Mask m) {
  return hn::AllTrue(FloatTag(), m.raw);
}

/// One vector of float lanes. A plain float converts, so that formulas read as on paper.
struct F32 {
  FloatVec raw;
  F32() = default;
  HWY_INLINE F32(FloatVec v) : raw(v) {}
  HWY_INLINE F32(float v) : raw(hn::Set(FloatTag(), v)) {}
  HWY_INLINE static F32 load(const float* p) { return hn::Load(FloatTag(), p); }
  HWY_INLINE void store(float* p) const { hn::Store(raw, FloatTag(), p); }
};
HWY_INLINE F32 operator+(F32 a, F32 b) {
  return hn::Add(a.raw, b.raw);
}
HWY_INLINE F32 operator-(F32 a, F32 b) {
  return hn::Sub(a.raw, b.raw);
}
HWY_INLINE F32 operator*(F32 a, F32 b) {
  return hn::Mul(a.raw, b.raw);
}
HWY_INLINE F32 operator/(F32 a, F32 b) {
  return hn::Div(a.raw, b.raw);
}
HWY_INLINE F32 operator-(F32 a) {
  return hn::Neg(a.raw);
}
HWY_INLINE Mask operator<(F32 a, F32 b) {
  return {hn::Lt(a.raw, b.raw)};
}
HWY_INLINE Mask operator>(F32 a, F32 b) {
  return {hn::Gt(a.raw, b.raw)};
}
HWY_INLINE Mask operator<=(F32 a, F32 b) {
  return {hn::Le(a.raw, b.raw)};
}
HWY_INLINE Mask operator>=(F32 a, F32 b) {
  return {hn::Ge(a.raw, b.raw)};
}
HWY_INLINE Mask operator==(F32 a, F32 b) {
  return {hn::Eq(a.raw, b.raw)};
}

/// yes where the condition holds, no elsewhere.
HWY_INLINE F32 select(Mask m, F32 yes, F32 no) {
  return hn::IfThenElse(m.raw, yes.raw, no.raw);
}
HWY_INLINE F32 sqrt(F32 a) {
  return hn::Sqrt(a.raw);
}
HWY_INLINE F32 abs(F32 a) {
  return hn::Abs(a.raw);
}
/// b if a is NaN or both are zeros, as a < b ? a : b in scalar code. That is what x86's minps and
/// maxps do; Highway's Min differs on other targets there, so for those it is spelled out.
#if HWY_ARCH_X86 && HWY_TARGET != HWY_EMU128 && HWY_TARGET != HWY_SCALAR
HWY_INLINE F32 min(F32 a, F32 b) {
  return hn::Min(a.raw, b.raw);
}
HWY_INLINE F32 max(F32 a, F32 b) {
  return hn::Max(a.raw, b.raw);
}
#else
HWY_INLINE F32 min(F32 a, F32 b) {
  return select(a < b, a, b);
}
HWY_INLINE F32 max(F32 a, F32 b) {
  return select(a > b, a, b);
}
#endif
HWY_INLINE F32 clamp(F32 a, F32 low, F32 high) {
  return min(max(a, low), high);
}

}  // namespace volery::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // VOLERY_CORE_LANES_HPP_
