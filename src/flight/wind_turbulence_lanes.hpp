// The sum of waves at one vector of points. Included once per instruction set by wind_lanes.cpp.

// Highway re-includes this file for each target; the toggle replaces an include guard.
#if defined(VOLERY_FLIGHT_WIND_TURBULENCE_LANES_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef VOLERY_FLIGHT_WIND_TURBULENCE_LANES_HPP_
#undef VOLERY_FLIGHT_WIND_TURBULENCE_LANES_HPP_
#else
#define VOLERY_FLIGHT_WIND_TURBULENCE_LANES_HPP_
#endif

#include "core/vec3_lanes.hpp"
#include "flight/wind.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::flight::HWY_NAMESPACE {

using volery::HWY_NAMESPACE::F32;
using volery::HWY_NAMESPACE::FloatTag;
using volery::HWY_NAMESPACE::Mask;
using volery::HWY_NAMESPACE::Vec3F32;
namespace hn = hwy::HWY_NAMESPACE;

using BitsTag = hn::RebindToUnsigned<FloatTag>;
using BitsVec = hn::Vec<BitsTag>;

HWY_INLINE BitsVec load_bits(const std::uint32_t* p) {
  return hn::Load(BitsTag(), p);
}
/// 32 bits as a share of a turn in [-1/2, 1/2).
HWY_INLINE F32 turns_of(BitsVec bits) {
  const auto whole = hn::BitCast(hn::RebindToSigned<FloatTag>(), bits);
  return F32(hn::ConvertTo(FloatTag(), whole)) * F32(0x1p-32F);
}
/// To the nearest integer, for |x| < 2^22: 1.5 * 2^23 leaves no room for a fraction.
HWY_INLINE F32 rounded(F32 x) {
  return (x + 12582912.0F) - 12582912.0F;
}
/// Cosine of a number of turns below 2^22 in size, within 4.1e-5: a least-maximum fit in the square
/// of what is left after rounding. Waves need no better, and it is half of the cost of core/math's.
HWY_INLINE F32 cos_of_turns(F32 turns) {
  const F32 rest = turns - rounded(turns);
  const F32 z = rest * rest;
  return 0.9999597668647766F +
         z * (-19.731040954589844F +
              z * (64.67343139648438F + z * (-82.40354919433594F + z * 45.64655685424805F)));
}

/// Turbulence at a vector of points, world frame; `lane` is its first lane in `world`.
HWY_INLINE Vec3F32 turbulence_at(const TurbulenceField& field, const WindLanes& world, int lane,
                                 Vec3F32 position) {
  const F32 along_x = field.along_x;
  const F32 along_y = field.along_y;
  const F32 scale = F32::load(world.scale + lane);
  const F32 mirror_y = F32::load(world.mirror_y + lane);
  const F32 mirror_z = F32::load(world.mirror_z + lane);
  const BitsVec step = load_bits(world.scaled_step + lane);
  const BitsVec key = load_bits(world.phase_key + lane);

  // along, across and up, in the world's own scale and mirrors
  const F32 x = scale * (along_x * position.x + along_y * position.y);
  const F32 y = scale * mirror_y * (along_x * position.y - along_y * position.x);
  const F32 z = scale * mirror_z * position.z;

  F32 u = 0.0F, v = 0.0F, w = 0.0F;
  for (const TurbulenceWave& wave : field.waves) {
    // time and the phase in whole numbers, exact for any length of an episode
    const BitsVec passed = hn::Mul(step, hn::Set(BitsTag(), wave.turns_per_step));
    const BitsVec phase = hn::Mul(key, hn::Set(BitsTag(), wave.spread));
    const F32 turns = turns_of(hn::Add(passed, phase)) + F32(wave.turns_per_m[0]) * x +
                      F32(wave.turns_per_m[1]) * y + F32(wave.turns_per_m[2]) * z;
    const F32 c = cos_of_turns(turns);
    u = u + F32(wave.amplitude_mps[0]) * c;
    v = v + F32(wave.amplitude_mps[1]) * c;
    w = w + F32(wave.amplitude_mps[2]) * c;
  }
  v = mirror_y * v;
  return {along_x * u - along_y * v, along_y * u + along_x * v, mirror_z * w};
}

}  // namespace volery::flight::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // VOLERY_FLIGHT_WIND_TURBULENCE_LANES_HPP_
