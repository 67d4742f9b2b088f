#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/rng.hpp"
#include "policy/orca_common.hpp"
#include "tests/policy/observation.hpp"

namespace volery {
namespace {

using policy::Encounter;
using policy::HalfSpace;
using test::act;
using test::Observation;

float length(Vec3 v) {
  return std::sqrt(dot(v, v));
}

Vec3 draw(Rng& rng, float reach) {
  const float x = rng.uniform(-reach, reach), y = rng.uniform(-reach, reach);
  return {x, y, rng.uniform(-reach, reach)};
}

// least distance of two bodies that go on for the horizon; the oracle of a velocity obstacle
float least_distance(Vec3 offset, Vec3 closing, float horizon_s) {
  const float speed2 = dot(closing, closing);
  const float t = speed2 > 0 ? std::clamp(dot(offset, closing) / speed2, 0.0F, horizon_s) : 0.0F;
  return length(offset - closing * t);
}

// The half space's border is as far from the own velocity as half the least change that ends on the
// border of the velocity obstacle: there the least distance within the horizon is the radius.
TEST(Orca, TheChangeEndsWhereBodiesJustTouch) {
  Rng rng(1, 0, Stream::kTask);
  int avoiding = 0;
  for (int i = 0; i < 2000; ++i) {
    const Encounter encounter{.offset_m = draw(rng, 1.2F),
                              .closing_mps = draw(rng, 2),
                              .radius_m = rng.uniform(0.2F, 0.6F)};
    if (length(encounter.offset_m) < encounter.radius_m * 1.05F) continue;
    const Vec3 own = draw(rng, 1);
    const HalfSpace space = policy::orca_half_space(encounter, own, 0.5F);
    EXPECT_NEAR(length(space.normal), 1, 1e-5F);
    const Vec3 change = (space.point_mps - own) * 2;
    const float before =
        least_distance(encounter.offset_m, encounter.closing_mps, encounter.horizon_s);
    const float after =
        least_distance(encounter.offset_m, encounter.closing_mps + change, encounter.horizon_s);
    // 1 mm: the sine of grazing angles costs digits
    EXPECT_NEAR(after, encounter.radius_m, 1e-3F) << i;
    // bodies on their way to touch have to change, others have some to spare
    const bool must_change = dot(own - space.point_mps, space.normal) < 0;
    if (std::fabs(before - encounter.radius_m) > 1e-3F) {
      EXPECT_EQ(must_change, before < encounter.radius_m) << i;
    }
    avoiding += must_change ? 1 : 0;
    // no shorter change leads out: neither do others of 0.95 of its length
    if (!must_change || length(change) < 0.01F) continue;
    for (int k = 0; k < 20; ++k) {
      const Vec3 way = draw(rng, 1);
      const Vec3 shorter = way * (0.95F * length(change) / length(way));
      EXPECT_LT(
          least_distance(encounter.offset_m, encounter.closing_mps + shorter, encounter.horizon_s),
          encounter.radius_m)
          << i;
    }
  }
  EXPECT_GT(avoiding, 50);
}

TEST(Orca, TallBodiesKeepFartherApartAboveThanBeside) {
  const auto turn_of = [](Vec3 offset) {
    const HalfSpace space = policy::orca_half_space({.offset_m = offset,
                                                     .closing_mps = {0, 0, 0},
                                                     .radius_m = 0.3F,
                                                     .horizon_s = 1,
                                                     .tallness = 2},
                                                    {}, 0.5F);
    return dot(Vec3{} - space.point_mps, space.normal);  // positive: to spare
  };
  EXPECT_GT(turn_of({0.4F, 0, 0}), 0);
  EXPECT_LT(turn_of({0, 0, 0.4F}), 0);
  EXPECT_NEAR(turn_of({0, 0, 0.6F}), 0, 1e-3F);
}

std::vector<HalfSpace> draw_spaces(Rng& rng, int count, float least_m, float most_m) {
  std::vector<HalfSpace> spaces;
  while (static_cast<int>(spaces.size()) < count) {
    const Vec3 way = draw(rng, 1);
    if (length(way) < 0.1F) continue;
    const Vec3 normal = way * (1 / length(way));
    spaces.push_back({normal * rng.uniform(least_m, most_m), normal});
  }
  return spaces;
}

float worst_of(const std::vector<HalfSpace>& spaces, Vec3 v) {
  float worst = -1e9F;
  for (const HalfSpace& s : spaces) worst = std::max(worst, dot(s.point_mps - v, s.normal));
  return worst;
}

// No point of a fine sample that is allowed lies nearer to the wish than the result.
TEST(Orca, TheProgramFindsTheNearestAllowedVelocity) {
  Rng rng(2, 0, Stream::kTask);
  int bent = 0;
  for (int i = 0; i < 100; ++i) {
    const std::vector<HalfSpace> spaces = draw_spaces(rng, 8, -1.0F, 0.2F);
    const Vec3 wish = draw(rng, 2);
    Vec3 best{9, 9, 9};
    if (!policy::nearest_velocity(spaces.data(), 8, 1.5F, wish, &best)) {
      EXPECT_EQ(best, (Vec3{9, 9, 9}));
      continue;
    }
    EXPECT_LE(length(best), 1.5F + 1e-4F);
    EXPECT_LE(worst_of(spaces, best), 1e-4F) << i;
    bent += length(best - wish) > 0.01F ? 1 : 0;
    const float nearest = length(best - wish);
    for (int k = 0; k < 5000; ++k) {
      const Vec3 v = k % 2 == 0 ? draw(rng, 1.5F) : best + draw(rng, 0.05F);
      if (length(v) > 1.5F || worst_of(spaces, v) > 0) continue;
      EXPECT_GE(length(v - wish), nearest - 1e-4F) << i;
    }
  }
  EXPECT_GT(bent, 50);
}

TEST(Orca, WhereNothingIsAllowedTheWorstViolationIsLeast) {
  Rng rng(3, 0, Stream::kTask);
  for (int i = 0; i < 50; ++i) {
    const std::vector<HalfSpace> spaces = draw_spaces(rng, 10, 0.1F, 0.6F);
    const Vec3 best = policy::safest_velocity(spaces.data(), 10, 0, 1, {0.5F, 0, 0});
    const float worst = worst_of(spaces, best);
    EXPECT_LE(length(best), 1 + 1e-4F);
    for (int k = 0; k < 5000; ++k) {
      const Vec3 v = draw(rng, 1);
      if (length(v) > 1) continue;
      // 1 mm/s is how far the bisection goes; where all is allowed the worst may be anything below
      EXPECT_GE(worst_of(spaces, v), (worst > 0 ? worst : -1) - 2e-3F) << i;
    }
  }
}

TEST(Orca, HardHalfSpacesDoNotGiveWay) {
  // a wall at hand on the right, an agent that pushes to the right
  const HalfSpace spaces[2] = {{{0, 0, 0}, {-1, 0, 0}}, {{0.5F, 0, 0}, {1, 0, 0}}};
  EXPECT_NEAR(policy::safest_velocity(spaces, 2, 1, 1, {1, 0, 0}).x, 0, 2e-3F);
  EXPECT_NEAR(policy::safest_velocity(spaces, 2, 0, 1, {1, 0, 0}).x, 0.25F, 2e-3F);
}

std::vector<float> fly(const Observation& observation) {
  return act("orca", observation, load_vehicle("cf2x"), "velocity");
}

TEST(OrcaPolicy, FliesStraightWhereNobodyIsInTheWay) {
  Observation observation(Observation::all());
  observation.set("goal", {2, 0, 0});
  observation.set_neighbor(0, {0, 2, 0}, {0, 0, 0});
  const auto action = fly(observation);
  EXPECT_GT(action[0], 0.3F);
  EXPECT_EQ(action[1], 0);
  EXPECT_EQ(action[2], 0);
}

TEST(OrcaPolicy, TurnsRightBeforeAnOncomingAgentAndStopsBeforeAWall) {
  Observation agent(Observation::all());
  agent.set("goal", {3, 0, 0});
  agent.set("velocity", {1, 0, 0});
  agent.set_neighbor(0, {1, 0, 0}, {-2, 0, 0});
  EXPECT_LT(fly(agent)[1], -0.05F);

  Observation wall(Observation::all());
  wall.set("goal", {3, 0, 0});
  wall.fill("rangefinder", 0.12F);
  const auto action = fly(wall);
  for (int i = 0; i < 2; ++i) EXPECT_NEAR(action[static_cast<std::size_t>(i)], 0, 0.05F);
}

// what 16 beams tell of discs of 0.6 m
Observation among_pillars(const std::vector<Vec3>& centers, Vec3 goal) {
  Observation observation(Observation::all(2, 16));
  observation.set("goal", goal);
  for (int beam = 0; beam < 16; ++beam) {
    const double angle = 2 * 3.14159265358979 * beam / 16;
    const Vec3 way{static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle)), 0};
    float& range_m = observation.group("rangefinder")[beam];
    for (const Vec3 c : centers) {
      const float ahead_m = dot(c, way);
      const float within2 = 0.09F - (dot(c, c) - ahead_m * ahead_m);
      if (ahead_m > 0 && within2 > 0) range_m = std::min(range_m, ahead_m - std::sqrt(within2));
    }
  }
  return observation;
}

TEST(OrcaPolicy, FliesThroughAGapOf40CmAndRoundWhatStandsAhead) {
  // between two pillars, straight on
  const auto gap = fly(among_pillars({{0.6F, 0.5F, 0}, {0.6F, -0.5F, 0}}, {3, 0, 0}));
  EXPECT_GT(gap[0], 0.05F);
  EXPECT_NEAR(gap[1], 0, 0.02F);
  // one ahead, and one to its right that leaves a gap to it: round the left, and off it
  const auto round = fly(among_pillars({{0.7F, -0.05F, 0}, {0.7F, -1.05F, 0}}, {3, 0, 0}));
  EXPECT_GT(round[1], 0.05F);
  // in a cell with pillars in all eight around, where no way is wide: out between two of them
  std::vector<Vec3> grid;
  for (float x = -1; x < 1.5F; ++x) {
    for (float y = -1; y < 1.5F; ++y) {
      if (x != 0 || y != 0) grid.push_back({x, y, 0});
    }
  }
  const auto out = fly(among_pillars(grid, {3, 0, 0}));
  EXPECT_GT(std::hypot(out[0], out[1]), 0.05F);
}

TEST(OrcaPolicy, TakesTheRaysOfALidarAsBeams) {
  // the same pillar ahead and to the left, seen by either sensor; a floor near below
  const auto fly_with = [](const Observation::Widths& widths, const char* sensor) {
    Observation observation(widths);
    observation.fill(sensor, 4);
    observation.group("rangefinder")[observation.groups["rangefinder"].count - 1] = 0.1F;
    observation.set("goal", {3, 0.2F, -1});
    for (const int beam : {0, 1, 2}) observation.group(sensor)[beam] = 0.4F;
    return fly(observation);
  };
  const auto by_beams = fly_with(Observation::all(2, 16), "rangefinder");
  Observation::Widths with_lidar = Observation::all(2, 0);
  with_lidar.emplace_back("lidar", 16);
  EXPECT_EQ(fly_with(with_lidar, "lidar"), by_beams);
  EXPECT_LT(by_beams[1], 0);
}

TEST(OrcaPolicy, BacksOffFromWhomItIsTooNear) {
  Observation observation(Observation::all());
  observation.set_neighbor(1, {0.15F, 0, 0}, {0, 0, 0});
  EXPECT_LT(fly(observation)[0], -0.02F);
}

TEST(OrcaPolicy, NamesTheSensorThatIsMissing) {
  for (const char* missing : {"velocity", "goal", "neighbors"}) {
    Observation::Widths widths;
    for (const auto& group : Observation::all()) {
      if (group.first != missing) widths.push_back(group);
    }
    EXPECT_NE(test::make_error("orca", widths, "velocity").find(missing), std::string::npos)
        << missing;
  }
  // without beams it flies on neighbors alone
  EXPECT_EQ(test::make_error("orca", {{"velocity", 3}, {"goal", 3}, {"neighbors", 7}}, "velocity"),
            "");
}

}  // namespace
}  // namespace volery
