// Gusts at one vector of points. Included once per instruction set by wind_lanes.cpp.

// Highway re-includes this file for each target; the toggle replaces an include guard.
#if defined(VOLERY_FLIGHT_WIND_GUSTS_LANES_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef VOLERY_FLIGHT_WIND_GUSTS_LANES_HPP_
#undef VOLERY_FLIGHT_WIND_GUSTS_LANES_HPP_
#else
#define VOLERY_FLIGHT_WIND_GUSTS_LANES_HPP_
#endif

#include "core/math_lanes.hpp"
#include "flight/wind_turbulence_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::flight::HWY_NAMESPACE {

/// 1/2 (1 - cos) of a turn: 0 at both ends and outside of [0, 1], 1 in the middle.
HWY_INLINE F32 gust_shape(F32 turns) {
  const F32 within = volery::HWY_NAMESPACE::clamp(turns, F32(0.0F), F32(1.0F));
  F32 s, c;
  // 1 - cos 2a = 2 sin^2 a, which is exactly 0 at the ends
  volery::HWY_NAMESPACE::sin_cos(F32(3.14159265F) * (within - rounded(within)), s, c);
  return s * s;
}

/// Well mixed bits of a key and a number (the finalizer of MurmurHash3, A. Appleby).
HWY_INLINE BitsVec mixed(BitsVec bits) {
  const BitsTag d;
  bits = hn::Mul(hn::Xor(bits, hn::ShiftRight<16>(bits)), hn::Set(d, 0x85EBCA6BU));
  bits = hn::Mul(hn::Xor(bits, hn::ShiftRight<13>(bits)), hn::Set(d, 0xC2B2AE35U));
  return hn::Xor(bits, hn::ShiftRight<16>(bits));
}
/// The upper (lower) 16 bits as a number in [0, 1).
HWY_INLINE F32 upper_share(BitsVec bits) {
  const auto whole = hn::BitCast(hn::RebindToSigned<FloatTag>(), hn::ShiftRight<16>(bits));
  return F32(hn::ConvertTo(FloatTag(), whole)) * F32(0x1p-16F);
}
HWY_INLINE F32 lower_share(BitsVec bits) {
  return upper_share(hn::ShiftLeft<16>(bits));
}

/// The train of random gusts: one in each interval of the way that the air has passed.
HWY_INLINE Vec3F32 random_gusts_at(const GustTrain& gusts, const WindLanes& world, int lane,
                                   Vec3F32 position) {
  using volery::HWY_NAMESPACE::kVectorLanes;
  // whole intervals of time by division in whole numbers, then the way within one
  HWY_ALIGN std::uint32_t number[kLanes];
  HWY_ALIGN float passed_s[kLanes];
  for (int l = 0; l < kVectorLanes; ++l) {
    const std::uint32_t step = world.step[lane + l];
    number[l] = step / gusts.interval_steps;
    passed_s[l] = static_cast<float>(step % gusts.interval_steps) * gusts.step_s;
  }
  const F32 way_m = F32(gusts.convection_mps) * F32::load(passed_s) -
                    (F32(gusts.along_x) * position.x + F32(gusts.along_y) * position.y);
  const F32 intervals = way_m / F32(gusts.interval_m);
  F32 before = rounded(intervals - 0.5F);
  F32 at_m = way_m - before * F32(gusts.interval_m);
  // rounding may leave the place a little outside of its interval; gusts are 0 there
  at_m = volery::HWY_NAMESPACE::clamp(at_m, F32(0.0F), F32(gusts.interval_m));
  const auto before_bits =
      hn::BitCast(BitsTag(), hn::ConvertTo(hn::RebindToSigned<FloatTag>(), before.raw));
  const BitsVec interval = hn::Add(load_bits(number), before_bits);

  // draws of the interval: start, size, direction
  const BitsTag d;
  const BitsVec key = load_bits(world.gust_key + lane);
  const BitsVec first = mixed(hn::Add(key, hn::Mul(interval, hn::Set(d, 0x9E3779B9U))));
  const BitsVec second = mixed(hn::Add(first, hn::Set(d, 0x7F4A7C15U)));
  const F32 start_m = upper_share(first) * F32(gusts.interval_m - gusts.length_m);
  const F32 size_mps = F32(gusts.speed_mps) * (0.5F + 0.5F * lower_share(first)) *
                       gust_shape((at_m - start_m) / F32(gusts.length_m));
  F32 s, c;
  volery::HWY_NAMESPACE::sin_cos(F32(6.28318531F) * (upper_share(second) - 0.5F), s, c);
  const F32 rise = F32(gusts.vertical_share) * (2.0F * lower_share(second) - 1.0F);
  // unit directions: the size is that of the whole gust
  const F32 across_mps = size_mps / sqrt(1.0F + rise * rise);
  return {across_mps * c, across_mps * s, across_mps * rise};
}

HWY_INLINE Vec3F32 timed_gusts_at(const GustTrain& gusts, const WindLanes& world, int lane) {
  const auto step = hn::BitCast(hn::RebindToSigned<FloatTag>(), load_bits(world.step + lane));
  const F32 time_s = F32(hn::ConvertTo(FloatTag(), step)) * F32(gusts.step_s);
  Vec3F32 sum{0.0F, 0.0F, 0.0F};
  for (const GustTrain::Timed& gust : gusts.timed) {
    const F32 size = gust_shape((time_s - F32(gust.start_s)) * F32(gust.inverse_duration_per_s));
    const Vec3 v = gust.velocity_w_mps;
    sum = sum + size * Vec3F32{v.x, v.y, v.z};
  }
  return sum;
}

}  // namespace volery::flight::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // VOLERY_FLIGHT_WIND_GUSTS_LANES_HPP_
