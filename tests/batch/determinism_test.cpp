// Same config, seed and actions: same bits, however the work is cut.
#include <gtest/gtest.h>

#include "core/hash.hpp"
#include "core/isa.hpp"
#include "tests/batch/rig.hpp"

namespace volery {
namespace {

using test::crowd;
using test::Rig;

constexpr int kSteps = 60;  // two seconds: spawn, fall, crash, first autoresets

std::uint64_t hash_after(BatchConfig config, int steps = kSteps) {
  Rig rig(config);
  rig.reset(7);
  rig.run(steps);
  EXPECT_GT(rig.batch.stats().touching_share, 0)
      << "the run must contain contacts to mean anything";
  return rig.batch.state_hash();
}

TEST(Determinism, ThreadsDoNotChangeTheBits) {
  BatchConfig config = crowd(24, 8);
  const std::uint64_t one = hash_after(config);
  for (const int threads : {2, 4}) {
    config.num_threads = threads;
    EXPECT_EQ(hash_after(config), one) << threads << " threads";
  }
}

TEST(Determinism, SlabsDoNotChangeTheBits) {
  BatchConfig config = crowd(24, 8);
  const std::uint64_t chosen = hash_after(config);
  for (const int agents : {8, 24, 64, 100000}) {
    config.slab_agents = agents;
    EXPECT_EQ(hash_after(config), chosen) << agents << " agents per slab";
  }
}

// A world of its own is observed where it is scored, before its deaths: nothing may differ from
// observing it afterwards.
TEST(Determinism, OneWorldIsObservedAsItIsAfterItsStep) {
  for (const char* on_crash : {"terminate_agent", "terminate_world", "freeze", "respawn"}) {
    BatchConfig config;
    config.num_agents = 100;
    config.scene = Value::Table{{"spawn_low_m", Value::Array{-4.0, -4.0, 0.5}},
                                {"spawn_high_m", Value::Array{4.0, 4.0, 6.0}},
                                {"base", "empty"}};
    config.on_crash = on_crash;
    config.episode_s = 1.5F;
    config.autoreset = Autoreset::kSameStep;
    config.sensors = {"pose", "velocity", "rates", "goal", "neighbors"};
    Rig rig(config);
    rig.reset(1);
    std::vector<float> after(rig.observation.size());
    for (int step = 0; step < 60; ++step) {
      rig.run(1, 0, step);
      rig.batch.observe(after.data());
      ASSERT_EQ(rig.observation, after) << on_crash << ", step " << step;
    }
    EXPECT_GT(rig.batch.stats().touching_share, 0);
    EXPECT_GT(rig.batch.stats().episodes, 0U);
  }
}

TEST(Determinism, OneGiantWorldIsSplitWithoutChangingTheBits) {
  BatchConfig config;
  config.num_agents = 3000;
  config.action = "ctbr";
  config.scene = Value::Table{{"spawn_low_m", Value::Array{-20.0, -20.0, 0.5}},
                              {"spawn_high_m", Value::Array{20.0, 20.0, 12.0}},
                              {"base", "empty"}};
  config.on_crash = "continue";
  std::uint64_t hashes[2];
  for (const int threads : {1, 3}) {
    config.num_threads = threads;
    Rig rig(config);
    rig.reset(1);
    rig.run(10);
    hashes[threads == 3 ? 1 : 0] = rig.batch.state_hash();
  }
  EXPECT_EQ(hashes[0], hashes[1]);
}

TEST(Determinism, CulledEqualsAll) {
  BatchConfig config = crowd(6, 12);
  const std::uint64_t culled = hash_after(config);
  config.contacts = contact::ContactMode::kAll;
  EXPECT_EQ(hash_after(config), culled);
}

TEST(Determinism, TheAuditFindsNothing) {
  BatchConfig config = crowd(4, 12);
  config.audit = true;
  Rig rig(config);
  rig.reset(3);
  rig.run(kSteps);
  EXPECT_EQ(rig.batch.stats().audit_failures, 0U);
}

TEST(Determinism, InstructionSetsDoNotChangeTheBits) {
  const BatchConfig config = crowd(8, 8);
  const std::uint64_t best = hash_after(config);
  for (const std::string& isa : available_isas()) {
    limit_isa(isa);
    EXPECT_EQ(hash_after(config), best) << isa;
  }
  limit_isa("auto");
}

// Kept from a Release build; Debug and the sanitizer builds (-O1) must give them too. Numbers that
// change here change the results of every user: the changelog names such a change. Where Bullet is
// not Debian 12's 3.24, its narrowphase may round differently.
TEST(Determinism, EveryBuildGivesTheKeptBits) {
  struct Kept {
    const char* task;
    const char* action;
    int num_agents;
    std::uint64_t state, observation;
  };
  for (const Kept& kept :
       {Kept{"hover", "rotor", 1, 0x038832703b58645fULL, 0x19d95bedcbc6c30cULL},
        Kept{"hover", "ctbr", 1, 0x2cf8b92e9ab10855ULL, 0x313aaa621897270bULL},
        Kept{"waypoints", "velocity", 1, 0xcb5df1e4ff9dc312ULL, 0x717a62eac0c87f0fULL},
        Kept{"formation", "attitude", 8, 0xa3e2dac5b070aa27ULL, 0x3641767e36feecaeULL},
        Kept{"formation", "position", 8, 0x8794cbdf416e1273ULL, 0x13e7a37b62efc725ULL}}) {
    BatchConfig config = crowd(16, kept.num_agents);
    config.task = kept.task;
    config.action = kept.action;
    Rig rig(config);
    rig.reset(7);
    rig.run(kSteps);
    EXPECT_EQ(rig.batch.state_hash(), kept.state) << kept.task << ' ' << kept.action;
    EXPECT_EQ(hash_bytes(rig.observation.data(), sizeof(float) * rig.observation.size()),
              kept.observation)
        << kept.task << ' ' << kept.action;
  }
}

TEST(Determinism, AWorldAloneEqualsItsTwinInABatch) {
  Rig many(crowd(5, 8));
  many.reset(100);
  many.run(kSteps, 100);
  for (const int world : {0, 3, 4}) {
    Rig alone(crowd(1, 8));
    alone.reset(100 + static_cast<std::uint64_t>(world));
    alone.run(kSteps, 100 + static_cast<std::uint64_t>(world));
    EXPECT_EQ(alone.batch.state_hash(0), many.batch.state_hash(world)) << world;
  }
}

TEST(Determinism, SeedsAndEpisodesDiffer) {
  Rig rig(crowd(2, 4));
  rig.reset(5);
  const std::uint64_t first = rig.batch.state_hash(0);
  EXPECT_NE(first, rig.batch.state_hash(1));
  rig.batch.reset({}, rig.outputs());
  EXPECT_NE(rig.batch.state_hash(0), first) << "a reset without a seed starts the next episode";
  rig.reset(5);
  EXPECT_EQ(rig.batch.state_hash(0), first) << "a seed starts episode 0 again";
}

}  // namespace
}  // namespace volery
