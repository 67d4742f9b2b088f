// Paths of fewer points: what is kept, and that the rest is not missed.
#include "render/polyline.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/rng.hpp"

namespace volery::render {
namespace {

constexpr PathTolerance kTolerance{0.2F, 0.1F, 0.04F};

std::vector<int> kept_of(const std::vector<PathPoint>& path) {
  std::vector<int> kept;
  straighten(path, kTolerance, kept);
  return kept;
}

PathPoint at(float x_px, float y_px, float depth = 0, float share = 0) {
  return {x_px, y_px, depth, share};
}

TEST(Polyline, AStraightLineIsItsEnds) {
  EXPECT_EQ(kept_of({at(0, 0), at(1, 2), at(3, 6), at(5, 10)}), (std::vector<int>{0, 3}));
}

TEST(Polyline, FewPointsStayAsTheyAre) {
  EXPECT_EQ(kept_of({}), (std::vector<int>{}));
  EXPECT_EQ(kept_of({at(4, 4)}), (std::vector<int>{0}));
  EXPECT_EQ(kept_of({at(4, 4), at(4, 4)}), (std::vector<int>{0, 1}));
}

TEST(Polyline, WhoStandsStillIsItsEnds) {
  EXPECT_EQ(kept_of({at(4, 4), at(4.1F, 4), at(4, 4.1F), at(4, 4)}), (std::vector<int>{0, 3}));
}

TEST(Polyline, CornersStay) {
  EXPECT_EQ(kept_of({at(0, 0), at(5, 0), at(10, 0), at(10, 5), at(10, 10)}),
            (std::vector<int>{0, 2, 4}));
}

TEST(Polyline, ThereAndBackIsNotAPoint) {
  EXPECT_EQ(kept_of({at(0, 0), at(5, 0), at(10, 0), at(5, 0), at(0, 0)}),
            (std::vector<int>{0, 2, 4}));
}

TEST(Polyline, WhatChangesOnlyColorOrDepthStays) {
  EXPECT_EQ(kept_of({at(0, 0), at(5, 0, 0, 0.5F), at(10, 0, 0, 0.5F)}),
            (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(kept_of({at(0, 0), at(5, 0, 2), at(10, 0, 0)}), (std::vector<int>{0, 1, 2}));
}

TEST(Polyline, NoPointIsMissedByMoreThanTheTolerance) {
  Rng rng(5, 0, Stream::kTask, 0, 0);
  for (int round = 0; round < 50; ++round) {
    std::vector<PathPoint> path;
    PathPoint now;
    float way_x = 1, way_y = 0;
    for (int i = 0; i < 64; ++i) {
      way_x += rng.uniform(-0.3F, 0.3F), way_y += rng.uniform(-0.3F, 0.3F);
      now = at(now.x_px + way_x, now.y_px + way_y, static_cast<float>(i) * 0.01F,
               static_cast<float>(i) / 63);
      path.push_back(now);
    }
    const std::vector<int> kept = kept_of(path);
    ASSERT_EQ(kept.front(), 0);
    ASSERT_EQ(kept.back(), 63);
    ASSERT_TRUE(std::is_sorted(kept.begin(), kept.end()));
    EXPECT_LT(kept.size(), path.size());
    for (std::size_t k = 0; k + 1 < kept.size(); ++k) {
      const PathPoint a = path[static_cast<std::size_t>(kept[k])];
      const PathPoint b = path[static_cast<std::size_t>(kept[k + 1])];
      for (int i = kept[k]; i <= kept[k + 1]; ++i) {
        const PathPoint p = path[static_cast<std::size_t>(i)];
        // by brute force along the stretch
        float best = 1e9F;
        for (int step = 0; step <= 1000; ++step) {
          const float s = static_cast<float>(step) / 1000;
          best = std::min(best, std::hypot(a.x_px + s * (b.x_px - a.x_px) - p.x_px,
                                           a.y_px + s * (b.y_px - a.y_px) - p.y_px));
        }
        EXPECT_LE(best, kTolerance.distance_px + 0.01F) << round << " " << i;
      }
    }
  }
}

}  // namespace
}  // namespace volery::render
