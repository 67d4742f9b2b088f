// What changes in the middle of an episode: what it does, that it is state like all other state,
// and what is refused.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

#include "core/toml.hpp"
#include "tests/batch/rig.hpp"
#include "volery/radio.hpp"

namespace volery {
namespace {

using test::crowd;
using test::Rig;

constexpr int kEpisodeSteps = 90;  // of crowd()

Value gale_config() {
  return Value::Table{{"mean_w_mps", Value::Array{3.0, 6.0, 0.0}},
                      {"turbulence", Value("moderate")}};
}

Value gale() {
  return Value::Table{{"wind", gale_config()}};
}

/// Still air that may be moved later.
BatchConfig airy(int num_worlds, int num_agents) {
  BatchConfig config = crowd(num_worlds, num_agents);
  config.flight.wind = true;
  return config;
}

void expect_refused(const std::function<void()>& call, const std::string& reason,
                    ErrorKind kind = ErrorKind::kValue) {
  try {
    call();
    ADD_FAILURE() << "was taken: " << reason;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    EXPECT_NE(std::string(error.what()).find(reason), std::string::npos) << error.what();
  }
}

// The truth is a batch that was built with that wind.
TEST(SetConfigNow, WindIsWhatItIsInABatchThatWasBuiltWithIt) {
  BatchConfig built = airy(5, 6);
  load(built, gale(), "config");
  for (const int threads : {1, 3}) {
    BatchConfig still = airy(5, 6);
    still.num_threads = threads;
    still.slab_agents = threads == 1 ? 0 : 12;
    Rig from_start(built), changed(still);
    from_start.reset(3);
    changed.reset(3);
    EXPECT_NE(changed.batch.state_hash(), from_start.batch.state_hash());
    changed.batch.set_config(gale(), {}, When::kNow);
    EXPECT_EQ(changed.batch.state_hash(), from_start.batch.state_hash()) << "the air at once";
    EXPECT_EQ(changed.batch.fold().worlds[2], from_start.batch.fold().worlds[2]);
    // past the next reset
    from_start.run(kEpisodeSteps + 20);
    changed.run(kEpisodeSteps + 20);
    EXPECT_EQ(changed.batch.state_hash(), from_start.batch.state_hash());
    EXPECT_EQ(changed.batch.stats().episodes, 5U);
    EXPECT_EQ(*changed.batch.live_config(4).find("wind"), to_value(built.wind));
  }
}

TEST(SetConfigNow, ChangesMaskedWorldsAndCalmsThemAgain) {
  Rig rig(airy(3, 2)), calm(airy(3, 2));
  rig.reset(1);
  calm.reset(1);
  rig.run(10);
  calm.run(10);
  const std::uint8_t mask[] = {0, 1, 0};
  rig.batch.set_config(gale(), mask, When::kNow);
  const std::vector<float> air = rig.state("wind_w_mps", 3);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(air[3 * i + 1] != 0, i / 2 == 1) << i;
  rig.run(10, 0, 10);
  calm.run(10, 0, 10);
  EXPECT_EQ(rig.batch.state_hash(0), calm.batch.state_hash(0));
  EXPECT_NE(rig.batch.state_hash(1), calm.batch.state_hash(1));
  EXPECT_EQ(rig.batch.state_hash(2), calm.batch.state_hash(2));
  rig.batch.set_config(Value::Table{{"wind", to_value(flight::WindConfig{})}}, mask, When::kNow);
  for (const float v : rig.state("wind_w_mps", 3)) EXPECT_EQ(v, 0);
  rig.run(1, 0, 20);
  for (const float v : rig.state("wind_w_mps", 3)) EXPECT_EQ(v, 0);
}

TEST(SetConfigNow, SnapshotsAndBranchesGoOnWithIt) {
  Rig rig(airy(3, 4));
  rig.reset(5);
  rig.run(20);
  const std::uint8_t mask[] = {0, 0, 1};
  rig.batch.set_config(gale(), mask, When::kNow);
  rig.run(10, 0, 20);
  const int taken[] = {2};
  const std::vector<std::uint8_t> snapshot = rig.batch.snapshot(taken);
  Rig other(airy(1, 4));
  other.reset(1);
  other.batch.restore(snapshot, {});
  Rig branched(airy(2, 4));
  branched.reset(1);
  branched.batch.branch(snapshot);
  rig.run(80, 0, 30);
  for (int i = 30; i < 110; ++i) {
    other.draw_actions(2, i);
    other.step();
  }
  EXPECT_EQ(other.batch.state_hash(0), rig.batch.state_hash(2));
  EXPECT_EQ(branched.batch.live_config(1), rig.batch.live_config(2));
}

TEST(SetConfigNow, TimeLimitAndCrashesChangeInMidEpisode) {
  Rig rig(crowd(2, 2));
  rig.reset(0);
  rig.run(10);
  const std::uint8_t mask[] = {0, 1};
  rig.batch.set_config(Value::Table{{"episode_s", 0.4}}, mask, When::kNow);
  rig.run(1, 0, 10);
  EXPECT_EQ(rig.batch.events().ended[1], 0);
  rig.run(1, 0, 11);
  EXPECT_EQ(rig.batch.events().ended[0], 0);
  EXPECT_EQ(rig.batch.events().ended[1], 1);
  EXPECT_EQ(rig.batch.events().length[1], 12);

  Rig hard(crowd(1, 6)), soft(crowd(1, 6));
  hard.reset(0);
  soft.reset(0);
  hard.batch.set_config(Value::Table{{"on_crash", Value("terminate_world")}}, {}, When::kNow);
  int ended = 0;
  for (int step = 0; step < kEpisodeSteps / 2 && ended == 0; ++step) {
    hard.run(1, 0, step);
    soft.run(1, 0, step);
    ended = hard.batch.events().num_ended;
    EXPECT_EQ(soft.batch.events().num_ended, 0);
  }
  EXPECT_EQ(ended, 1);
}

TEST(SetConfigNow, RefusesWhatAnEpisodeBeganWith) {
  Rig rig(airy(2, 2));
  rig.reset(1);
  rig.run(5);
  const std::uint64_t before = rig.batch.state_hash();
  const auto now = [&](const Value& changes) {
    return [&rig, changes] { rig.batch.set_config(changes, {}, When::kNow); };
  };
  expect_refused(now(Value::Table{{"task_config", Value::Table{}}}),
                 "task_config cannot change in mid-episode");
  expect_refused(now(Value::Table{{"randomize", Value::Array{}}}),
                 "randomize cannot change in mid-episode");
  expect_refused(now(Value::Table{{"winf", Value(1)}}), "wind");
  expect_refused(now(Value::Table{{"wind", Value::Table{{"mean_mps", Value(3.0)}}}}), "mean_mps");
  expect_refused(
      now(Value::Table{{"wind", Value::Table{{"mean_w_mps", Value::Array{45.0, 0.0, 0.0}}}}}),
      "flight.max_air_speed_mps = 30");
  expect_refused(now(Value(3)), "must be a table", ErrorKind::kType);
  const std::uint8_t short_mask[] = {1};
  expect_refused([&] { rig.batch.set_config(gale(), short_mask, When::kNow); }, "mask has 1");
  Rig still(crowd(1, 2));
  still.reset(0);
  expect_refused([&] { still.batch.set_config(gale(), {}, When::kNow); },
                 "build it with flight.wind = true");
  expect_refused([&] { (void)rig.batch.live_config(2); }, "world = 2");
  EXPECT_EQ(rig.batch.state_hash(), before);
}

TEST(SetConfig, KeepsWhatEarlierCallsChanged) {
  Rig rig(airy(1, 2));
  rig.reset(0);
  rig.batch.set_config(gale(), {});
  rig.batch.set_config(Value::Table{{"episode_s", 0.5}}, {});
  rig.batch.reset({}, rig.outputs());
  EXPECT_NE(rig.state("wind_w_mps", 3)[1], 0);
  EXPECT_EQ(*rig.batch.live_config(0).find("episode_s"), Value(0.5));
  rig.batch.set_config(Value::Table{{"on_crash", Value("freeze")}}, {}, When::kNow);
  EXPECT_EQ(*rig.batch.live_config(0).find("episode_s"), Value(0.5));
  EXPECT_NE(rig.state("wind_w_mps", 3)[1], 0);
}

// A slider makes a config at every touch.
TEST(SetConfigNow, ManyChangesLeaveNothingBehind) {
  Rig rig(airy(2, 3));
  rig.reset(0);
  std::size_t size = 0;
  for (int touch = 0; touch < 500; ++touch) {
    const Value mean = Value::Array{Value(0.01 * (touch % 300) + 0.005), Value(1.0), Value(0.5)};
    const Value wind = Value::Table{{"mean_w_mps", mean}};
    rig.batch.set_config(Value::Table{{"wind", wind}}, {}, When::kNow);
    rig.run(1, 0, touch % 5);
    if (touch == 0) size = rig.batch.snapshot({}).size();
  }
  // other decimals of one number, and contacts
  EXPECT_LT(rig.batch.snapshot({}).size(), size + 4000);
  EXPECT_NEAR(rig.state("wind_w_mps", 3)[0], 1.995, 1e-5);
}

// Tasks that read the radio read it under any of their configs.
TEST(SetConfig, TasksGoOnHearing) {
  BatchConfig config;
  config.task = "consensus";
  config.num_worlds = 2;
  const Value changes =
      Value::Table{{"task_config", Value::Table{{"agreement_weight", Value(0.3)}}}};
  BatchConfig built = config;
  load(built, changes, "config");
  Rig from_start(built), changed(config);
  changed.batch.set_config(changes, {});
  from_start.reset(4);
  changed.reset(4);
  from_start.run(30);
  changed.run(30);
  EXPECT_EQ(changed.batch.state_hash(), from_start.batch.state_hash());
  EXPECT_EQ(changed.reward, from_start.reward);
}

// --- jammers ------------------------------------------------------------------------------------

constexpr const char* kDisc = "payload.size = 3\nrange.range_m = [4]\ninbox.slots = 3\n";
constexpr const char* kJammed = R"([[faults.jammers]]
center_w_m = [0, 0, 1]
radius_m = 50
probability = 0.7
falling = true
)";

BatchConfig talking(int num_worlds, int num_agents, const std::string& radio) {
  BatchConfig config = crowd(num_worlds, num_agents);
  config.radio = parse_toml(radio, "test");
  return config;
}

std::vector<Jammer> one_jammer() {
  return {{{0, 0, 1}, 50, 0.7F, true}};
}

std::vector<float> counts_of(const Rig& rig) {
  return rig.state("radio_counts", static_cast<int>(radio_count_names().size()));
}

// The truth is a radio that has the jammer in its config, on the long way.
TEST(Jammers, PutDownAreWhatTheyAreInTheConfig) {
  for (const int threads : {1, 3}) {
    BatchConfig free = talking(4, 12, kDisc);
    free.num_threads = threads;
    free.slab_agents = threads == 1 ? 0 : 24;
    Rig built(talking(4, 12, std::string(kDisc) + kJammed)), put(free);
    built.reset(2);
    put.reset(2);
    for (int world = 0; world < 4; ++world) put.batch.set_jammers(world, one_jammer());
    built.run(40);
    put.run(40);
    EXPECT_EQ(put.observation, built.observation);
    EXPECT_EQ(counts_of(put), counts_of(built));
    double jammed = 0;
    const std::vector<float> counts = counts_of(put);
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const std::string& name = radio_count_names()[i % radio_count_names().size()];
      if (name == "jammed") jammed += static_cast<double>(counts[i]);
    }
    EXPECT_GT(jammed, 100);
    EXPECT_EQ(put.batch.jammers(3), one_jammer());
  }
}

TEST(Jammers, AreOfTheirWorldAndOfTheState) {
  Rig rig(talking(3, 8, kDisc)), free(talking(3, 8, kDisc));
  rig.reset(1);
  free.reset(1);
  rig.batch.set_jammers(1, one_jammer());
  EXPECT_NE(rig.batch.state_hash(1), free.batch.state_hash(1));
  EXPECT_NE(rig.batch.fold().worlds[1], free.batch.fold().worlds[1]);
  EXPECT_EQ(rig.batch.fold().worlds[2], free.batch.fold().worlds[2]);
  rig.batch.set_jammers(1, {});
  EXPECT_EQ(rig.batch.state_hash(), free.batch.state_hash());
  rig.batch.set_jammers(1, one_jammer());
  rig.run(20);
  free.run(20);
  EXPECT_EQ(rig.batch.state_hash(0), free.batch.state_hash(0));
  EXPECT_EQ(rig.batch.state_hash(2), free.batch.state_hash(2));
  const std::vector<float> with = counts_of(rig), without = counts_of(free);
  EXPECT_NE(with, without);
}

TEST(Jammers, LastUntilTheNextReset) {
  BatchConfig config = talking(2, 4, kDisc);
  config.autoreset = Autoreset::kSameStep;
  Rig rig(config), free(config);
  rig.reset(1);
  free.reset(1);
  rig.batch.set_jammers(0, one_jammer());
  rig.run(kEpisodeSteps - 1);
  free.run(kEpisodeSteps - 1);
  EXPECT_EQ(rig.batch.jammers(0).size(), 1U);
  rig.run(1, 0, kEpisodeSteps - 1);
  free.run(1, 0, kEpisodeSteps - 1);
  EXPECT_TRUE(rig.batch.jammers(0).empty());
  EXPECT_EQ(rig.batch.state_hash(), free.batch.state_hash());
  rig.batch.set_jammers(0, one_jammer());
  rig.reset(1);
  free.reset(1);
  EXPECT_EQ(rig.batch.state_hash(), free.batch.state_hash());
}

TEST(Jammers, AreInSnapshots) {
  Rig rig(talking(2, 6, kDisc));
  rig.reset(3);
  rig.run(5);
  const std::vector<std::uint8_t> before = rig.batch.snapshot({});
  rig.batch.set_jammers(1, one_jammer());
  const int taken[] = {1};
  const std::vector<std::uint8_t> snapshot = rig.batch.snapshot(taken);
  Rig other(talking(1, 6, kDisc));
  other.reset(1);
  other.batch.restore(snapshot, {});
  EXPECT_EQ(other.batch.jammers(0), one_jammer());
  rig.run(20, 0, 5);
  for (int i = 5; i < 25; ++i) {
    other.draw_actions(1, i);
    other.step();
  }
  EXPECT_EQ(other.batch.state_hash(0), rig.batch.state_hash(1));
  rig.batch.restore(before, {});
  EXPECT_TRUE(rig.batch.jammers(1).empty());
  std::vector<std::uint8_t> older = before;
  older[8] = 1;  // the format
  expect_refused([&] { rig.batch.restore(older, {}); }, "snapshot format 1, this version reads 2");
}

TEST(Jammers, ShowWhereTheyAre) {
  Rig rig(talking(2, 4, std::string(kDisc) + kJammed + "to_s = 0.1\n"));
  rig.reset(0);
  ASSERT_EQ(rig.batch.landmarks(0).size(), 1U);
  rig.batch.set_jammers(0, std::vector<Jammer>{{{0, 0, 2}, 1.5F, 1, false}});
  const std::vector<Landmark> both = rig.batch.landmarks(0);
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[0].kind, Landmark::Kind::kJammer);
  EXPECT_EQ(both[0].position_w_m.z, 2);
  EXPECT_EQ(both[0].radius_m, 1.5F);
  EXPECT_EQ(both[1].radius_m, 50);
  rig.run(5);
  EXPECT_EQ(rig.batch.landmarks(0).size(), 1U) << "the other had its time";
}

TEST(Jammers, BadOnesAreRefusedWhole) {
  Rig rig(talking(1, 2, kDisc));
  rig.reset(0);
  rig.batch.set_jammers(0, one_jammer());
  const auto put = [&](const Jammer& jammer) {
    return [&rig, jammer] { rig.batch.set_jammers(0, std::vector<Jammer>{{}, jammer}); };
  };
  expect_refused(put({{0, 0, 0}, -1, 1, false}), "set_jammers.jammers[1].radius_m = -1");
  expect_refused(put({{0, 0, 0}, 1, 1.5F, false}), "set_jammers.jammers[1].probability = 1.5");
  expect_refused(put({{0, 0}, 1, 1, false}), "set_jammers.jammers[1].center_w_m");
  expect_refused(put({{0, std::nanf(""), 0}, 1, 1, false}), "set_jammers.jammers[1].center_w_m");
  expect_refused([&] { rig.batch.set_jammers(0, std::vector<Jammer>(kMostJammers + 1)); },
                 "set_jammers.jammers");
  expect_refused([&] { rig.batch.set_jammers(1, {}); }, "world = 1");
  EXPECT_EQ(rig.batch.jammers(0), one_jammer());
  Rig mute(crowd(1, 2));
  mute.reset(0);
  expect_refused([&] { mute.batch.set_jammers(0, {}); }, "the batch has no radio");
  EXPECT_TRUE(mute.batch.jammers(0).empty());
}

TEST(Jammers, ComeFromTables) {
  const Value list = Value::Array{Value::Table{{"radius_m", Value(2.0)}, {"falling", Value(true)}}};
  const std::vector<Jammer> jammers = jammers_of(list, "here");
  ASSERT_EQ(jammers.size(), 1U);
  EXPECT_EQ(jammers[0], (Jammer{{0, 0, 0}, 2, 1, true}));
  expect_refused(
      [] {
        (void)jammers_of(Value::Array{Value::Table{{"radius", Value(1.0)}}}, "here");
      },
      "radius_m");
  expect_refused([] { (void)jammers_of(Value(1), "here"); }, "here.jammers", ErrorKind::kType);
}

}  // namespace
}  // namespace volery
