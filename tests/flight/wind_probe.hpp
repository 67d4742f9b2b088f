// The wind at single points of single worlds, for tests: lanes are filled 16 at a time.
#pragma once

#include <array>
#include <complex>
#include <cstdint>
#include <vector>

#include "flight/wind.hpp"

namespace volery::test {

/// A time and place of a world.
struct WindPoint {
  std::uint64_t seed = 0;
  std::uint32_t step = 0;
  Vec3 at_w_m;
  std::uint32_t episode = 0;
};

inline std::vector<Vec3> sample_wind(const flight::Wind& wind,
                                     const std::vector<WindPoint>& points) {
  std::vector<Vec3> out(points.size());
  flight::WindLanes lanes{};
  alignas(64) std::array<float, 3 * kLanes> position{}, velocity{};
  for (std::size_t first = 0; first < points.size(); first += kLanes) {
    for (std::size_t l = 0; l < kLanes; ++l) {
      const WindPoint& p = points[std::min(first + l, points.size() - 1)];
      WorldHeader world;
      world.seed = p.seed;
      world.episode = p.episode;
      world.step = p.step;
      lanes.set(static_cast<int>(l), world);
      position[l] = p.at_w_m.x;
      position[kLanes + l] = p.at_w_m.y;
      position[2 * kLanes + l] = p.at_w_m.z;
    }
    wind.sample(lanes, position.data(), velocity.data());
    for (std::size_t l = 0; l < kLanes && first + l < points.size(); ++l) {
      out[first + l] = {velocity[l], velocity[kLanes + l], velocity[2 * kLanes + l]};
    }
  }
  return out;
}

inline Vec3 sample_wind(const flight::Wind& wind, const WindPoint& point) {
  return sample_wind(wind, std::vector<WindPoint>{point}).front();
}

inline float component(Vec3 v, int i) {
  return i == 0 ? v.x : i == 1 ? v.y : v.z;
}

/// Fourier transform in place; the size is a power of two.
inline void transform(std::vector<std::complex<double>>& a) {
  const std::size_t n = a.size();
  for (std::size_t i = 1, j = 0; i < n; ++i) {
    std::size_t bit = n >> 1U;
    for (; (j & bit) != 0; bit >>= 1U) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(a[i], a[j]);
  }
  for (std::size_t size = 2; size <= n; size *= 2) {
    const double angle = -2 * 3.14159265358979323846 / static_cast<double>(size);
    for (std::size_t first = 0; first < n; first += size) {
      for (std::size_t k = 0; k < size / 2; ++k) {
        const auto turn = std::polar(1.0, angle * static_cast<double>(k));
        const auto even = a[first + k];
        const auto odd = a[first + k + size / 2] * turn;
        a[first + k] = even + odd;
        a[first + k + size / 2] = even - odd;
      }
    }
  }
}

}  // namespace volery::test
