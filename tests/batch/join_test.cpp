// Agents that join in mid-episode: nobody knows of them before, and then they fly as anyone does.
#include "batch/join.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string>

#include "core/toml.hpp"
#include "state/blocks.hpp"
#include "tests/batch/rig.hpp"
#include "volery/host_task.hpp"
#include "volery/policy.hpp"
#include "volery/radio.hpp"

namespace volery {
namespace {

using test::crowd;
using test::Rig;

constexpr int kJoinStep = 15;  // 0.5 s at 30 Hz

// Everyone but agent 1 is there from the start.
BatchConfig one_joins(int num_worlds, int num_agents) {
  BatchConfig config = crowd(num_worlds, num_agents);
  config.join_s.assign(static_cast<std::size_t>(num_agents), 0.0F);
  config.join_s[1] = 0.5F;
  return config;
}

// Half of a crowd that crashes joins at several times, the first of each world among them.
BatchConfig arrivals(int num_worlds, int num_agents) {
  BatchConfig config = crowd(num_worlds, num_agents);
  for (int a = 0; a < num_agents; ++a)
    config.join_s.push_back(a % 2 == 0 ? 0.1F * static_cast<float>(a % 7 + 1) : 0.0F);
  config.episode_s = 1.5F;
  return config;
}

struct JoinRig : Rig {
  explicit JoinRig(const BatchConfig& config)
      : Rig(config), alive(std::make_unique<bool[]>(batch.layout().num_rows())) {}
  [[nodiscard]] StepOutputs outputs_with_alive() {
    StepOutputs out = outputs();
    out.alive = alive.get();
    return out;
  }
  void begin(std::uint64_t seed) { batch.reset({.seed = seed}, outputs_with_alive()); }
  void go() { batch.step(actions, outputs_with_alive()); }
  void rest() { std::fill(actions.begin(), actions.end(), 0.0F); }
  [[nodiscard]] bool is_blind(int agent) const {
    const int size = batch.layout().observation_size();
    const float* row = observation.data() + static_cast<std::ptrdiff_t>(agent) * size;
    return std::all_of(row, row + size, [](float x) { return x == 0; });
  }
  [[nodiscard]] Vec3 position(int agent) const {
    const std::vector<float> p = state("position_w_m", 3);
    const auto i = static_cast<std::size_t>(3 * agent);
    return {p[i], p[i + 1], p[i + 2]};
  }
  std::unique_ptr<bool[]> alive;
};

std::uint64_t hash_after(const BatchConfig& config, int steps = 60) {
  Rig rig(config);
  rig.reset(7);
  rig.run(steps);
  EXPECT_GT(rig.batch.stats().touching_share, 0) << "without contacts it means little";
  return rig.batch.state_hash();
}

TEST(Join, AppearsAtItsStartWhenItsTimeHasCome) {
  JoinRig rig(one_joins(1, 4));
  JoinRig everybody(crowd(1, 4));
  rig.begin(3);
  everybody.begin(3);
  rig.rest();
  EXPECT_FALSE(rig.alive[1]);
  EXPECT_TRUE(rig.alive[0]);
  for (int i = 0; i < kJoinStep; ++i) {
    EXPECT_TRUE(rig.is_blind(1)) << "step " << i;
    EXPECT_FALSE(rig.is_blind(0));
    rig.go();
    EXPECT_EQ(rig.reward[1], 0);
    EXPECT_FALSE(rig.terminated[1] || rig.truncated[1]);
    EXPECT_EQ(rig.alive[1], i == kJoinStep - 1) << "step " << i;
  }
  // seen with the observation that ends the step, its first action is the next one
  EXPECT_FALSE(rig.is_blind(1));
  EXPECT_TRUE(rig.position(1) == everybody.position(1));
  EXPECT_EQ(rig.state("episode_steps", 1)[1], 0);
  EXPECT_EQ(rig.state("episode_steps", 1)[0], kJoinStep);
  rig.go();
  EXPECT_NE(rig.reward[1], 0);
  EXPECT_EQ(rig.state("episode_steps", 1)[1], 1);
}

TEST(Join, FliesAsIfItHadStartedThen) {
  BatchConfig config;
  config.num_worlds = 3;
  config.on_crash = "continue";
  config.task_config = Value::Table{
      {"start", Value::Table{{"velocity_mps", 1.0}, {"rates_radps", 1.0}, {"attitude_rad", 0.5}}}};
  JoinRig started(config);
  config.join_s = {0.5F};  // one time for all: nobody is there at first
  JoinRig joined(config);
  started.begin(1);
  joined.begin(1);
  joined.rest();
  for (int i = 0; i < kJoinStep; ++i) joined.go();
  // shorter than any of them stays in the room: the next episode would begin with nobody again
  for (int i = 0; i < 25; ++i) {
    for (const char* field : {"position_w_m", "velocity_w_mps", "omega_b_radps"})
      ASSERT_EQ(joined.state(field, 3), started.state(field, 3)) << field << ", step " << i;
    ASSERT_EQ(joined.observation, started.observation) << "step " << i;
    started.draw_actions(0, i, 0, 0.1F);
    joined.draw_actions(0, i, 0, 0.1F);
    started.go();
    joined.go();
    ASSERT_EQ(joined.reward, started.reward) << "step " << i;
  }
}

TEST(Join, NobodySeesOrTouchesWhoIsNotThere) {
  BatchConfig config = one_joins(1, 3);
  config.sensors = {"pose", "neighbors"};
  JoinRig rig(config);
  rig.begin(3);
  rig.rest();
  const Group& group = rig.batch.layout().groups[1];
  const int width = group.shape.back();
  const auto seen_by = [&](int agent) {
    const float* slots =
        rig.observation.data() +
        static_cast<std::ptrdiff_t>(agent) * rig.batch.layout().observation_size() + group.first;
    float seen = 0;
    for (int k = 0; k < group.shape.front(); ++k) seen += slots[k * width + width - 1];
    return seen;
  };
  EXPECT_EQ(seen_by(0), 1);
  // somebody flies through the place where it will appear
  std::vector<float> positions = rig.state("position_w_m", 3);
  std::copy_n(positions.begin() + 3, 3, positions.begin());
  rig.batch.set_state(0, "position_w_m", positions);
  rig.go();
  EXPECT_EQ(rig.state("touch_agent", 1)[0], 0);
  EXPECT_EQ(seen_by(0), 1);
  for (int i = 1; i < kJoinStep; ++i) rig.go();
  EXPECT_EQ(seen_by(0), 2);
  EXPECT_EQ(seen_by(1), 2);
}

TEST(Join, StartsElsewhereWhereItsPlaceIsTaken) {
  JoinRig rig(one_joins(1, 3));
  rig.begin(3);
  rig.rest();
  const Vec3 start = rig.position(1);
  for (int i = 0; i < kJoinStep - 1; ++i) rig.go();
  std::vector<float> positions = rig.state("position_w_m", 3);
  for (const int axis : {0, 1, 2})
    positions[static_cast<std::size_t>(axis)] = axis == 0 ? start.x : axis == 1 ? start.y : start.z;
  rig.batch.set_state(0, "position_w_m", positions);
  rig.go();
  EXPECT_TRUE(rig.alive[1]);
  EXPECT_FALSE(rig.position(1) == start);
  const Vec3 apart = rig.position(1) - rig.position(0);
  EXPECT_GT(dot(apart, apart), 0.01F);
}

TEST(Join, NeitherSendsNorHearsBefore) {
  BatchConfig config = one_joins(1, 3);
  config.action = "ctbr";
  config.radio = parse_toml("payload.size = 2\nrange.kind = \"unlimited\"\ntrace = true\n", "test");
  JoinRig rig(config);
  rig.begin(0);
  std::fill(rig.actions.begin(), rig.actions.end(), 1.0F);  // everyone sends
  for (int i = 0; i < kJoinStep; ++i) {
    rig.go();
    const std::vector<Packet> packets = rig.batch.packets();
    EXPECT_EQ(packets.size(), 2U) << "step " << i;
    for (const Packet& p : packets) EXPECT_TRUE(p.sender != 1 && p.receiver != 1) << "step " << i;
  }
  rig.go();
  EXPECT_EQ(rig.batch.packets().size(), 6U);
}

TEST(Join, ThreadsSlabsAndCullingDoNotChangeTheBits) {
  for (const char* on_crash : {"continue", "terminate_agent", "respawn", "freeze"}) {
    BatchConfig config = arrivals(24, 8);
    config.on_crash = on_crash;
    const std::uint64_t one = hash_after(config);
    for (const int threads : {2, 4}) {
      config.num_threads = threads;
      EXPECT_EQ(hash_after(config), one) << on_crash << ", " << threads << " threads";
    }
    config.slab_agents = 8;
    EXPECT_EQ(hash_after(config), one) << on_crash << ", slabs of 8";
    config.contacts = contact::ContactMode::kAll;
    EXPECT_EQ(hash_after(config), one) << on_crash << ", all pairs";
  }
}

TEST(Join, OneGiantWorldIsSplitWithoutChangingTheBits) {
  BatchConfig config;
  config.num_agents = 600;
  config.action = "ctbr";
  config.on_crash = "terminate_agent";
  config.scene = Value::Table{{"spawn_low_m", Value::Array{-8.0, -8.0, 0.5}},
                              {"spawn_high_m", Value::Array{8.0, 8.0, 6.0}},
                              {"base", "empty"}};
  for (int a = 0; a < 600; ++a) config.join_s.push_back(0.05F * static_cast<float>(a % 20));
  std::vector<std::uint64_t> hashes;
  std::vector<float> observation;
  for (const int threads : {1, 2, 4}) {
    config.num_threads = threads;
    Rig rig(config);
    rig.reset(1);
    rig.run(45);
    hashes.push_back(rig.batch.state_hash());
    if (threads == 1) observation = rig.observation;
    EXPECT_EQ(rig.observation, observation) << threads << " threads";
  }
  EXPECT_EQ(hashes[1], hashes[0]);
  EXPECT_EQ(hashes[2], hashes[0]);
}

TEST(Join, TheAuditFindsNothing) {
  BatchConfig config = arrivals(8, 12);
  config.audit = true;
  Rig rig(config);
  rig.reset(2);
  rig.run(90);
  EXPECT_GT(rig.batch.stats().touching_share, 0);
  EXPECT_EQ(rig.batch.stats().audit_failures, 0U);
}

TEST(Join, ASnapshotFromBeforeContinuesExactly) {
  Rig rig(arrivals(4, 8));
  rig.reset(1);
  rig.run(8);
  const std::vector<std::uint8_t> snapshot = rig.batch.snapshot({});
  rig.run(30, 0, 8);
  BatchConfig other_config = arrivals(4, 8);
  other_config.num_threads = 2;
  other_config.slab_agents = 8;
  Rig other(other_config);
  other.reset(99);
  other.batch.restore(snapshot, {});
  other.run(30, 0, 8);
  EXPECT_EQ(other.batch.state_hash(), rig.batch.state_hash());
  EXPECT_EQ(other.observation, rig.observation);
}

// Whatever else keeps state of an agent: radio, estimator, sensors, air, battery, drawn numbers.
TEST(Join, GoesTogetherWithEverythingThatAnAgentHas) {
  BatchConfig config = arrivals(6, 8);
  config.action = "ctbr";
  config.radio = parse_toml(
      "payload.size = 2\naddress.mode = \"any\"\nloss.probability = 0.1\ntiming.latency_steps = 2\n"
      "bandwidth.rate_bytes_ps = 200\nbandwidth.burst_bytes = 40\nbandwidth.queue = 2\n",
      "test");
  config.sensors = {"pose", "imu", "neighbors", "lidar", "inbox"};
  config.sensor_config = Value::Table{{"lidar", Value::Table{{"max_range_m", 3.0}}}};
  config.estimator = EstimatorKind::kComplementary;
  config.flight.battery = true;
  config.flight.downwash = true;
  config.wind.mean_w_mps = {1, 0, 0};
  config.wind.turbulence = flight::Turbulence::kLight;
  RangeConfig mass;
  mass.field = "vehicle.mass_kg";
  mass.range = {0.025F, 0.03F};
  config.randomize.push_back(mass);
  Rig rig(config);
  rig.reset(1);
  rig.run(10);
  const std::vector<std::uint8_t> snapshot = rig.batch.snapshot({});
  rig.run(50, 0, 10);
  EXPECT_GT(rig.batch.stats().touching_share, 0);
  EXPECT_GT(rig.batch.stats().episodes, 0U);
  for (const int threads : {2, 4}) {
    config.num_threads = threads;
    config.slab_agents = 8 * threads;
    config.contacts = threads == 2 ? contact::ContactMode::kAll : contact::ContactMode::kCulled;
    Rig other(config);
    other.reset(99);
    other.batch.restore(snapshot, {});
    other.run(50, 0, 10);
    EXPECT_EQ(other.batch.state_hash(), rig.batch.state_hash()) << threads << " threads";
    EXPECT_EQ(other.observation, rig.observation) << threads << " threads";
  }
}

TEST(Join, AnEvaderIsNotCaughtBeforeItIsThere) {
  BatchConfig config;
  config.task = "pursuit";
  config.num_worlds = 8;
  config.num_agents = 4;
  config.join_s = {0, 0, 0, 10};
  JoinRig rig(config);
  const std::unique_ptr<Policy> pursuers = rig.batch.policy("");
  const Layout& layout = rig.batch.layout();
  rig.begin(4);
  // long enough for all three to stand where it was placed
  const int steps = 9 * static_cast<int>(rig.batch.config().agent_rate_hz);
  for (int step = 0; step < steps; ++step) {
    pursuers->act(rig.observation.data(), layout.observation_size(), rig.actions.data(),
                  layout.action_size(), static_cast<int>(layout.num_rows()), 1,
                  static_cast<std::uint32_t>(step));
    rig.go();
    ASSERT_EQ(rig.batch.events().num_ended, 0) << step;
  }
}

TEST(Join, AWorldWaitsForThoseWhoAreStillToJoin) {
  BatchConfig config = one_joins(1, 2);
  config.on_crash = "terminate_agent";
  config.join_s[1] = 2;  // everyone else has long hit the floor
  config.autoreset = Autoreset::kDisabled;
  JoinRig rig(config);
  rig.begin(0);
  std::fill(rig.actions.begin(), rig.actions.end(), -1.0F);
  int first_death = 0;
  for (int i = 1; i <= 60; ++i) {
    rig.go();
    ASSERT_EQ(rig.batch.events().num_ended, 0) << "step " << i;
    if (rig.terminated[0]) first_death = i;
  }
  EXPECT_GT(first_death, 0);
  EXPECT_LT(first_death, 60);
  EXPECT_TRUE(rig.alive[1] && !rig.alive[0]);
  int steps = 60;
  while (rig.batch.events().num_ended == 0) {
    rig.go();
    ++steps;
  }
  EXPECT_LT(steps, 90) << "it fell before the time was up";
  EXPECT_TRUE(rig.terminated[1]);
  EXPECT_EQ(rig.batch.events().terminated[0], 1) << "each terminated in its own time";
  EXPECT_EQ(rig.batch.events().length[0], steps);
}

TEST(Join, AnEpisodeThatEndsBeforeIsJoinedAnewInTheNext) {
  for (const Autoreset autoreset : {Autoreset::kNextStep, Autoreset::kSameStep}) {
    BatchConfig config = one_joins(1, 3);
    config.on_crash = "terminate_world";
    config.join_s[1] = 2.5F;
    config.autoreset = autoreset;
    JoinRig rig(config);
    rig.begin(0);
    std::fill(rig.actions.begin(), rig.actions.end(), -1.0F);
    while (rig.batch.events().num_ended == 0) rig.go();
    EXPECT_TRUE(rig.terminated[0] && rig.terminated[2]);
    EXPECT_FALSE(rig.terminated[1]) << "it was never there";
    EXPECT_EQ(rig.batch.events().terminated[0], 1);
    if (autoreset == Autoreset::kNextStep) rig.go();
    EXPECT_TRUE(rig.alive[0] && !rig.alive[1] && rig.alive[2]);
    EXPECT_EQ(rig.state("to_join", 1), (std::vector<float>{0, 1, 0}));
    EXPECT_TRUE(rig.is_blind(1));
  }
}

TEST(Join, AWorldMayBeginWithNobody) {
  BatchConfig config = crowd(2, 3);
  config.join_s = {0.5F};
  config.reward = RewardShare::kTeam;
  config.autoreset = Autoreset::kSameStep;
  config.episode_s = 1;
  JoinRig rig(config);
  rig.begin(0);
  rig.rest();
  for (int episode = 0; episode < 2; ++episode) {
    for (int i = 1; i <= 30; ++i) {
      rig.go();
      const bool there = i >= kJoinStep && i < 30;
      for (int a = 0; a < 6; ++a) {
        ASSERT_EQ(rig.alive[a], there) << "step " << i;
        ASSERT_EQ(rig.is_blind(a), !there);
        ASSERT_EQ(i <= kJoinStep, rig.reward[static_cast<std::size_t>(a)] == 0);
        ASSERT_FALSE(rig.terminated[a]);
        ASSERT_EQ(rig.truncated[a], i == 30);
      }
    }
    EXPECT_EQ(rig.batch.events().num_ended, 2);
    EXPECT_EQ(rig.batch.events().terminated[0], 0);
  }
}

// A host that puts everyone in one place: who joins finds it taken, and no respawn helps.
TEST(Join, WhoFindsNoRoomIsNeverThereAndTruncatesNothing) {
  const auto named = [](const char* name) {
    return Value(Value::Table{{"name", Value(std::string(name))}});
  };
  BatchConfig config;
  config.task = "heap";
  config.num_agents = 2;
  config.episode_s = 1;
  config.join_s = {0, 0.2F};
  config.autoreset = Autoreset::kDisabled;
  config.action = "velocity";
  config.host_task = std::make_shared<const HostTask>(
      host_task(Value::Table{{"name", Value(std::string("heap"))},
                             {"terms", Value::Array{named("pay")}},
                             {"metrics", Value::Array{named("seen")}},
                             {"sensors", Value::Array{Value(std::string("pose"))}},
                             {"places", Value(true)}}));
  JoinRig rig(config);
  const auto place = [&](std::span<const int> worlds) {
    std::vector<float> positions;
    for (std::size_t i = 0; i < worlds.size(); ++i)
      for (const float x : {1.0F, 2.0F, 1.5F, 1.0F, 2.0F, 1.5F}) positions.push_back(x);
    rig.batch.set_rows("position_w_m", positions);
  };
  rig.batch.reset({.seed = 0}, rig.outputs_with_alive(), place);
  EXPECT_TRUE(rig.alive[0] && !rig.alive[1]);
  const std::vector<float> pay(2, 1.0F), seen(2, 0.0F);
  rig.rest();
  for (int i = 1; i <= 30; ++i) {
    rig.batch.advance(rig.actions);
    rig.batch.finish({pay.data(), seen.data()}, rig.outputs_with_alive(), place);
    ASSERT_FALSE(rig.alive[1]) << "step " << i;
    ASSERT_EQ(rig.reward[1], 0);
    ASSERT_FALSE(rig.truncated[1]);
  }
  EXPECT_TRUE(rig.truncated[0]);
  EXPECT_EQ(rig.batch.events().ended[0], 1);
  EXPECT_EQ(rig.batch.events().terminated[0], 0);
}

TEST(Join, CostsNothingWhereAllStartTogether) {
  BatchConfig config = crowd(4, 8);
  Rig plain(config);
  config.join_s = {0.0F};
  Rig zero(config);
  plain.reset(7);
  zero.reset(7);
  plain.run(30);
  zero.run(30);
  EXPECT_EQ(zero.batch.state_fields().size(), plain.batch.state_fields().size());
  EXPECT_EQ(zero.batch.state_hash(), plain.batch.state_hash());
}

void expect_refused(const BatchConfig& config, const std::string& reason) {
  try {
    const Batch batch(config);
    FAIL() << "built: " << reason;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kValue);
    EXPECT_NE(std::string(error.what()).find(reason), std::string::npos) << error.what();
  }
}

TEST(Join, BadTimesAreNamed) {
  const auto parsed = [](Value::Array times) {
    return batch_config(Value::Table{{"join_s", std::move(times)}});
  };
  for (const double bad :
       {-1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    try {
      (void)parsed({Value(0.0), Value(bad)});
      FAIL() << bad;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("config.join_s[1]"), std::string::npos)
          << error.what();
    }
  }
  BatchConfig config = crowd(1, 4);
  config.join_s = {0, 1};
  expect_refused(config, "config.join_s: has 2 times, must have one, or one for each of the 4");
  config.join_s = {0, 0, 3, 0};
  expect_refused(config, "config.join_s[2] = 3.000000: must be less than the time limit");
}

TEST(Join, AChangedTimeLimitHasToLeaveTimeToJoin) {
  Rig rig(one_joins(1, 4));
  rig.reset(0);
  EXPECT_THROW(rig.batch.set_config(Value::Table{{"episode_s", 0.4}}, {}), Error);
  EXPECT_NO_THROW(rig.batch.set_config(Value::Table{{"episode_s", 0.6}}, {}));
}

}  // namespace
}  // namespace volery
