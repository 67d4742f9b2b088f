// What lasts between windows, and what must not spread between worlds.
#include <gtest/gtest.h>

#include <limits>

#include "tests/contact/crash_worlds.hpp"

namespace volery::contact::test {
namespace {

RigConfig room(int num_worlds, int num_agents, const char* scene = "room") {
  RigConfig config;
  config.scene = crash_scene(scene);
  config.vehicle = small_drone();
  config.num_worlds = num_worlds;
  config.num_agents = num_agents;
  return config;
}

void copy_state(const Rig& from, const Rig& to) {
  for (const bool props : {false, true}) {
    const Blocks& a = props ? from.slab().props : from.slab().agents;
    const Blocks& b = props ? to.slab().props : to.slab().agents;
    for (int i = 0; i < a.num_bodies; ++i) {
      for (int r = 0; r < a.num_rows; ++r) b.at(i, r) = a.at(i, r);
    }
  }
  for (int w = 0; w < from.slab().num_worlds; ++w) {
    to.slab().contacts[w] = from.slab().contacts[w];
    to.slab().worlds[w] = from.slab().worlds[w];
  }
}

TEST(Records, ContinueExactlyFromASavedCopy) {
  for (const char* scene : {"room", "props"}) {
    Rig live(room(4, 8, scene));
    scatter(live, 3);
    for (std::uint32_t step = 0; step < 40; ++step) {
      random_inputs(live, 3, step);
      live.run_window();
    }
    ASSERT_FALSE(live.slab().contacts[0].pairs.empty());
    // a worker that has never seen these worlds
    Rig restored(room(4, 8, scene));
    copy_state(live, restored);
    for (std::uint32_t step = 40; step < 80; ++step) {
      for (Rig* rig : {&live, &restored}) {
        random_inputs(*rig, 3, step);
        rig->run_window();
      }
      ASSERT_EQ(live.hash(), restored.hash()) << scene << " in window " << step;
    }
  }
}

TEST(Records, AreSortedAndHoldOneToFourPoints) {
  Rig rig(room(1, 64));
  scatter(rig, 4);
  for (std::uint32_t step = 0; step < 40; ++step) {
    random_inputs(rig, 4, step);
    rig.run_window();
    std::uint64_t last = 0;
    for (const ContactPair& pair : rig.slab().contacts[0].pairs) {
      const std::uint64_t key = (static_cast<std::uint64_t>(pair.a) << 32U) | pair.b;
      EXPECT_LT(last, key);
      EXPECT_LT(pair.a, pair.b);
      EXPECT_GE(pair.num_points, 1);
      EXPECT_LE(pair.num_points, 4);
      last = key;
    }
  }
}

TEST(Slabs, CutInTwoGiveTheSameWorlds) {
  // 6 worlds of 5 in one slab, and the last 3 alone: other lanes, other blocks, same bits
  Rig whole(room(6, 5));
  Rig part(room(3, 5));
  scatter(whole, 9);
  for (std::uint32_t step = 0; step < 60; ++step) {
    random_inputs(whole, 9, step);
    for (int i = 0; i < 15; ++i) {
      for (int r = 0; r < kNumTestRows; ++r) {
        if (step == 0 || r >= kThrust)
          part.slab().agents.at(i, r) = whole.slab().agents.at(15 + i, r);
      }
    }
    whole.run_window();
    part.run_window();
    for (int w = 0; w < 3; ++w) ASSERT_EQ(whole.hash_world(3 + w), part.hash_world(w)) << step;
  }
}

class Bad : public testing::TestWithParam<int> {};

TEST_P(Bad, ValueInOneBodyLeavesOtherWorldsAlone) {
  const int row = GetParam();
  for (const ContactMode mode : {ContactMode::kCulled, ContactMode::kAll}) {
    for (const float bad :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), 1e30F}) {
      RigConfig config = room(3, 8);
      config.contact.mode = mode;
      Rig sick(config);
      Rig sound(config);
      for (Rig* rig : {&sick, &sound}) scatter(*rig, 5);
      for (std::uint32_t step = 0; step < 40; ++step) {
        for (Rig* rig : {&sick, &sound}) {
          random_inputs(*rig, 5, step);
          if (rig == &sick && step == 10) rig->slab().agents.at(9, row) = bad;
          rig->run_window();
        }
        ASSERT_EQ(sick.hash_world(0), sound.hash_world(0)) << step;
        ASSERT_EQ(sick.hash_world(2), sound.hash_world(2)) << step;
      }
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Rows, Bad, testing::Values(kPosition, kQuat, kVelocity, kOmega));

TEST(Overflow, FlagsTheWorldAndLeavesOthersAlone) {
  RigConfig config = room(3, 8);
  config.contact.max_pairs_per_world = 2;
  RigConfig roomy = room(3, 8);
  for (const ContactMode mode : {ContactMode::kCulled, ContactMode::kAll}) {
    config.contact.mode = mode;
    Rig capped(config);
    Rig free(roomy);
    for (Rig* rig : {&capped, &free}) scatter(*rig, 5);
    int flagged = 0;
    for (std::uint32_t step = 0; step < 60; ++step) {
      for (Rig* rig : {&capped, &free}) {
        random_inputs(*rig, 5, step);
        rig->run_window();
      }
      flagged = 0;
      for (int w = 0; w < 3; ++w) {
        const bool over = (capped.slab().worlds[w].status & kStatusContactOverflow) != 0;
        flagged += over;
        if (!over) {
          ASSERT_EQ(capped.hash_world(w), free.hash_world(w)) << step;
        }
        EXPECT_LE(capped.slab().contacts[w].pairs.size(), 2U);
        EXPECT_EQ(free.slab().worlds[w].status, 0U);
      }
    }
    EXPECT_GT(flagged, 0);
  }
}

TEST(SkippedWorld, KeepsItsRecordsAndTouchesNothing) {
  Rig rig(room(2, 4));
  for (int i = 0; i < 8; ++i) rig.place(i, {0.3F * static_cast<float>(i % 4), 1.2F, 0.012F});
  rig.run(0.5F);
  const auto records = rig.slab().contacts[0].pairs.size();
  ASSERT_GT(records, 0U);
  rig.skip()[0] = 1;
  rig.run_window();
  EXPECT_EQ(rig.slab().contacts[0].pairs.size(), records);
  EXPECT_EQ(rig.slab().agents.at(0, kTouchStatic), 0);
  EXPECT_EQ(rig.slab().agents.at(4, kTouchStatic), 1);
  // falls freely meanwhile
  EXPECT_LT(rig.position(0).z, rig.position(4).z);
}

TEST(FrozenBody, IsTouchedButNeverMoves) {
  RigConfig config = room(1, 2, "floor");
  Rig rig(config);
  rig.place(0, {0, 0, 0.5F});
  rig.slab().agents.at(0, kMode) = static_cast<float>(BodyMode::kFrozen);
  rig.place(1, {0.01F, 0, 0.8F});
  rig.run(2);
  EXPECT_EQ(rig.position(0), (Vec3{0, 0, 0.5F}));
  EXPECT_EQ(rig.velocity(0), (Vec3{}));
  EXPECT_NEAR(rig.position(1).z, 0.525F, 1e-3F);
  EXPECT_EQ(rig.slab().agents.at(1, kTouchAgent), 1);
  EXPECT_EQ(rig.slab().agents.at(1, kTouchStatic), 0);
  EXPECT_EQ(rig.slab().agents.at(0, kTouchAgent), 1);
}

TEST(AbsentBody, TouchesNothing) {
  RigConfig config = room(1, 2, "floor");
  Rig rig(config);
  rig.place(0, {0, 0, 0.5F});
  rig.slab().agents.at(0, kMode) = static_cast<float>(BodyMode::kAbsent);
  rig.place(1, {0.01F, 0, 0.8F});
  rig.run(2);
  EXPECT_NEAR(rig.position(1).z, 0.0125F, 1e-3F);
  EXPECT_EQ(rig.slab().agents.at(1, kTouchAgent), 0);
}

TEST(Props, ArePushedAndComeToRestOnTheFloor) {
  Rig rig(room(1, 1, "props"));
  scatter(rig, 2);
  // above the box
  const Vec3 box = rig.slab().props.vec3(0, kPosition);
  rig.place(0, box + Vec3{0, 0, 0.5F});
  bool touched = false;
  for (int i = 0; i < 120; ++i) {
    rig.run_window();
    touched = touched || rig.slab().props.at(0, kTouchAgent) == 1;
    // a prop counts as static for an agent
    if (rig.slab().agents.at(0, kTouchAgent) == 1) ADD_FAILURE();
  }
  EXPECT_TRUE(touched);
  const auto& statics = rig.slab().props;
  EXPECT_NEAR(statics.at(1, kPosition + 2), 0.1F, 1e-3F);
  EXPECT_EQ(statics.at(0, kTouchStatic), 1);
  EXPECT_NEAR(statics.at(0, kPosition + 2), 0.075F, 2e-3F);
}

TEST(Off, LeavesEverythingToFlight) {
  RigConfig config = room(1, 1, "floor");
  config.contact.mode = ContactMode::kOff;
  Rig rig(config);
  rig.place(0, {0, 0, 0.1F});
  rig.slab().agents.at(0, kTouchStatic) = 1;
  rig.run(1);
  EXPECT_LT(rig.position(0).z, -1);
  EXPECT_EQ(rig.slab().agents.at(0, kTouchStatic), 0);
  EXPECT_EQ(rig.worker().stats().near_body_substeps, 0U);
}

}  // namespace
}  // namespace volery::contact::test
