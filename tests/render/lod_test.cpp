// Levels of detail: sizes, hysteresis, limits.
#include "render/lod.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace volery::render {
namespace {

Level level_of(float diameter_px, Level before = Level::kCulled, bool selected = false) {
  std::vector<Level> levels{before};
  const std::vector<float> diameters{diameter_px};
  const std::vector<std::uint8_t> full{static_cast<std::uint8_t>(selected ? 1 : 0)};
  select_levels(diameters, full, levels);
  return levels[0];
}

TEST(Lod, SizeDecides) {
  EXPECT_EQ(level_of(kCulled_px), Level::kCulled);
  EXPECT_EQ(level_of(0.1F), Level::kFar);
  EXPECT_EQ(level_of(7.9F), Level::kFar);
  EXPECT_EQ(level_of(8), Level::kNear);
  EXPECT_EQ(level_of(23.9F), Level::kNear);
  EXPECT_EQ(level_of(24), Level::kFull);
}

TEST(Lod, WhatWasLargerStaysSoWithinAFifth) {
  EXPECT_EQ(level_of(20, Level::kFull), Level::kFull);
  EXPECT_EQ(level_of(19, Level::kFull), Level::kNear);
  EXPECT_EQ(level_of(20, Level::kNear), Level::kNear);
  EXPECT_EQ(level_of(6.5F, Level::kNear), Level::kNear);
  EXPECT_EQ(level_of(6.3F, Level::kNear), Level::kFar);
  EXPECT_EQ(level_of(6.5F, Level::kFar), Level::kFar);
}

TEST(Lod, SelectedOnesAreFullUnlessOutOfView) {
  EXPECT_EQ(level_of(1, Level::kFar, true), Level::kFull);
  EXPECT_EQ(level_of(kCulled_px, Level::kFull, true), Level::kCulled);
}

TEST(Lod, TheLargestKeepTheirLevelBeyondTheLimits) {
  std::vector<float> diameters(3000);
  for (std::size_t i = 0; i < diameters.size(); ++i) diameters[i] = 30 + static_cast<float>(i);
  std::vector<std::uint8_t> full(diameters.size(), 0);
  full[0] = 1;  // the smallest, selected
  std::vector<Level> levels;
  select_levels(diameters, full, levels);
  EXPECT_EQ(levels[0], Level::kFull);
  EXPECT_EQ(std::count(levels.begin(), levels.end(), Level::kFull), kMostFull + 1);
  EXPECT_EQ(std::count(levels.begin(), levels.end(), Level::kNear), kMostNear);
  EXPECT_EQ(levels[2999], Level::kFull);
  EXPECT_EQ(levels[2999 - kMostFull], Level::kNear);
  EXPECT_EQ(levels[1], Level::kFar);
}

}  // namespace
}  // namespace volery::render
