// Bounds at their limit, and both ways to find pairs.
#include "contact/near_set.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "contact/all_pairs.hpp"
#include "core/isa.hpp"
#include "tests/contact/crash_worlds.hpp"

namespace volery::contact::test {
namespace {

TEST(SweptBound, HoldsAtFullThrustTowardsTheFloorAndEachOther) {
  // starts 50 um apart, so that some come within the threshold just at the window's end; a bound
  // that leaves out a tenth of the acceleration is found
  RigConfig config;
  config.scene.statics = {floor_plane()};
  config.vehicle = small_drone();
  config.contact.audit = true;
  config.num_worlds = 600;
  config.num_agents = 3;
  Rig rig(config);
  const float full_n = rig.vehicle().max_thrust_n;
  for (int w = 0; w < 600; ++w) {
    const float gap_m = 5e-5F * static_cast<float>(w);
    // upside down above the floor; and two that push towards each other
    rig.place(3 * w, {0, 0, 0.0625F + gap_m}, {}, {1, 0, 0, 0});
    const float half = 0.70710678F;
    rig.place(3 * w + 1, {0, 0, 5}, {}, {0, half, 0, half});
    rig.place(3 * w + 2, {0.1238F + 2 * gap_m, 0, 5}, {}, {0, -half, 0, half});
    for (int i = 0; i < 3; ++i) rig.slab().agents.at(3 * w + i, kThrust) = full_n;
  }
  rig.run_window();
  EXPECT_EQ(rig.worker().stats().audit_failures, 0U);
}

/// Spheres at random places of a room; one is lost far away, one takes no part.
struct Spheres {
  Spheres(int count, float large_share, bool flat) {
    Rng rng(1, 0, Stream::kSpawn);
    // as dense for any number
    const float half_m = 0.25F * std::cbrt(static_cast<float>(count));
    for (int i = 0; i < count; ++i) {
      radius.push_back(rng.uniform() < large_share ? 1.0F : rng.uniform(0.05F, 0.15F));
      x.push_back(i == 7   ? 1e5F
                  : i == 8 ? std::numeric_limits<float>::quiet_NaN()
                           : rng.uniform(-half_m, half_m));
      y.push_back(rng.uniform(-half_m, half_m));
      z.push_back(flat ? 2.1F : rng.uniform(0, half_m));
    }
  }
  [[nodiscard]] SphereColumns columns() const {
    return {x.data(), y.data(), z.data(), radius.data(), static_cast<int>(x.size())};
  }
  [[nodiscard]] std::set<std::pair<int, int>> pairs() const {
    std::set<std::pair<int, int>> expected;
    for (std::size_t a = 0; a < x.size(); ++a) {
      for (std::size_t b = a + 1; b < x.size(); ++b) {
        const Vec3 d{x[a] - x[b], y[a] - y[b], z[a] - z[b]};
        const float reach = radius[a] + radius[b];
        if (dot(d, d) <= reach * reach) expected.insert({static_cast<int>(a), static_cast<int>(b)});
      }
    }
    return expected;
  }
  std::vector<float> x, y, z, radius;
};

/// The pairs that the grid visits, each of them once and in order.
std::set<std::pair<int, int>> visited(SphereGrid& grid, const Spheres& spheres,
                                      const Split& split = {}) {
  std::set<std::pair<int, int>> found;
  grid.overlaps(spheres.columns(), split, [&](int a, int b) {
    EXPECT_LT(a, b);
    EXPECT_TRUE(found.insert({a, b}).second);
  });
  return found;
}

TEST(SphereGrid, FindsThePairsOfBruteForceOnce) {
  SphereGrid grid;
  for (const int largest_all_pairs : {0, 1 << 30}) {
    grid.set_largest_all_pairs(largest_all_pairs);
    for (const int count : {9, 64, 500, 2000}) {
      for (const float large_share : {0.0F, 0.02F}) {
        for (const bool flat : {false, true}) {
          SCOPED_TRACE(std::to_string(count) + " spheres, large " + std::to_string(large_share));
          const Spheres spheres(count, large_share, flat);
          const auto found = visited(grid, spheres);
          EXPECT_EQ(found, spheres.pairs());
          EXPECT_GT(found.size(), count >= 500 ? 100U : 0U);
        }
      }
    }
  }
}

TEST(SphereGrid, FindsTheSamePairsWithManyWorkersAndEveryInstructionSet) {
  Workers pool(3);
  const Spheres spheres(9000, 0.001F, false);
  const auto expected = spheres.pairs();
  for (const std::string& set : available_isas()) {
    limit_isa(set);
    SphereGrid grid;
    EXPECT_EQ(visited(grid, spheres), expected) << set;
    EXPECT_EQ(visited(grid, spheres, Split{&pool}), expected) << set;
  }
  limit_isa("auto");
}

TEST(SphereGrid, FindsPairsWhereAlmostNobodyTakesPart) {
  // two neighbors among ten thousand absent ones, which no sample of every so many may hit
  Spheres spheres(10'000, 0, false);
  for (std::size_t i = 0; i < spheres.x.size(); ++i) {
    if (i != 5001 && i != 5003) spheres.x[i] = std::numeric_limits<float>::quiet_NaN();
  }
  for (std::vector<float>* axis : {&spheres.x, &spheres.y, &spheres.z}) {
    (*axis)[5001] = 1;
    (*axis)[5003] = 1.05F;
  }
  SphereGrid grid;
  EXPECT_EQ(visited(grid, spheres), (std::set<std::pair<int, int>>{{5001, 5003}}));
  spheres.x[5003] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(visited(grid, spheres).empty());
}

TEST(NearSet, LeavesHighFlyersToTheFusedPath) {
  RigConfig config;
  config.scene = crash_scene("floor");
  config.vehicle = small_drone();
  config.num_worlds = 4;
  config.num_agents = 8;
  Rig rig(config);
  for (int i = 0; i < 32; ++i) rig.place(i, {0.5F * static_cast<float>(i % 8), 0, 2});
  rig.run_window();
  EXPECT_TRUE(rig.worker().nothing_near());
  EXPECT_EQ(rig.worker().stats().near_body_substeps, 0U);
  EXPECT_EQ(rig.worker().stats().body_substeps, 32U * 8U);
  // one body over the floor is copied, and no other
  rig.place(17, {0, 0, 0.05F});
  rig.worker().begin_window(rig.slab(), nullptr);
  ASSERT_EQ(rig.worker().near_agents().num_blocks, 1);
  EXPECT_EQ(rig.worker().near_agents().at(0, kPosition + 2), 0.05F);
  EXPECT_FALSE(rig.worker().is_copied(1));
}

// One drone climbs from the floor and is no candidate of it; another falls on it and throws it
// back.
TEST(NearSet, TakesTheFloorBackInWhenAClimbingDroneIsHitDown) {
  std::uint64_t hashes[2] = {};
  for (const ContactMode mode : {ContactMode::kCulled, ContactMode::kAll}) {
    RigConfig config;
    config.scene = crash_scene("floor");
    config.vehicle = small_drone();
    config.contact.mode = mode;
    config.num_agents = 2;
    Rig rig(config);
    rig.place(0, {0, 0, 0.1F}, {0, 0, 9});
    rig.place(1, {0.001F, 0, 0.209F}, {0, 0, -12.3F});
    const std::size_t i = mode == ContactMode::kCulled ? 0 : 1;
    rig.run_window();
    EXPECT_EQ(rig.slab().agents.at(0, kTouchStatic), 1) << "the floor was not reached";
    hashes[i] = rig.hash();
  }
  EXPECT_EQ(hashes[0], hashes[1]);
}

}  // namespace
}  // namespace volery::contact::test
