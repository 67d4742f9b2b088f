// What a real camera adds to a picture. Every draw is keyed by the world's seed and episode, the
// agent, the step of the picture and the pixel: same picture, same noise, whoever takes it and
// with how many threads.
#pragma once

#include <cstdint>
#include <span>

#include "model/vehicle_camera.hpp"

namespace volery::camera {

struct NoiseKey {
  std::uint64_t seed = 0;  // of the world
  std::uint32_t episode = 0;
  std::uint32_t agent = 0;
  std::uint32_t step = 0;  // agent steps since the reset, when the picture was taken
};

/// Gaussian errors and dropouts, as the spec has them; what was at far_m stays there.
void add_depth_noise(const CameraSpec& spec, const NoiseKey& key,
                     std::span<float> depth_m) noexcept;
/// [pixels][3].
void add_rgb_noise(const CameraSpec& spec, const NoiseKey& key,
                   std::span<std::uint8_t> rgb) noexcept;

}  // namespace volery::camera
