// What a batch tells of its steps beside results, and that telling changes none.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <vector>

#include "batch/stage_clock.hpp"
#include "core/toml.hpp"
#include "tests/batch/rig.hpp"

namespace volery {
namespace {

using test::crowd;
using test::Rig;

BatchConfig talking(int num_worlds, int num_agents) {
  BatchConfig config = crowd(num_worlds, num_agents);
  config.radio = parse_toml("payload.size = 3\nrange.range_m = [4]\n", "test");
  return config;
}

template <class Call>
std::string refusal_of(Call&& call, ErrorKind kind) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind);
    return error.what();
  }
  return "";
}

TEST(TracePackets, ChangesNoResultWheneverItIsTurned) {
  for (const int threads : {1, 3}) {
    BatchConfig config = talking(4, 9);
    config.num_threads = threads;
    config.slab_agents = 18;
    Rig quiet(talking(4, 9)), rig(config);
    quiet.reset(2);
    rig.reset(2);
    std::size_t packets = 0;
    for (int step = 0; step < 40; ++step) {
      if (step % 10 == 3) rig.batch.trace_packets(true);
      if (step % 10 == 7) rig.batch.trace_packets(false);
      quiet.run(1, 0, step);
      rig.run(1, 0, step);
      ASSERT_EQ(rig.batch.state_hash(), quiet.batch.state_hash()) << step;
      ASSERT_EQ(rig.observation, quiet.observation) << step;
      ASSERT_EQ(rig.batch.traces_packets(), step % 10 >= 3 && step % 10 < 7);
      if (rig.batch.traces_packets()) packets += rig.batch.packets().size();
    }
    EXPECT_GT(packets, 100U);
  }
}

TEST(TracePackets, TellsWhatABatchTellsThatWasBuiltForIt) {
  BatchConfig config = talking(2, 6);
  config.radio.table()["trace"] = true;
  Rig built(config), turned(talking(2, 6));
  EXPECT_TRUE(built.batch.traces_packets());
  turned.batch.trace_packets(true);
  EXPECT_TRUE(turned.batch.packets().empty());
  built.reset(1);
  turned.reset(1);
  built.run(5);
  turned.run(5);
  const std::vector<Packet> was = built.batch.packets(), is = turned.batch.packets();
  ASSERT_GT(was.size(), 0U);
  ASSERT_EQ(is.size(), was.size());
  for (std::size_t i = 0; i < is.size(); ++i) {
    EXPECT_EQ(is[i].sender, was[i].sender);
    EXPECT_EQ(is[i].fate, was[i].fate);
  }
}

TEST(TracePackets, NeedsARadioAndPacketsNeedIt) {
  Rig mute(crowd(1, 2)), rig(talking(1, 2));
  EXPECT_FALSE(mute.batch.traces_packets());
  EXPECT_NE(refusal_of([&] { mute.batch.trace_packets(true); }, ErrorKind::kValue).find("no radio"),
            std::string::npos);
  EXPECT_NE(refusal_of([&] { (void)mute.batch.packets(); }, ErrorKind::kValue).find("no radio"),
            std::string::npos);
  EXPECT_NE(refusal_of([&] { (void)rig.batch.packets(); }, ErrorKind::kValue).find("radio.trace"),
            std::string::npos);
}

// A clock that is a second later whenever somebody looks.
double ticks() {
  static std::atomic<int> seconds{0};
  return ++seconds;
}

const StageTime& stage_of(const std::vector<StageTime>& times, const std::string& name) {
  const auto found =
      std::find_if(times.begin(), times.end(), [&](const StageTime& t) { return t.name == name; });
  EXPECT_NE(found, times.end()) << name;
  return *found;
}

TEST(Timings, CountEveryStageAndChangeNoResult) {
  BatchConfig config = talking(6, 8);
  config.flight.downwash = true;
  config.slab_agents = 16;
  constexpr int kSteps = 60;
  for (const int threads : {1, 2}) {
    config.num_threads = threads;
    Rig plain(config), rig(config);
    plain.reset(3);
    rig.reset(3);
    rig.batch.time_stages(ticks);
    const double begin_s = ticks();
    rig.run(kSteps);
    const double passed_s = ticks() - begin_s;
    plain.run(kSteps);
    EXPECT_EQ(rig.batch.state_hash(), plain.batch.state_hash());
    const std::vector<StageTime> times = rig.batch.timings();
    ASSERT_EQ(times.size(), static_cast<std::size_t>(batch::kNumStages));
    double sum_s = 0;
    std::uint64_t marks = 0;
    for (const StageTime& time : times) {
      // nobody records
      EXPECT_EQ(time.count > 0, std::string(time.name) != "fold") << time.name;
      EXPECT_GE(time.seconds, static_cast<double>(time.count)) << time.name;
      sum_s += time.seconds;
      marks += time.count;
    }
    EXPECT_EQ(stage_of(times, "actions").count, 3U * kSteps) << "slabs of two worlds";
    // alone it hears each of its own ticks once, and those of whoever works beside it
    if (threads == 1) {
      EXPECT_EQ(sum_s, static_cast<double>(marks));
    }
    EXPECT_LE(sum_s, passed_s * threads);
  }
}

TEST(Timings, StartAnewAndStop) {
  Rig rig(crowd(2, 2));
  EXPECT_NE(refusal_of([&] { (void)rig.batch.timings(); }, ErrorKind::kState).find("time_stages"),
            std::string::npos);
  rig.reset(0);
  rig.batch.time_stages(ticks);
  rig.run(3);
  EXPECT_GT(rig.batch.timings().front().count, 0U);
  rig.batch.time_stages(ticks);
  EXPECT_EQ(rig.batch.timings().front().count, 0U);
  rig.batch.time_stages(nullptr);
  EXPECT_THROW((void)rig.batch.timings(), Error);
}

TEST(Timings, OfAWorldThatWorkersShareAreThoseOfItsLeader) {
  BatchConfig config = talking(1, 40);
  config.num_threads = 2;
  Rig rig(config);
  rig.reset(0);
  rig.batch.time_stages(ticks);
  rig.run(4);
  for (const char* name : {"actions", "radio", "score", "air"})
    EXPECT_EQ(stage_of(rig.batch.timings(), name).count, 4U) << name;
}

TEST(Stats, AddUpWhatWorkersCount) {
  StepCounts a{.agent_steps = 1, .episodes = 2, .clipped_actions = 3}, b{.agent_steps = 10};
  b.diverged_worlds = 4;
  b.overflowed_worlds = 5;
  b.failed_spawns = 6;
  a.add(b);
  EXPECT_EQ(a.agent_steps, 11U);
  EXPECT_EQ(a.episodes, 2U);
  EXPECT_EQ(a.clipped_actions, 3U);
  EXPECT_EQ(a.diverged_worlds, 4U);
  EXPECT_EQ(a.overflowed_worlds, 5U);
  EXPECT_EQ(a.failed_spawns, 6U);
}

}  // namespace
}  // namespace volery
