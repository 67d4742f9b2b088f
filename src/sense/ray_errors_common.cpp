// The lane kernel behind ray_errors_common.hpp.
#include "sense/ray_errors_common.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sense/ray_errors_common.cpp"
#include <hwy/foreach_target.h>

// after foreach_target
#include "core/philox_lanes.hpp"

#ifndef VOLERY_SENSE_RAY_ERRORS_CONSTANTS_
#define VOLERY_SENSE_RAY_ERRORS_CONSTANTS_
namespace volery::sense {

// Agents are fewer than 2^26, so this bit of their word tells draws of rays, numbered from 0, from
// all others of the stream.
inline constexpr std::uint32_t kRayDraws = 1U << 31U;
// After the normal draws of at most this many fours of rays come the uniform ones.
inline constexpr std::uint32_t kLostDraw = 1U << 16U;

}  // namespace volery::sense
#endif

HWY_BEFORE_NAMESPACE();
namespace volery::sense::HWY_NAMESPACE {

using namespace volery::HWY_NAMESPACE;  // NOLINT: the lane vocabulary of this target

void ray_errors_kernel(const RayErrors& e, const LaneKeys& keys, const float* active, int num_rays,
                       float* rows) {
  const bool noisy = e.white_m > 0 || e.white_relative > 0;
  for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
    const PhiloxLanes random{load_words(keys.seed_low + lane),
                             load_words(keys.seed_high + lane),
                             same_words(0),
                             hn::Or(load_words(keys.agent + lane), same_words(kRayDraws)),
                             load_words(keys.step + lane),
                             load_words(keys.episode + lane)};
    const Mask on = !(F32::load(active + lane) == F32(0.0F));
    if (!any(on)) continue;
    const F32 most(e.max_range_m);
    for (int first = 0; first < num_rays; first += 4) {
      const auto four = static_cast<std::uint32_t>(first / 4);
      F32 n[4] = {F32(0.0F), F32(0.0F), F32(0.0F), F32(0.0F)};
      UintVec words[4];
      if (noisy) normals(random, four, n);
      if (e.dropout > 0) random.words(kLostDraw + four, words);
      for (int i = 0; i < 4 && first + i < num_rays; ++i) {
        float* const row = rows + (first + i) * kLanes + lane;
        const F32 truth = F32::load(row);
        F32 y = truth + (F32(e.white_m) + F32(e.white_relative) * truth) * n[i];
        y = clamp(y, F32(0.0F), most);
        if (e.dropout > 0) y = select(uniform_of(words[i]) < F32(e.dropout), most, y);
        select(on & (truth < most), y, truth).store(row);
      }
    }
  }
}

}  // namespace volery::sense::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery::sense {

HWY_EXPORT(ray_errors_kernel);

void apply_ray_errors(const RayErrors& errors, const LaneKeys& keys, const float* active,
                      int num_rays, float* rows) noexcept {
  HWY_DYNAMIC_DISPATCH(ray_errors_kernel)(errors, keys, active, num_rays, rows);
}

}  // namespace volery::sense
#endif
