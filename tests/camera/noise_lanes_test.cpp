// Noise of pictures: its size, its keys, and the same bits with every instruction set.
#include "camera/noise.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/isa.hpp"

namespace volery::camera {
namespace {

constexpr std::size_t kPixels = 100'000;
// five standard errors of a standard deviation over that many draws, as a share of it
constexpr double kSpread = 5 * 0.7071 / 316.2;

struct Moments {
  double mean = 0, deviation = 0;
};
template <class T>
Moments moments_of(const std::vector<T>& values) {
  double sum = 0, squares = 0;
  for (const T v : values) sum += v;
  const double mean = sum / static_cast<double>(values.size());
  for (const T v : values) squares += (v - mean) * (v - mean);
  return {mean, std::sqrt(squares / static_cast<double>(values.size()))};
}

std::vector<float> noisy(const CameraSpec& spec, float depth_m, const NoiseKey& key = {}) {
  std::vector<float> values(kPixels, depth_m);
  add_depth_noise(spec, key, values);
  return values;
}

class Noise : public ::testing::Test {
 protected:
  void TearDown() override { limit_isa("auto"); }
};

TEST_F(Noise, OfDepthGrowsWithTheSquareOfTheDistance) {
  CameraSpec spec;
  spec.depth_noise_m = 0.01F;
  spec.depth_noise_per_m = 0.003F;
  for (const float depth_m : {1.0F, 5.0F, 10.0F}) {
    const double wanted = 0.01 + 0.003 * depth_m * depth_m;
    const Moments m = moments_of(noisy(spec, depth_m));
    EXPECT_NEAR(m.deviation, wanted, kSpread * wanted) << depth_m;
    EXPECT_NEAR(m.mean, depth_m, 5 * wanted / 316.2) << depth_m;
  }
}

TEST_F(Noise, StaysWithinTheRangeAndLeavesNothingAlone) {
  CameraSpec spec;
  spec.near_m = 0.5F;
  spec.far_m = 4;
  spec.depth_noise_m = 2;
  for (const float v : noisy(spec, 2)) {
    EXPECT_GE(v, 0.5F);
    EXPECT_LE(v, 4);
  }
  for (const float v : noisy(spec, 4)) EXPECT_EQ(v, 4);
}

TEST_F(Noise, DropsTheShareOfPixelsThatTheSpecSays) {
  CameraSpec spec;
  spec.depth_dropout = 0.2F;
  const std::vector<float> values = noisy(spec, 3);
  const auto lost = std::count(values.begin(), values.end(), spec.far_m);
  // five standard deviations of the count
  EXPECT_NEAR(static_cast<double>(lost) / kPixels, 0.2, 5 * 0.4 / 316.2);
  EXPECT_EQ(static_cast<std::size_t>(lost + std::count(values.begin(), values.end(), 3.0F)),
            kPixels);
}

TEST_F(Noise, OfColorsIsThatOfEachChannel) {
  CameraSpec spec;
  spec.rgb_noise = 0.05F;
  std::vector<std::uint8_t> rgb(kPixels * 3, 128);
  add_rgb_noise(spec, {}, rgb);
  for (std::size_t c = 0; c < 3; ++c) {
    std::vector<std::uint8_t> channel;
    for (std::size_t i = c; i < rgb.size(); i += 3) channel.push_back(rgb[i]);
    const Moments m = moments_of(channel);
    // rounding to whole steps adds a twelfth to the variance
    const double wanted = std::sqrt(0.05 * 255 * 0.05 * 255 + 1.0 / 12);
    EXPECT_NEAR(m.deviation, wanted, kSpread * wanted);
    EXPECT_NEAR(m.mean, 128, 0.3);
  }
  EXPECT_NE(rgb[0], rgb[1]);
}

TEST_F(Noise, IsKeyedBySeedEpisodeAgentAndStep) {
  CameraSpec spec;
  spec.depth_noise_m = 0.1F;
  const NoiseKey key{11, 2, 3, 4};
  const std::vector<float> first = noisy(spec, 5, key);
  EXPECT_EQ(noisy(spec, 5, key), first);
  for (const NoiseKey& other : {NoiseKey{12, 2, 3, 4}, NoiseKey{11, 1, 3, 4}, NoiseKey{11, 2, 4, 4},
                                NoiseKey{11, 2, 3, 5}}) {
    const std::vector<float> values = noisy(spec, 5, other);
    int equal = 0;
    for (std::size_t i = 0; i < kPixels; ++i) equal += values[i] == first[i] ? 1 : 0;
    EXPECT_LT(equal, static_cast<int>(kPixels / 100));
  }
}

TEST_F(Noise, HasTheSameBitsWithEveryInstructionSet) {
  CameraSpec spec;
  spec.depth_noise_m = 0.1F;
  spec.depth_noise_per_m = 0.01F;
  spec.depth_dropout = 0.1F;
  spec.rgb_noise = 0.1F;
  std::vector<float> depth;
  std::vector<std::uint8_t> rgb;
  for (const std::string& set : available_isas()) {
    limit_isa(set);
    // no multiple of any vector
    std::vector<float> values(1003, 5.0F);
    add_depth_noise(spec, {1, 2, 3, 4}, values);
    std::vector<std::uint8_t> colors(1003 * 3, 100);
    add_rgb_noise(spec, {1, 2, 3, 4}, colors);
    if (depth.empty()) depth = values, rgb = colors;
    EXPECT_EQ(values, depth) << set;
    EXPECT_EQ(colors, rgb) << set;
  }
}

TEST_F(Noise, IsNoneWithoutAny) {
  for (const float v : noisy(CameraSpec{}, 3)) EXPECT_EQ(v, 3);
  std::vector<std::uint8_t> rgb(300, 77);
  add_rgb_noise(CameraSpec{}, {}, rgb);
  EXPECT_EQ(rgb, std::vector<std::uint8_t>(300, 77));
}

}  // namespace
}  // namespace volery::camera
