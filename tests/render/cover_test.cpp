// Squares of a picture that solids lie in: never too few, and not all of them.
#include "render/cover.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "core/rng.hpp"

namespace volery::render {
namespace {

constexpr int kWidth = 200, kHeight = 150;

View view_of(float height_m = 0) {
  Camera camera = look_at({-4, -3, 3}, {0, 0, 1});
  camera.height_m = height_m;
  return View(camera, kWidth, kHeight, {{0, 0, 0}, 10, 1});
}

/// How often each pixel is in a box.
std::vector<int> pixels_of(const Cover& cover) {
  std::vector<int> pixels(kWidth * kHeight, 0);
  for (const PixelBox& box : cover.boxes()) {
    for (int y = box.y; y < box.y + box.height; ++y) {
      for (int x = box.x; x < box.x + box.width; ++x)
        ++pixels.at(static_cast<std::size_t>(y * kWidth + x));
    }
  }
  return pixels;
}

void expect_holds(const std::vector<int>& pixels, const View& view, Vec3 at, int round) {
  float x = 0, y = 0;
  if (!view.project(at, x, y) || x < 0 || y < 0 || x >= kWidth || y >= kHeight) return;
  const auto i = static_cast<std::size_t>(static_cast<int>(y) * kWidth + static_cast<int>(x));
  EXPECT_EQ(pixels[i], 1) << "round " << round << " pixel " << x << " " << y;
}

TEST(Cover, NothingIsNoBox) {
  const View view = view_of();
  EXPECT_TRUE(Cover(view).boxes().empty());
}

TEST(Cover, EverythingIsOneBox) {
  const View view = view_of();
  Cover cover(view);
  cover.add_all();
  EXPECT_EQ(cover.boxes(), (std::vector<PixelBox>{{0, 0, kWidth, kHeight}}));
}

TEST(Cover, HoldsEveryPointOfABallOnce) {
  for (const float height_m : {0.0F, 8.0F}) {
    const View view = view_of(height_m);
    for (int round = 0; round < 60; ++round) {
      Rng rng(3, 0, Stream::kTask, 0, static_cast<std::uint32_t>(round));
      const Vec3 center{rng.uniform(-3, 3), rng.uniform(-3, 3), rng.uniform(0, 3)};
      const float radius = rng.uniform(0.05F, 0.8F);
      Cover cover(view);
      cover.add_ball(view.relative(center), radius);
      const std::vector<int> pixels = pixels_of(cover);
      for (int i = 0; i < 200; ++i) {
        Vec3 way{rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(-1, 1)};
        way = way * (radius / std::sqrt(dot(way, way)));
        expect_holds(pixels, view, view.relative(center + way), round);
      }
    }
  }
}

TEST(Cover, HoldsEveryPointOfABoxOnce) {
  const View view = view_of();
  for (int round = 0; round < 60; ++round) {
    Rng rng(4, 0, Stream::kTask, 0, static_cast<std::uint32_t>(round));
    const Vec3 low{rng.uniform(-3, 3), rng.uniform(-3, 3), rng.uniform(0, 3)};
    const Vec3 size{rng.uniform(0, 1), rng.uniform(0, 1), rng.uniform(0, 1)};
    Cover cover(view);
    cover.add_box(view.relative(low), view.relative(low + size));
    const std::vector<int> pixels = pixels_of(cover);
    for (int i = 0; i < 200; ++i) {
      const Vec3 at{low.x + rng.uniform(0, 1) * size.x, low.y + rng.uniform(0, 1) * size.y,
                    low.z + rng.uniform(0, 1) * size.z};
      expect_holds(pixels, view, view.relative(at), round);
    }
  }
}

TEST(Cover, HoldsEveryPointOfAPolygonOnce) {
  for (const float height_m : {0.0F, 8.0F}) {
    const View view = view_of(height_m);
    for (int round = 0; round < 60; ++round) {
      Rng rng(6, 0, Stream::kTask, 0, static_cast<std::uint32_t>(round));
      const auto draw = [&] {
        return view.relative({rng.uniform(-9, 9), rng.uniform(-9, 9), rng.uniform(0, 4)});
      };
      // some reach behind the eye
      const std::array<Vec3, 3> corners{draw(), draw(), draw()};
      Cover cover(view);
      cover.add_polygon(corners);
      const std::vector<int> pixels = pixels_of(cover);
      for (int i = 0; i < 200; ++i) {
        const float s = rng.uniform(0, 1), t = rng.uniform(0, 1 - s);
        const Vec3 at = corners[0] + (corners[1] - corners[0]) * s + (corners[2] - corners[0]) * t;
        expect_holds(pixels, view, at, round);
      }
    }
  }
}

TEST(Cover, AThinDiagonalLeavesTheCornersOut) {
  const View view = view_of(8);
  Cover cover(view);
  const Vec3 a = view.right * 4 - view.up * 3, b = view.right * -4 + view.up * 3;
  const std::array<Vec3, 3> corners{a, b, b + view.up * 0.1F};
  cover.add_polygon(corners);
  int covered = 0;
  for (const int count : pixels_of(cover)) covered += count;
  EXPECT_GT(covered, kWidth * kHeight / 20);
  EXPECT_LT(covered, kWidth * kHeight / 4);
}

TEST(Cover, AFarBallIsAFewSquares) {
  const View view = view_of();
  Cover cover(view);
  cover.add_ball(view.relative({0, 0, 1}), 0.05F);
  int covered = 0;
  for (const int count : pixels_of(cover)) covered += count;
  EXPECT_GE(covered, Cover::kSquare_px * Cover::kSquare_px);
  EXPECT_LE(covered, 4 * Cover::kSquare_px * Cover::kSquare_px);
}

TEST(Cover, WhatReachesBehindTheEyeMayBeAnywhere) {
  const View view = view_of();
  Cover ball(view), box(view);
  ball.add_ball({0, 0, 0}, 0.5F);
  box.add_box({-1, -1, -1}, {1, 1, 1});
  EXPECT_EQ(ball.boxes(), (std::vector<PixelBox>{{0, 0, kWidth, kHeight}}));
  EXPECT_EQ(box.boxes(), (std::vector<PixelBox>{{0, 0, kWidth, kHeight}}));
}

}  // namespace
}  // namespace volery::render
