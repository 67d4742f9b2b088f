#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/rng.hpp"
#include "policy/voronoi_common.hpp"
#include "tests/policy/observation.hpp"

namespace volery {
namespace {

using policy::centroid_of;
using policy::cut_nearer_to;
using policy::rectangle;
using test::act;
using test::make_error;
using test::Observation;

struct Point {
  float x, y;
};

std::vector<Point> scattered(int num, std::uint64_t seed) {
  Rng rng(seed, 0, Stream::kTask);
  std::vector<Point> points;
  for (int i = 0; i < num; ++i) points.push_back({rng.uniform(-5, -2), rng.uniform(-5, -2)});
  return points;
}

policy::Centroid cell_of(const std::vector<Point>& points, std::size_t i) {
  const Point p = points[i];
  policy::Polygon cell = rectangle(-5 - p.x, -5 - p.y, 5 - p.x, 5 - p.y);
  for (std::size_t j = 0; j < points.size(); ++j) {
    if (j != i) cut_nearer_to(cell, points[j].x - p.x, points[j].y - p.y);
  }
  return centroid_of(cell);
}

// The locational cost over the square by brute force, as a share of its hexagonal bound.
double cost_ratio(const std::vector<Point>& points) {
  constexpr int kCells = 100;
  double sum = 0;
  for (int i = 0; i < kCells * kCells; ++i) {
    const double x = -5 + (i % kCells + 0.5) / 10, y = -5 + (i / kCells + 0.5) / 10;
    double least = 1e9;
    for (const Point& p : points) {
      least = std::min(least, (p.x - x) * (p.x - x) + (p.y - y) * (p.y - y));
    }
    sum += least * 0.01;
  }
  return sum / (0.160375 * 1e4 / static_cast<double>(points.size()));
}

TEST(Voronoi, CentroidsAreThoseOfTheShapes) {
  const policy::Centroid c = centroid_of(rectangle(-1, -2, 3, 2));
  EXPECT_FLOAT_EQ(c.area, 16);
  EXPECT_FLOAT_EQ(c.x, 1);
  EXPECT_FLOAT_EQ(c.y, 0);
  // the triangle that a diagonal cut leaves: a third of the way from its right angle
  policy::Polygon corner = rectangle(0, 0, 1, 1);
  cut_nearer_to(corner, 1, 1);
  const policy::Centroid t = centroid_of(corner);
  EXPECT_NEAR(t.area, 0.5F, 1e-6F);
  EXPECT_NEAR(t.x, 1.0F / 3, 1e-6F);
  EXPECT_NEAR(t.y, 1.0F / 3, 1e-6F);
}

TEST(Voronoi, CellsPartTheSquareAmongTheAgents) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const std::vector<Point> points = scattered(16, seed);
    float sum = 0;
    for (std::size_t i = 0; i < points.size(); ++i) sum += cell_of(points, i).area;
    EXPECT_NEAR(sum, 100, 1e-3F);
  }
}

TEST(Voronoi, LloydsStepsDescendTheCostToNearItsBound) {
  std::vector<Point> points = scattered(16, 7);
  double before = cost_ratio(points);
  EXPECT_GT(before, 5);
  for (int step = 0; step < 60; ++step) {
    std::vector<Point> moved = points;
    for (std::size_t i = 0; i < points.size(); ++i) {
      const policy::Centroid c = cell_of(points, i);
      moved[i] = {points[i].x + c.x, points[i].y + c.y};
    }
    points = moved;
    const double now = cost_ratio(points);
    EXPECT_LE(now, before + 1e-3) << step;  // the lattice's error
    before = now;
  }
  EXPECT_GT(before, 1);
  EXPECT_LT(before, 1.1);
}

TEST(Voronoi, ACutWithMoreCornersThanFitIsLeftOut) {
  policy::Polygon full = rectangle(-1, -1, 1, 1);
  full.num = policy::Polygon::kMost;
  cut_nearer_to(full, 0.1F, 0);
  EXPECT_EQ(full.num, policy::Polygon::kMost);
}

Observation::Widths widths() {
  Observation::Widths all = Observation::all(3);
  all.emplace_back("task", 5);
  return all;
}

std::vector<float> fly(const Observation& observation) {
  return act("lloyd", observation, load_vehicle("cf2x"), "velocity");
}

TEST(LloydPolicy, AloneItGoesToTheMiddleOfTheArea) {
  Observation observation(widths());
  const float edges[5] = {8, 5, 2, 5, 0.3F};  // east, north, west, south, climb
  std::copy_n(edges, 5, observation.group("task"));
  const std::vector<float> action = fly(observation);
  EXPECT_GT(action[0], 0.1F);
  EXPECT_NEAR(action[1], 0, 1e-5F);
  EXPECT_GT(action[2], 0);
}

TEST(LloydPolicy, LeavesTheirPartToTheNeighborsItSees) {
  Observation observation(widths());
  const float edges[5] = {5, 5, 5, 5, 0};
  std::copy_n(edges, 5, observation.group("task"));
  EXPECT_NEAR(fly(observation)[0], 0, 1e-5F);
  observation.set_neighbor(0, {2, 0, 0}, {0, 0, 0});
  EXPECT_LT(fly(observation)[0], -0.1F);
  // a slot that nobody fills changes nothing
  observation.group("neighbors")[6] = 0;
  EXPECT_NEAR(fly(observation)[0], 0, 1e-5F);
}

TEST(LloydPolicy, BacksOffFromANeighborThatIsTooNear) {
  Observation observation(widths());
  const float edges[5] = {9, 5, 1, 5, 0};
  std::copy_n(edges, 5, observation.group("task"));
  observation.set_neighbor(1, {0.2F, 0, 0}, {0, 0, 0});
  EXPECT_LE(fly(observation)[0], 0);
}

TEST(LloydPolicy, NamesTheSensorThatIsMissing) {
  for (const char* missing : {"velocity", "neighbors", "task"}) {
    Observation::Widths some;
    for (const auto& group : widths()) {
      if (group.first != missing) some.push_back(group);
    }
    EXPECT_NE(make_error("lloyd", some, "velocity").find(missing), std::string::npos) << missing;
  }
}

}  // namespace
}  // namespace volery
