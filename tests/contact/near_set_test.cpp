// Bounds at their limit, and both ways to find pairs.
#include "contact/near_set.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <vector>

#include "contact/all_pairs.hpp"
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

TEST(SphereGrid, FindsThePairsOfBruteForceOnce) {
  SphereGrid grid;
  for (const int variant : {0, 1, 2, 3}) {
    const float large_share = variant % 2 == 0 ? 0.0F : 0.02F;
    const bool flat = variant >= 2;
    Rng rng(1, 0, Stream::kSpawn);
    std::vector<float> x, y, z, radius;
    for (int i = 0; i < 500; ++i) {
      radius.push_back(rng.uniform() < large_share ? 1.0F : rng.uniform(0.05F, 0.15F));
      // one far away, one that takes no part
      x.push_back(i == 7   ? 1e5F
                  : i == 8 ? std::numeric_limits<float>::quiet_NaN()
                           : rng.uniform(-2, 2));
      y.push_back(rng.uniform(-2, 2));
      z.push_back(flat ? 2.1F : rng.uniform(0, 2));
    }
    std::set<std::pair<int, int>> found;
    grid.overlaps({x.data(), y.data(), z.data(), radius.data(), 500}, [&](int a, int b) {
      EXPECT_LT(a, b);
      EXPECT_TRUE(found.insert({a, b}).second);
    });
    std::set<std::pair<int, int>> expected;
    for (std::size_t a = 0; a < 500; ++a) {
      for (std::size_t b = a + 1; b < 500; ++b) {
        const Vec3 d{x[a] - x[b], y[a] - y[b], z[a] - z[b]};
        const float reach = radius[a] + radius[b];
        if (dot(d, d) <= reach * reach) expected.insert({static_cast<int>(a), static_cast<int>(b)});
      }
    }
    EXPECT_EQ(found, expected);
    EXPECT_GT(found.size(), 100U);
  }
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

}  // namespace
}  // namespace volery::contact::test
