#include "io/player.hpp"

#include <gtest/gtest.h>

#include "core/toml.hpp"
#include "tests/io/recording_rig.hpp"

namespace volery::io {
namespace {

BatchConfig config_from(const char* toml) {
  return batch_config(parse_toml(toml, "test"));
}

// Everything that a run may hold: contacts, wind, radio, props, ranges.
const char* const kRuns[] = {
    "task = 'hover'\nnum_worlds = 5\nepisode_s = 1.0\n",
    "task = 'hover'\nnum_worlds = 3\nnum_agents = 4\nautoreset = 'same_step'\nepisode_s = 0.7\n",
    "task = 'hover'\nnum_worlds = 2\nnum_agents = 9\non_crash = 'respawn'\nepisode_s = 2\n"
    "[wind]\nmean_w_mps = [3.0, 1.0, 0.0]\nturbulence = 'light'\n",
    "task = 'formation'\nnum_agents = 7\nseed = 11\n",
    "task = 'formation'\nnum_worlds = 2\nnum_agents = 6\n[radio]\nbase = 'flock'\n",
    "task = 'transport'\nnum_worlds = 2\n",
    "task = 'transport_slung'\nnum_worlds = 2\n",
    "task = 'gates'\n",
    "task = 'search_relay'\n",
    "task = 'flocking'\nnum_agents = 20\n",
    "task = 'hover'\nnum_worlds = 4\n[[randomize]]\nfield = 'vehicle.mass_kg'\nrange = [0.9, 1.1]\n"
    "how = 'scale'\n",
};

class Runs : public testing::TestWithParam<const char*> {};

TEST_P(Runs, ReplayToTheBit) {
  const TempFile file("runs");
  const Seen seen = record(file.path(), config_from(GetParam()), 90);
  expect_replays(file.path(), seen);
}

TEST_P(Runs, ReplayOnTwoThreadsWithTrace) {
  const TempFile file("runs_two");
  const Seen seen = record(file.path(), config_from(GetParam()), 60);
  expect_replays(file.path(), seen, {.num_threads = 2, .trace = true});
}

INSTANTIATE_TEST_SUITE_P(Player, Runs, testing::ValuesIn(kRuns));

BatchConfig small(int worlds = 3, int agents = 2) {
  BatchConfig config;
  config.num_worlds = worlds;
  config.num_agents = agents;
  config.episode_s = 1;
  return config;
}

// The same where air and radio may be changed later.
BatchConfig lively() {
  BatchConfig config = small();
  config.flight.wind = true;
  config.radio = "disc";
  return config;
}

// Everything that can come in between steps, at different times.
void meddle(Flown& flown, int step) {
  static std::vector<std::uint8_t> kept;
  Batch& batch = flown.batch;
  const std::vector<float> up(static_cast<std::size_t>(batch.num_agents()) * 3, 0.5F);
  const std::vector<float> goals(batch.layout().num_rows() * 3, 1.0F);
  const std::vector<std::uint8_t> second{0, 1, 0};
  const std::vector<std::uint64_t> seeds{9, 8, 7};
  if (step == 5) batch.set_state(1, "velocity_w_mps", up);
  if (step == 9) batch.set_goal(goals, second);
  if (step == 12) batch.set_config(Value::Table{{"episode_s", Value(0.5)}}, second);
  if (step == 14) {
    const Value wind = Value::Table{{"mean_w_mps", Value::Array{2.0, 4.0, 0.0}}};
    batch.set_config(Value::Table{{"wind", wind}}, second, When::kNow);
  }
  if (step == 16) batch.set_jammers(1, std::vector<Jammer>{{{0, 0, 1}, 20, 0.5F, true}, {}});
  if (step == 18) batch.set_jammers(1, std::vector<Jammer>{{{1, 0, 1}, 20, 1, false}});
  if (step == 20) kept = batch.snapshot({});
  if (step == 33) batch.restore(kept, {});
  if (step == 36) {
    const int from = 2;
    const int to[] = {0};
    batch.restore(batch.snapshot({&from, 1}), to);
  }
  if (step == 40) batch.reset({.mask = second}, flown.out);
  if (step == 44) batch.reset({.seeds = seeds}, flown.out);
  if (step == 50) {
    const int from = 1;
    batch.branch(batch.snapshot({&from, 1}));
  }
}

TEST(Player, RepeatsWhatWasWrittenFromOutside) {
  const TempFile file("meddle");
  const Seen seen = record(file.path(), lively(), 70, meddle);
  expect_replays(file.path(), seen);
}

TEST(Player, TellsWhatWasWrittenFromOutside) {
  const TempFile file("marks");
  (void)record(file.path(), lively(), 70, meddle);
  const Player player(file.path());
  int written = 0;
  int reset = 0;
  for (const Mark& mark : player.marks()) {
    written += mark.kind == Mark::Kind::kWritten ? 1 : 0;
    reset += mark.kind == Mark::Kind::kWorldReset ? 1 : 0;
    EXPECT_LE(mark.step, 70U);
  }
  EXPECT_EQ(written, 9);
  EXPECT_EQ(reset, 1 + 3);
}

TEST(Player, RepeatsEveryWayToResetWorlds) {
  for (const Autoreset mode : {Autoreset::kNextStep, Autoreset::kSameStep, Autoreset::kDisabled}) {
    BatchConfig config = small();
    config.autoreset = mode;
    const TempFile file("autoreset");
    const Seen seen = record(file.path(), config, 80, [&](Flown& flown, int) {
      const WorldEvents& events = flown.batch.events();
      if (mode == Autoreset::kDisabled && events.num_ended > 0)
        flown.batch.reset({.mask = events.ended}, flown.out);
    });
    expect_replays(file.path(), seen);
  }
}

// A task that the host scores and places.
BatchConfig hosted(bool places) {
  const auto named = [](const char* name) { return Value(Value::Table{{"name", name}}); };
  BatchConfig config = small();
  config.task = "mine";
  config.host_task = std::make_shared<const HostTask>(
      host_task(Value::Table{{"name", "mine"},
                             {"terms", Value::Array{named("pay")}},
                             {"metrics", Value::Array{named("seen")}},
                             {"fields", Value::Array{named("count")}},
                             {"sensors", Value::Array{Value("pose")}},
                             {"places", Value(places)}}));
  return config;
}

Seen record_hosted(const std::filesystem::path& path, bool places, int steps) {
  Flown flown(hosted(places));
  flown.batch.attach(std::make_shared<Recorder>(path));
  Batch& batch = flown.batch;
  const std::size_t rows = batch.layout().num_rows();
  const PlaceAgents place = [&](std::span<const int> worlds) {
    std::vector<float> at(worlds.size() * static_cast<std::size_t>(batch.num_agents()) * 3);
    batch.draw(0, at);
    for (float& x : at) x = 0.6F + x;
    batch.set_rows("position_w_m", at);
  };
  Seen seen;
  batch.reset({.seed = 3}, flown.out, place);
  seen.look(batch);
  std::vector<float> terms(rows), metrics(rows), counts(rows);
  const auto ends = std::make_unique<bool[]>(rows);
  for (int step = 0; step < steps; ++step) {
    flown.act(step);
    batch.advance(flown.actions);
    batch.columns("count", counts);
    for (std::size_t i = 0; i < rows; ++i) {
      counts[i] += 1;
      terms[i] = counts[i] * 0.1F;
      ends[i] = counts[i] > 17.0F + static_cast<float>(i);
    }
    batch.set_columns("count", counts);
    // what is not given counts as zeros
    const HostScores scores{terms.data(), step % 2 == 0 ? metrics.data() : nullptr, ends.get()};
    batch.finish(scores, flown.out, place);
    seen.look(batch);
  }
  batch.attach(nullptr);
  return seen;
}

TEST(Player, RepeatsTasksThatTheHostScores) {
  for (const bool places : {false, true}) {
    const TempFile file("hosted");
    const Seen seen = record_hosted(file.path(), places, 60);
    expect_replays(file.path(), seen);
  }
}

TEST(Player, BeginsInTheMiddleOfARun) {
  Flown flown(small());
  flown.reset();
  for (int step = 0; step < 13; ++step) flown.step(step);
  const TempFile file("middle");
  flown.batch.attach(std::make_shared<Recorder>(file.path()));
  Seen seen;
  seen.look(flown.batch);
  for (int step = 13; step < 60; ++step) {
    flown.step(step);
    seen.look(flown.batch);
  }
  flown.batch.attach(nullptr);
  expect_replays(file.path(), seen);
}

TEST(Player, SeeksToAnyPosition) {
  const TempFile file("seek");
  const Seen seen = record(file.path(), lively(), 200, meddle, {.keyframe_steps = 30});
  // with room for snapshots of its own, and without any
  for (const double ring_mb : {64.0, 0.0}) {
    Player player(file.path(), {.ring_mb = ring_mb});
    Rng rng(1, 0, Stream::kAction);
    for (int i = 0; i < 60; ++i) {
      const std::uint64_t to = rng.bits() % (seen.hashes.size() + 5);
      player.seek(to);
      ASSERT_EQ(player.position(), std::min<std::uint64_t>(to, 200));
      ASSERT_EQ(player.batch().state_hash(), seen.hashes[player.position()]) << to;
    }
    EXPECT_FALSE(player.difference().has_value());
  }
}

TEST(Player, ShowsOutputsAndActionsOfItsPosition) {
  Flown flown(small());
  const TempFile file("outputs");
  flown.batch.attach(std::make_shared<Recorder>(file.path()));
  flown.reset();
  for (int step = 0; step < 40; ++step) flown.step(step);
  flown.batch.attach(nullptr);

  Player player(file.path());
  EXPECT_TRUE(player.actions().empty());
  const std::size_t rows = flown.reward.size();
  player.seek(40);
  const StepOutputs& out = player.outputs();
  EXPECT_EQ(std::vector<float>(player.actions().begin(), player.actions().end()), flown.actions);
  EXPECT_EQ(std::vector<float>(out.observation, out.observation + flown.observation.size()),
            flown.observation);
  EXPECT_EQ(std::vector<float>(out.reward, out.reward + rows), flown.reward);
  player.seek(0);
  EXPECT_TRUE(player.actions().empty());
  EXPECT_EQ(std::vector<float>(player.outputs().reward, player.outputs().reward + rows),
            std::vector<float>(rows, 0.0F));
}

TEST(Player, BranchesOffIntoABatchOfItsOwn) {
  const TempFile file("branch");
  const Seen seen = record(file.path(), small(), 50);
  Player player(file.path());
  player.seek(20);
  Batch batch = player.branch();
  EXPECT_EQ(batch.state_hash(), seen.hashes[20]);
  player.seek(30);
  EXPECT_EQ(batch.state_hash(), seen.hashes[20]);
}

// A recording whose step 31 does not follow from what it says: one number of the state was changed
// behind the recorder's back.
TEST(Player, NamesStepWorldAndFieldThatDiffer) {
  struct Case {
    const char* field;
    int width;
    bool per_prop;
  };
  for (const Case& c : {Case{"velocity_w_mps", 3, false}, Case{"goal_w_m", 3, false},
                        Case{"episode_return", 1, false}}) {
    Flown flown(small(5, 2));
    const TempFile file("differs");
    const auto recorder = std::make_shared<Recorder>(file.path());
    // forwards everything but what happens to world 3 at step 30
    struct Deaf final : Journal {
      std::shared_ptr<Recorder> to;
      bool wants_fold() const noexcept override { return true; }
      void attached(const Batch& batch) override { to->attached(batch); }
      void detached(const Batch& batch) override { to->detached(batch); }
      void reset(const Batch& batch, const ResetRequest& request) override {
        to->reset(batch, request);
      }
      void step(const Batch& batch, std::span<const float> actions,
                const StepOutputs& out) override {
        to->step(batch, actions, out);
      }
    };
    const auto deaf = std::make_shared<Deaf>();
    deaf->to = recorder;
    flown.batch.attach(deaf);
    flown.reset();
    for (int step = 0; step < 29; ++step) flown.step(step);
    std::vector<float> values(static_cast<std::size_t>(2 * c.width));
    flown.batch.state(3, c.field, values);
    values.back() += 0.25F;
    flown.batch.set_state(3, c.field, values);
    for (int step = 29; step < 35; ++step) flown.step(step);
    flown.batch.attach(nullptr);

    Player player(file.path());
    const auto difference = player.verify();
    ASSERT_TRUE(difference.has_value()) << c.field;
    EXPECT_EQ(difference->step, 30U);
    EXPECT_EQ(player.position(), 30U);
    EXPECT_EQ(difference->worlds, std::vector<int>{3});
    EXPECT_NE(std::find(difference->fields.begin(), difference->fields.end(), c.field),
              difference->fields.end())
        << difference->text();
    EXPECT_NE(difference->text().find("step 30: world 3 differs in "), std::string::npos)
        << difference->text();
  }
}

TEST(Player, StopsVerifyingWhenToldTo) {
  const TempFile file("stop");
  (void)record(file.path(), small(), 200);
  Player player(file.path());
  EXPECT_FALSE(player.verify([](std::uint64_t position) { return position < 64; }).has_value());
  EXPECT_EQ(player.position(), 64U);
}

TEST(Player, ShowsPacketsThatTheRunDidNotTrace) {
  const TempFile file("packets");
  BatchConfig config = config_from(
      "task = 'formation'\nnum_agents = 6\n[radio]\nbase = 'flock'\naddress.ttl = "
      "2\nbandwidth.queue = 4\n");
  const Seen seen = record(file.path(), config, 60);
  Player player(file.path(), {.trace = true});
  std::size_t packets = 0;
  while (player.step()) packets += player.batch().packets().size();
  EXPECT_GT(packets, 0U);
  EXPECT_EQ(player.batch().state_hash(), seen.hashes.back());
  EXPECT_FALSE(player.difference().has_value());
}

}  // namespace
}  // namespace volery::io
