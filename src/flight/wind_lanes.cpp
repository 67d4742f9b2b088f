// The wind at 16 points, compiled once per instruction set. Integers and + - * / alone, so every
// set gives the same bits.
#include "flight/wind.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "flight/wind_lanes.cpp"
#include <hwy/foreach_target.h>

#include "flight/wind_gusts_lanes.hpp"
#include "flight/wind_turbulence_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::flight::HWY_NAMESPACE {

using volery::HWY_NAMESPACE::kVectorLanes;

void wind_kernel(const TurbulenceField& turbulence, const GustTrain& gusts, Vec3 mean_w_mps,
                 const WindLanes& lanes, const float* position, float* out) {
  const F32 far = Wind::kFarthest_m;
  for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
    const Vec3F32 raw = Vec3F32::load(position + lane);
    const Vec3F32 at{clamp(raw.x, -far, far), clamp(raw.y, -far, far), clamp(raw.z, -far, far)};
    Vec3F32 air{mean_w_mps.x, mean_w_mps.y, mean_w_mps.z};
    if (!turbulence.waves.empty()) air = air + turbulence_at(turbulence, lanes, lane, at);
    if (gusts.speed_mps > 0) air = air + random_gusts_at(gusts, lanes, lane, at);
    if (!gusts.timed.empty()) air = air + timed_gusts_at(gusts, lanes, lane);
    air.store(out + lane);
  }
}

}  // namespace volery::flight::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>

namespace volery::flight {

HWY_EXPORT(wind_kernel);

void Wind::sample(const WindLanes& lanes, const float* position_w_m,
                  float* out_w_mps) const noexcept {
  HWY_DYNAMIC_DISPATCH(wind_kernel)
  (turbulence_, gusts_, mean_w_mps_, lanes, position_w_m, out_w_mps);
  if (!field_.any()) return;
  const auto cut = [](float m) { return std::clamp(m == m ? m : 0, -kFarthest_m, kFarthest_m); };
  for (int l = 0; l < kLanes; ++l) {
    const Vec3 v = field_.at(
        {cut(position_w_m[l]), cut(position_w_m[l + kLanes]), cut(position_w_m[l + 2 * kLanes])});
    out_w_mps[l] += v.x;
    out_w_mps[l + kLanes] += v.y;
    out_w_mps[l + 2 * kLanes] += v.z;
  }
}

}  // namespace volery::flight
#endif
