// When vehicles are counted instead of drawn, and that each is counted once.
#include "render/density.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "pictures.hpp"
#include "render/palette.hpp"

namespace volery::render::testing {
namespace {

View view_of() {
  return View(look_at({0, 0, 300}, {0, 0, 0}), 400, 300, Extent{});
}

TEST(Density, EachVehicleIsInTheSquareBelowIt) {
  const std::vector<Vec3> at{{-0.1F, 0.1F, 3}, {0.1F, 0.1F, 7}, {0.9F, 0.3F, 2}, {5.5F, -3.2F, 4}};
  const Density density = density_of(at, 0.7F);
  EXPECT_EQ(density.cell_m, 1);
  EXPECT_EQ(density.low_w_m, (std::array<double, 2>{-1, -4}));
  EXPECT_EQ(density.columns, 7);
  EXPECT_EQ(density.rows, 5);
  EXPECT_EQ(density.total, 4);
  EXPECT_EQ(density.most, 2);
  EXPECT_EQ(density.lowest_w_m, 2);
  const auto count = [&](int column, int row) {
    return density.counts[static_cast<std::size_t>(row * density.columns + column)];
  };
  EXPECT_EQ(count(0, 4), 1);
  EXPECT_EQ(count(1, 4), 2);
  EXPECT_EQ(count(6, 0), 1);
  EXPECT_EQ(std::accumulate(density.counts.begin(), density.counts.end(), 0), 4);
}

TEST(Density, SquaresAreOneTwoOrFiveAndNeverTooMany) {
  const std::vector<Vec3> near{{0, 0, 0}, {1, 1, 0}};
  EXPECT_FLOAT_EQ(density_of(near, 0.011F).cell_m, 0.02F);
  EXPECT_FLOAT_EQ(density_of(near, 0.02F).cell_m, 0.02F);
  EXPECT_FLOAT_EQ(density_of(near, 0.021F).cell_m, 0.05F);
  EXPECT_FLOAT_EQ(density_of(near, 7).cell_m, 10);
  const std::vector<Vec3> wide{{-30000, 2, 0}, {30000, 1, 0}};
  const Density density = density_of(wide, 0.1F);
  EXPECT_FLOAT_EQ(density.cell_m, 500);
  EXPECT_LE(density.columns, Density::kMostCells);
  EXPECT_EQ(density.rows, 1);
  EXPECT_TRUE(density_of({}, 1).empty());
}

TEST(Density, TheImageShowsNothingWhereNobodyIs) {
  const Density density =
      density_of(std::vector<Vec3>{{0.5F, 0.5F, 0}, {2.5F, 0.5F, 0}, {2.6F, 0.5F, 0}}, 1);
  const std::vector<std::uint8_t> image = image_of(density);
  ASSERT_EQ(image.size(), 12U);
  EXPECT_EQ((Color{image[0], image[1], image[2]}), viridis(0));
  EXPECT_GT(image[3], 200);
  EXPECT_EQ(image[7], 0);
  EXPECT_EQ((Color{image[8], image[9], image[10]}), viridis(1));
}

TEST(Density, ViridisHasItsEndsAndTheColorsBetween) {
  EXPECT_EQ(viridis(0), (Color{0x44, 0x01, 0x54}));
  EXPECT_EQ(viridis(0.5F), (Color{0x21, 0x91, 0x8C}));
  EXPECT_EQ(viridis(1), (Color{0xFD, 0xE7, 0x25}));
  EXPECT_EQ(viridis(-1), viridis(0));
  EXPECT_EQ(viridis(2), viridis(1));
  EXPECT_EQ(viridis(0.0625F), (Color{0x46, 0x17, 0x68})) << "half way between the first two";
}

TEST(Density, ACrowdIsManyOrManyToAPixel) {
  const View view = view_of();
  std::vector<Vec3> spread;
  for (int i = 0; i < kMostPoints; ++i) {
    spread.push_back(
        view.relative({static_cast<float>(i % 250) - 125, static_cast<float>(i / 250) - 100, 0}));
  }
  EXPECT_FALSE(is_crowd(spread, view, false));
  spread.push_back(spread[0]);
  EXPECT_TRUE(is_crowd(spread, view, false));
  // once it is one it stays one until a fifth has gone
  spread.resize(40001);
  EXPECT_FALSE(is_crowd(spread, view, false));
  EXPECT_TRUE(is_crowd(spread, view, true));
  spread.resize(40000);
  EXPECT_FALSE(is_crowd(spread, view, true));
  // all in one square of 8 x 8 pixels
  const std::vector<Vec3> heap(8 * 8 * kMostPerPixel, view.relative({1, 1, 0}));
  EXPECT_FALSE(is_crowd(heap, view, false));
  std::vector<Vec3> more = heap;
  more.push_back(heap[0]);
  EXPECT_TRUE(is_crowd(more, view, false));
  EXPECT_FALSE(is_crowd({}, view, false));
}

TEST(Density, AMapIsDrawnWhereTheVehiclesAreAndSaidSo) {
  const Stage stage = stage_of("empty", {"cf2x"});
  const auto renderer = offscreen(stage);
  VOLERY_NEEDS(renderer);
  Frame frame;
  for (int i = 0; i <= kMostPoints; ++i) {
    // twice as many in the east as in the west
    const float x = static_cast<float>(i % 300) / 3, y = static_cast<float>(i / 300);
    frame.vehicles.push_back(
        body_at({x < 66 ? x - 66 : 2 * (x - 66), y - 83, 5}, static_cast<std::uint32_t>(i)));
  }
  frame.vehicles[7].flags = kBodySelected;
  const Camera camera = look_at({0, 0, 400}, {0, 0, 0});
  const Picture picture = take(*renderer, frame, camera, 160, 120);
  const DrawStats& stats = renderer->stats();
  EXPECT_EQ(stats.vehicles, kMostPoints + 1);
  EXPECT_EQ(stats.vehicles_mapped, kMostPoints);
  EXPECT_EQ(stats.vehicles_far, 0);
  EXPECT_EQ(stats.vehicles_full, 1) << "the selected one is still itself";
  EXPECT_GT(stats.map_cell_m, 0);
  EXPECT_GE(stats.map_most, 2);
  // yellow and green where the squares are full, dark ground where nobody is
  const Color full = picture.at(70, 60), ground = picture.at(5, 5);
  EXPECT_GT(full.g, ground.g + 60);
  // whoever picks gets a vehicle, not a map
  std::vector<std::uint32_t> ids(std::size_t{160} * 120);
  renderer->segmentation(frame, camera, 160, 120, ids);
  EXPECT_GT(ids[60 * 160 + 70], 0U);
  EXPECT_LE(ids[60 * 160 + 70], static_cast<std::uint32_t>(kMostPoints) + 1);
  EXPECT_EQ(renderer->stats().vehicles_far, kMostPoints);
}

}  // namespace
}  // namespace volery::render::testing
