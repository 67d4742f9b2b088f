#include "task/procrustes_common.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace volery::task {
namespace {

using Points = std::vector<Vec3>;

// float coordinates of meters, squared and summed in double, then a root of their difference
constexpr float kRoundingM = 2e-6F;
// eigenvalues in double precision
constexpr double kRounding = 1e-13;

Points hexagon(float radius_m) {
  const float half = 0.5F * radius_m, height = std::sqrt(0.75F) * radius_m;
  return {{radius_m, 0, 0},  {half, height, 0},   {-half, height, 0},
          {-radius_m, 0, 0}, {-half, -height, 0}, {half, -height, 0}};
}

float rms(const Points& points, const Points& shape) {
  Procrustes procrustes;
  for (std::size_t i = 0; i < points.size(); ++i) procrustes.add(points[i], shape[i]);
  return procrustes.rms();
}

Points each(Points points, const auto& change) {
  for (Vec3& p : points) p = change(p);
  return points;
}

TEST(Procrustes, AShapeThatIsMovedAndTurnedIsTheSameShape) {
  const Quat turn{0.5F, -0.5F, 0.1F, std::sqrt(0.49F)};  // unit
  for (const Points& shape : {hexagon(1), Points{{0, 0, 0}, {1, 0, 0}, {2, 0, 0}, {4, 0, 0}},
                              Points{{1, 2, 3}, {-1, 0, 2}, {0, 5, 1}, {2, 2, 2}}}) {
    const Points moved = each(shape, [&](Vec3 p) { return rotate(turn, p) + Vec3{1, -2, 3}; });
    EXPECT_NEAR(rms(moved, shape), 0, kRoundingM);
    EXPECT_NEAR(rms(shape, moved), 0, kRoundingM);
  }
}

TEST(Procrustes, DoesNotScale) {
  // every corner is off by the growth of the radius, and no turn helps
  EXPECT_NEAR(rms(hexagon(1.25F), hexagon(1)), 0.25F, kRoundingM);
  // two points, half of the change of their distance each
  EXPECT_NEAR(rms({{0, 0, 0}, {3, 0, 0}}, {{0, 0, 0}, {0, 2, 0}}), 0.5F, kRoundingM);
}

TEST(Procrustes, DoesNotMirror) {
  const Points shape{{3, 0, 0}, {-3, 0, 0}, {0, 2, 0}, {0, -2, 0}, {0, 0, 1}, {0, 0, -1}};
  const Points mirrored = each(shape, [](Vec3 p) { return Vec3{p.x, p.y, -p.z}; });
  // sums of squares along the axes 18, 8, 2: the best turn leaves the least of them, four times
  EXPECT_NEAR(rms(mirrored, shape), std::sqrt(4 * 2.0F / 6), kRoundingM);
  // a flat shape is its own mirror image, turned over
  const Points flat = each(hexagon(1), [](Vec3 p) { return Vec3{p.x, -p.y, 0}; });
  EXPECT_NEAR(rms(flat, hexagon(1)), 0, kRoundingM);
}

TEST(Procrustes, OneThatStraysOutwardsCountsLessTheShiftOfTheMean) {
  Points points = hexagon(1);
  points[0].x += 0.6F;
  EXPECT_NEAR(rms(points, hexagon(1)), 0.6F * std::sqrt(5.0F) / 6, kRoundingM);
}

TEST(Procrustes, EveryOtherAboveAndBelowIsAllError) {
  Points points = hexagon(1);
  for (std::size_t i = 0; i < 6; ++i) points[i].z = i % 2 == 0 ? 0.3F : -0.3F;
  EXPECT_NEAR(rms(points, hexagon(1)), 0.3F, kRoundingM);
}

TEST(Procrustes, IsZeroForOneOrNone) {
  EXPECT_EQ(rms({}, {}), 0);
  EXPECT_EQ(rms({{1, 2, 3}}, {{4, 5, 6}}), 0);
}

TEST(Procrustes, FindsTheGreatestEigenvalue) {
  double diagonal[4][4] = {{1, 0, 0, 0}, {0, -7, 0, 0}, {0, 0, 3, 0}, {0, 0, 0, 2}};
  EXPECT_EQ(greatest_eigenvalue(diagonal), 3);
  // a multiple of the identity plus v v: that multiple plus |v|^2
  const double v[4] = {1, -2, 3, 0.5};
  double sum[4][4];
  for (int i = 0; i < 4; ++i) {
    for (int j = 0; j < 4; ++j) sum[i][j] = v[i] * v[j] + (i == j ? -4 : 0);
  }
  EXPECT_NEAR(greatest_eigenvalue(sum), 14.25 - 4, 14.25 * kRounding);
  double zero[4][4] = {};
  EXPECT_EQ(greatest_eigenvalue(zero), 0);
}

}  // namespace
}  // namespace volery::task
