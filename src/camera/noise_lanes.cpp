// The lane kernels behind noise.hpp: one block of random words per pixel.
#include "camera/noise.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "camera/noise_lanes.cpp"
#include <hwy/foreach_target.h>

// after foreach_target
#include "core/philox_lanes.hpp"
#include "core/rng.hpp"

#ifndef VOLERY_CAMERA_NOISE_CONSTANTS_
#define VOLERY_CAMERA_NOISE_CONSTANTS_
namespace volery::camera {

// Agents are fewer than 2^26: this bit of their word sets colors apart from depths.
inline constexpr std::uint32_t kColorDraws = 1U << 31U;

}  // namespace volery::camera
#endif

HWY_BEFORE_NAMESPACE();
namespace volery::camera::HWY_NAMESPACE {

using namespace volery::HWY_NAMESPACE;  // NOLINT: the lane vocabulary of this target

HWY_INLINE PhiloxLanes lanes_of(const NoiseKey& key, std::uint32_t agent_bits) {
  return {same_words(static_cast<std::uint32_t>(key.seed)),
          same_words(static_cast<std::uint32_t>(key.seed >> 32U)),
          same_words(0),
          same_words(key.agent | agent_bits),
          same_words(key.step),
          same_words((key.episode << 8U) | static_cast<std::uint32_t>(Stream::kCamera))};
}

/// The words of as many pixels as a vector has lanes, from pixel `first` on.
HWY_INLINE void pixel_words(const PhiloxLanes& random, std::size_t first, UintVec out[4]) {
  random.words(hn::Add(same_words(static_cast<std::uint32_t>(first)), hn::Iota(UintTag(), 0)), out);
}

void depth_kernel(const CameraSpec& spec, const NoiseKey& key, std::span<float> depth_m) {
  const PhiloxLanes random = lanes_of(key, 0);
  const F32 far_m(spec.far_m);
  for (std::size_t first = 0; first < depth_m.size(); first += kVectorLanes) {
    alignas(64) float lanes[kLanes];
    const std::size_t left = depth_m.size() - first;
    const std::size_t count = left < kVectorLanes ? left : kVectorLanes;
    for (std::size_t l = 0; l < kVectorLanes; ++l) lanes[l] = l < count ? depth_m[first + l] : 0;
    UintVec words[4];
    pixel_words(random, first, words);
    F32 normal, unused;
    normal_pair(words[0], words[1], normal, unused);
    const F32 truth = F32::load(lanes);
    const F32 deviation_m = F32(spec.depth_noise_m) + F32(spec.depth_noise_per_m) * truth * truth;
    F32 seen = clamp(truth + deviation_m * normal, F32(spec.near_m), far_m);
    seen = select(uniform_of(words[2]) < F32(spec.depth_dropout), far_m, seen);
    select(truth < far_m, seen, truth).store(lanes);
    for (std::size_t l = 0; l < count; ++l) depth_m[first + l] = lanes[l];
  }
}

void rgb_kernel(const CameraSpec& spec, const NoiseKey& key, std::span<std::uint8_t> rgb) {
  const PhiloxLanes random = lanes_of(key, kColorDraws);
  const F32 deviation(spec.rgb_noise * 255.0F);
  const std::size_t pixels = rgb.size() / 3;
  for (std::size_t first = 0; first < pixels; first += kVectorLanes) {
    UintVec words[4];
    pixel_words(random, first, words);
    F32 normal[4];
    normal_pair(words[0], words[1], normal[0], normal[1]);
    normal_pair(words[2], words[3], normal[2], normal[3]);
    const std::size_t left = pixels - first;
    const std::size_t count = left < kVectorLanes ? left : kVectorLanes;
    for (std::size_t c = 0; c < 3; ++c) {
      alignas(64) float lanes[kLanes];
      for (std::size_t l = 0; l < kVectorLanes; ++l)
        lanes[l] = l < count ? static_cast<float>(rgb[(first + l) * 3 + c]) : 0;
      const F32 seen = clamp(F32::load(lanes) + deviation * normal[c], F32(0.0F), F32(255.0F));
      (seen + F32(0.5F)).store(lanes);
      for (std::size_t l = 0; l < count; ++l)
        rgb[(first + l) * 3 + c] = static_cast<std::uint8_t>(lanes[l]);
    }
  }
}

}  // namespace volery::camera::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery::camera {

HWY_EXPORT(depth_kernel);
HWY_EXPORT(rgb_kernel);

void add_depth_noise(const CameraSpec& spec, const NoiseKey& key,
                     std::span<float> depth_m) noexcept {
  if (!(spec.depth_noise_m > 0 || spec.depth_noise_per_m > 0 || spec.depth_dropout > 0)) return;
  HWY_DYNAMIC_DISPATCH(depth_kernel)(spec, key, depth_m);
}

void add_rgb_noise(const CameraSpec& spec, const NoiseKey& key,
                   std::span<std::uint8_t> rgb) noexcept {
  if (!(spec.rgb_noise > 0)) return;
  HWY_DYNAMIC_DISPATCH(rgb_kernel)(spec, key, rgb);
}

}  // namespace volery::camera
#endif
