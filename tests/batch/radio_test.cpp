// The radio as part of a batch: what an agent says with its action another one observes, whatever
// the threads, slabs and snapshots.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "core/toml.hpp"
#include "rig.hpp"
#include "volery/policy.hpp"
#include "volery/radio.hpp"

namespace volery {
namespace {

using test::Rig;

// Every stage of the pipeline that draws or keeps something.
constexpr const char* kEverything = R"(
payload.size = 3
address.mode = "any"
address.anonymous = false
range.kind = "path_loss"
range.sensitivity_dbm = [-65]
range.shadowing_db = 4
occlusion.kind = "both"
contention.access = "csma"
contention.slots_per_step = 3
contention.capture_db = 6
loss.probability = 0.05
loss.burst_loss = 0.1
timing.latency_steps = 2
timing.jitter_steps = 2
timing.bit_rate_bps = 20000
bandwidth.rate_bytes_ps = 200
bandwidth.burst_bytes = 36
bandwidth.queue = 2
inbox.slots = 3
inbox.keep_steps = 3
inbox.position_noise_m = 0.05
topology.kind = "k_nearest"
topology.k = 5
)";

BatchConfig talking(int num_worlds, int num_agents, const std::string& radio) {
  BatchConfig config = test::crowd(num_worlds, num_agents);
  config.radio = parse_toml(radio, "test");
  return config;
}

const Group& group_of(const Layout& layout, const std::string& name) {
  const auto found = std::find_if(layout.groups.begin(), layout.groups.end(),
                                  [&](const Group& group) { return group.name == name; });
  EXPECT_NE(found, layout.groups.end());
  return *found;
}

TEST(BatchRadio, WhatOneSaysTheOthersObserve) {
  BatchConfig config = talking(1, 3, "payload.size = 2\nrange.kind = \"unlimited\"\n");
  config.action = "ctbr";
  Rig rig(config);
  const Layout& layout = rig.batch.layout();
  ASSERT_EQ(layout.num_controls, 4);
  ASSERT_EQ(layout.action_size(), 7);
  rig.reset(1);
  std::fill(rig.actions.begin(), rig.actions.end(), 0.0F);
  float* const first = rig.actions.data();
  first[4] = 0.5F;
  first[5] = -0.25F;
  first[6] = 1;
  rig.step();
  const Group& inbox = group_of(layout, "inbox");
  const int size = layout.observation_size();
  for (int agent = 0; agent < 3; ++agent) {
    const float* const slot = rig.observation.data() + agent * size + inbox.first;
    EXPECT_EQ(slot[0], agent == 0 ? 0.0F : 1.0F) << "agent " << agent;
    if (agent == 0) continue;
    const int last = static_cast<int>(layout.inbox_slot.size());
    EXPECT_EQ(slot[last - 2], 0.5F);
    EXPECT_EQ(slot[last - 1], -0.25F);
  }
}

TEST(BatchRadio, ThreadsAndSlabsChangeNothing) {
  const auto run = [](int threads, int slab_agents) {
    BatchConfig config = talking(6, 24, kEverything);
    config.num_threads = threads;
    config.slab_agents = slab_agents;
    Rig rig(config);
    rig.reset(3);
    rig.run(40);
    return rig.batch.state_hash();
  };
  const std::uint64_t one = run(1, 0);
  EXPECT_EQ(run(1, 24), one);
  EXPECT_EQ(run(1, 48), one);
  EXPECT_EQ(run(2, 0), one);
  EXPECT_EQ(run(4, 24), one);
}

TEST(BatchRadio, OneBigWorldIsSplitWithoutATrace) {
  const auto run = [](int threads) {
    BatchConfig config = talking(1, 1024,
                                 "range.range_m = [3]\nloss.probability = 0.2\ninbox.slots = 3\n"
                                 "contention.access = \"aloha\"\ncontention.slots_per_step = 8\n");
    config.scene = parse_toml(
        "bounds_low_m = [-60, -60, -1]\nbounds_high_m = [60, 60, 40]\n"
        "spawn_low_m = [-15, -15, 1]\nspawn_high_m = [15, 15, 12]\n",
        "test");
    config.num_threads = threads;
    Rig rig(config);
    rig.reset(3);
    rig.run(4);
    return rig.batch.state_hash();
  };
  const std::uint64_t one = run(1);
  EXPECT_EQ(run(2), one);
  EXPECT_EQ(run(4), one);
}

TEST(BatchRadio, ASnapshotHoldsWhatIsUnderWay) {
  Rig rig(talking(2, 16, kEverything));
  rig.reset(3);
  rig.run(15);
  const std::vector<std::uint8_t> snapshot = rig.batch.snapshot({});
  rig.run(15, 0, 15);
  const std::uint64_t straight = rig.batch.state_hash();
  Rig other(talking(2, 16, kEverything));
  other.reset(9);
  other.batch.restore(snapshot, {});
  other.run(15, 0, 15);
  EXPECT_EQ(other.batch.state_hash(), straight);
}

TEST(BatchRadio, AResetClearsInboxesAndCounts) {
  Rig rig(talking(1, 8, "range.kind = \"unlimited\"\n"));
  rig.reset(3);
  rig.run(10);
  const int counts = static_cast<int>(radio_count_names().size());
  std::vector<float> totals = rig.state("radio_counts", counts);
  EXPECT_GT(*std::max_element(totals.begin(), totals.end()), 0);
  rig.reset(3);
  totals = rig.state("radio_counts", counts);
  EXPECT_EQ(*std::max_element(totals.begin(), totals.end()), 0);
  const std::vector<float> from = rig.state("inbox_from", 4);
  EXPECT_EQ(*std::max_element(from.begin(), from.end()), 0);
}

TEST(BatchRadio, AnEpisodeReportsWhatWasSentAndHeard) {
  BatchConfig config = talking(2, 8, "range.kind = \"unlimited\"\n");
  config.episode_s = 0.5F;
  config.autoreset = Autoreset::kSameStep;
  Rig rig(config);
  rig.reset(3);
  rig.run(15);
  const WorldEvents& events = rig.batch.events();
  ASSERT_EQ(events.num_ended, 2);
  const std::size_t counts = radio_count_names().size();
  ASSERT_EQ(events.episode_radio.size(), 2 * 8 * counts);
  // the fates of every agent sum to its candidates
  for (std::size_t row = 0; row < 16; ++row) {
    const float* const own = events.episode_radio.data() + row * counts;
    float sum = 0;
    std::size_t i = 0;
    for (; radio_count_names()[i] != "candidates"; ++i) sum += own[i];
    EXPECT_EQ(sum, own[i]);
    EXPECT_GT(sum, 0);
  }
}

TEST(BatchRadio, TheTraceIsTheSameForAnyNumberOfThreads) {
  const auto run = [](int threads) {
    BatchConfig config = talking(4, 16, std::string(kEverything) + "trace = true\n");
    config.num_threads = threads;
    config.slab_agents = 16;
    Rig rig(config);
    rig.reset(3);
    std::vector<Packet> all;
    for (int step = 0; step < 12; ++step) {
      rig.run(1, 0, step);
      const std::vector<Packet> packets = rig.batch.packets();
      all.insert(all.end(), packets.begin(), packets.end());
    }
    return all;
  };
  const std::vector<Packet> one = run(1), four = run(4);
  ASSERT_GT(one.size(), 50U);
  ASSERT_EQ(one.size(), four.size());
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].world, four[i].world);
    EXPECT_EQ(one[i].sender, four[i].sender);
    EXPECT_EQ(one[i].receiver, four[i].receiver);
    EXPECT_EQ(one[i].fate, four[i].fate);
    EXPECT_EQ(one[i].delay_steps, four[i].delay_steps);
  }
}

TEST(BatchRadio, PoliciesThatDoNotSpeakAreSilent) {
  BatchConfig config = talking(1, 4, "payload.size = 2\n");
  config.action = "";
  Rig rig(config);
  rig.reset(1);
  const auto policy = rig.batch.policy("");
  std::fill(rig.actions.begin(), rig.actions.end(), 0.7F);
  const Layout& layout = rig.batch.layout();
  policy->act(rig.observation.data(), layout.observation_size(), rig.actions.data(),
              layout.action_size(), 4, 0, 0);
  for (int agent = 0; agent < 4; ++agent) {
    for (int c = layout.num_controls; c < layout.action_size(); ++c)
      EXPECT_EQ(rig.actions[static_cast<std::size_t>(agent * layout.action_size() + c)], 0);
  }
}

void expect_refused(const std::string& radio, const std::string& part) {
  try {
    const Batch batch(talking(1, 4, radio));
    ADD_FAILURE() << "was taken: " << radio;
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  }
}

TEST(BatchRadio, BadConfigsAreRefusedByPath) {
  expect_refused("payload.size = 0", "radio.payload.size = 0");
  expect_refused("range.range_m = [-1]", "radio.range.range_m");
  expect_refused("range.range_m = [1, 2]", "config.radio.range");
  expect_refused("address.group = [0, 1]", "config.radio.address.group: has 2 entries");
  expect_refused("address.group = [0, 1, 0.5, 1]", "config.radio.address.group[2]");
  expect_refused("address.channels = 2\naddress.listens = [0, 1, 2, 0]", "channel 2 is not below");
  expect_refused("payload.sizes = 3", "sizes");
  expect_refused("base = \"discc\"", "disc");
  expect_refused("timing.latency_steps = 1000\ninbox.slots = 64\npayload.size = 64\n",
                 "numbers per agent");
}

TEST(BatchRadio, AnInboxNeedsARadio) {
  BatchConfig config = test::crowd(1, 2);
  config.sensors = {"pose", "inbox"};
  try {
    const Batch batch(config);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("needs a radio"), std::string::npos);
  }
}

}  // namespace
}  // namespace volery
