#include "tests/core/philox_probe.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/core/philox_probe.cpp"
#include <hwy/foreach_target.h>

#include "core/philox_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::HWY_NAMESPACE {

HWY_INLINE PhiloxLanes load_probe(const PhiloxProbe& probe, int lane) {
  return {load_words(probe.key0 + lane),
          load_words(probe.key1 + lane),
          same_words(0),
          load_words(probe.agent + lane),
          load_words(probe.step + lane),
          load_words(probe.episode + lane)};
}

void words_kernel(const PhiloxProbe& probe, std::uint32_t draw, std::uint32_t (*out)[16]) {
  for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
    UintVec words[4];
    load_probe(probe, lane).words(draw, words);
    for (int i = 0; i < 4; ++i) hn::StoreU(words[i], UintTag(), out[i] + lane);
  }
}

void normals_kernel(const PhiloxProbe& probe, std::uint32_t draw, float (*out)[16]) {
  for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
    F32 n[4];
    normals(load_probe(probe, lane), draw, n);
    for (int i = 0; i < 4; ++i) hn::StoreU(n[i].raw, FloatTag(), out[i] + lane);
  }
}

}  // namespace volery::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery {

HWY_EXPORT(words_kernel);
HWY_EXPORT(normals_kernel);

void lane_words(const PhiloxProbe& probe, std::uint32_t draw, std::uint32_t out[4][16]) {
  HWY_DYNAMIC_DISPATCH(words_kernel)(probe, draw, out);
}

void lane_normals(const PhiloxProbe& probe, std::uint32_t draw, float out[4][16]) {
  HWY_DYNAMIC_DISPATCH(normals_kernel)(probe, draw, out);
}

}  // namespace volery
#endif
