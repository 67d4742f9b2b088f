// The columns of an action that are looked at: what they say beforehand is what then happens.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/toml.hpp"
#include "tests/batch/rig.hpp"
#include "volery/radio.hpp"

namespace volery {
namespace {

using test::Rig;

struct Masks {
  explicit Masks(Rig& rig)
      : count(rig.batch.layout().action_count()), flags(std::make_unique<bool[]>(count)) {
    rig.batch.action_mask({flags.get(), count});
  }
  // all of the columns [first, last) of an agent, or none
  [[nodiscard]] bool all(const Rig& rig, int agent, int first, int last) const {
    const bool* row =
        flags.get() + static_cast<std::ptrdiff_t>(agent) * rig.batch.layout().action_size();
    for (int c = first; c < last; ++c) EXPECT_EQ(row[c], row[first]) << "column " << c;
    return row[first];
  }
  std::size_t count;
  std::unique_ptr<bool[]> flags;
};

float count_of(const Rig& rig, int agent, const std::string& name) {
  const std::vector<std::string>& names = radio_count_names();
  const auto index = std::find(names.begin(), names.end(), name) - names.begin();
  const int width = static_cast<int>(names.size());
  return rig.state("radio_counts", width)[static_cast<std::size_t>(agent * width + index)];
}

BatchConfig talking(const std::string& radio) {
  BatchConfig config;
  config.num_agents = 3;
  config.action = "velocity";
  config.on_crash = "continue";
  config.radio = parse_toml("range.kind = \"unlimited\"\npayload.size = 2\n" + radio, "test");
  return config;
}

TEST(ActionMask, HasTheColumnsOfEachVehicle) {
  BatchConfig config;
  config.num_agents = 2;
  config.vehicle = Value::Array{Value(std::string("cf2x")), Value(std::string("firefly"))};
  config.action = "rotor";
  Rig rig(config);
  rig.reset(0);
  const Masks masks(rig);
  EXPECT_TRUE(masks.all(rig, 0, 0, 4));
  EXPECT_FALSE(masks.all(rig, 0, 4, 6));
  EXPECT_TRUE(masks.all(rig, 1, 0, 6));
}

TEST(ActionMask, IsEmptyForTheDeadAndThoseToJoin) {
  BatchConfig config = test::crowd(1, 3);
  config.on_crash = "terminate_agent";
  config.join_s = {0, 0, 2};
  config.autoreset = Autoreset::kDisabled;
  Rig rig(config);
  rig.reset(0);
  std::fill(rig.actions.begin(), rig.actions.end(), -1.0F);
  EXPECT_TRUE(Masks(rig).all(rig, 0, 0, 4));
  EXPECT_FALSE(Masks(rig).all(rig, 2, 0, 4));
  while (!rig.terminated[0]) rig.step();
  EXPECT_FALSE(Masks(rig).all(rig, 0, 0, 4));
}

// Everyone sends in every step: what is masked is what is refused, and nothing else.
void expect_refusals(const std::string& radio, const std::string& reason) {
  Rig rig(talking(radio));
  rig.reset(0);
  std::fill(rig.actions.begin(), rig.actions.end(), 1.0F);
  int num_refused = 0;
  int num_taken = 0;
  const int controls = rig.batch.layout().num_controls;
  for (int i = 0; i < 40; ++i) {
    const bool takes = Masks(rig).all(rig, 1, controls, rig.batch.layout().action_size());
    EXPECT_TRUE(Masks(rig).all(rig, 1, 0, controls));
    const float before = count_of(rig, 1, reason);
    rig.step();
    ASSERT_EQ(count_of(rig, 1, reason) - before, takes ? 0 : 1) << radio << ", step " << i;
    (takes ? num_taken : num_refused) += 1;
  }
  EXPECT_GT(num_taken, 3) << radio;
  EXPECT_GT(num_refused, 3) << radio;
}

TEST(ActionMask, SaysWhatTheRateRefuses) {
  expect_refusals("bandwidth.rate_bytes_ps = 120\nbandwidth.burst_bytes = 40\n", "refused_rate");
}

TEST(ActionMask, SaysWhatABusySenderRefuses) {
  expect_refusals("timing.bit_rate_bps = 1000\n", "refused_rate");
}

TEST(ActionMask, SaysWhatAFullQueueRefuses) {
  expect_refusals(
      "bandwidth.rate_bytes_ps = 120\nbandwidth.burst_bytes = 40\nbandwidth.queue = 2\n",
      "refused_queue");
}

TEST(ActionMask, ANewerMessageMayPushOutTheOldest) {
  Rig rig(
      talking("bandwidth.rate_bytes_ps = 120\nbandwidth.burst_bytes = 40\n"
              "bandwidth.queue = 2\nbandwidth.drop = \"oldest\"\n"));
  rig.reset(0);
  std::fill(rig.actions.begin(), rig.actions.end(), 1.0F);
  for (int i = 0; i < 30; ++i) {
    EXPECT_TRUE(Masks(rig).all(rig, 1, 3, rig.batch.layout().action_size()));
    rig.step();
  }
}

TEST(ActionMask, KnowsWhoseRadioIsOut) {
  Rig rig(talking("[[faults.outages]]\nagents = [1]\nfrom_s = 0.1\nto_s = 0.2\n"));
  rig.reset(0);
  std::fill(rig.actions.begin(), rig.actions.end(), 1.0F);
  const int controls = rig.batch.layout().num_controls;
  for (int i = 0; i < 10; ++i) {
    const bool takes = Masks(rig).all(rig, 1, controls, rig.batch.layout().action_size());
    EXPECT_EQ(takes, i < 3 || i >= 6) << "step " << i;
    const float before = count_of(rig, 1, "sent");
    rig.step();
    EXPECT_EQ(count_of(rig, 1, "sent") - before, takes ? 1 : 0) << "step " << i;
  }
}

TEST(ActionMask, WantsRoomForEveryColumn) {
  Rig rig(talking(""));
  rig.reset(0);
  bool one = false;
  EXPECT_THROW(rig.batch.action_mask({&one, 1}), Error);
}

}  // namespace
}  // namespace volery
