#include <gtest/gtest.h>

#include <cmath>

#include "state/task_columns.hpp"
#include "tests/policy/observation.hpp"

namespace volery {
namespace {

using test::make_policy;
using test::Observation;

constexpr int kSlots = 2;
constexpr int kTold = 6;  // valid, age, distance, bearing
constexpr int kMessage = 9;

// An agent that knows its own slot and what it heard.
struct Hearing : Observation {
  explicit Hearing(int message = kMessage) : Observation(widths(message)), size(message) {}
  static Widths widths(int message = kMessage) {
    return {{"pose", 12},
            {"velocity", 3},
            {"rates", 3},
            {"task", kNumFormationColumns},
            {"inbox", kSlots * (kTold + message)}};
  }
  void hear(int slot, Vec3 position_w_m, Vec3 velocity_w_mps, Vec3 slot_m, float age_s = 0) {
    float* const columns = group("inbox") + slot * (kTold + size);
    columns[0] = 1;
    columns[1] = age_s;
    const Vec3 payload[3] = {position_w_m * 1e-3F, velocity_w_mps * 1e-2F, slot_m * 1e-3F};
    for (int i = 0; i < 3; ++i) {
      columns[kTold + 3 * i] = payload[i].x;
      columns[kTold + 3 * i + 1] = payload[i].y;
      columns[kTold + 3 * i + 2] = payload[i].z;
    }
  }
  // columns of the action, then payload, send, to, channel
  [[nodiscard]] std::vector<float> fly() const {
    const Vehicle vehicle = load_vehicle("cf2x");
    const std::string level = "velocity";
    PolicyContext radio = context(vehicle, level);
    radio.outbox = {.data = {4, size}, .send = 4 + size, .to = 5 + size, .channel = 6 + size};
    radio.inbox_slots = kSlots;
    std::vector<float> action(static_cast<std::size_t>(7 + size), 99);
    make_policy("formation", radio)
        ->act(row.data(), 0, action.data(), static_cast<std::ptrdiff_t>(action.size()), 1, 0, 0);
    return action;
  }
  int size;
};

TEST(HeardFormationPolicy, SaysItsStateAndSlotToEveryone) {
  Hearing agent;
  agent.set("pose", {10, -20, 30});
  agent.set("velocity", {0.5F, -1, 2});
  agent.set("task", {1, 2, -3});
  const auto action = agent.fly();
  const float told[kMessage] = {0.01F, -0.02F, 0.03F,  0.005F, -0.01F,
                                0.02F, 0.001F, 0.002F, -0.003F};
  for (int i = 0; i < kMessage; ++i)
    EXPECT_FLOAT_EQ(action[4 + static_cast<std::size_t>(i)], told[i]);
  EXPECT_EQ(action[4 + kMessage], 1);
  EXPECT_EQ(action[5 + kMessage], -1);
  EXPECT_EQ(action[6 + kMessage], 0);
}

TEST(HeardFormationPolicy, StaysWhereNothingIsHeardOrAllAgree) {
  Hearing agent;
  agent.set("pose", {1, 2, 3});
  agent.set("task", {1, 0, 0});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(agent.fly()[static_cast<std::size_t>(i)], 0);
  agent.hear(0, {-1, 2, 3}, {}, {-1, 0, 0});
  for (int i = 0; i < 3; ++i) EXPECT_NEAR(agent.fly()[static_cast<std::size_t>(i)], 0, 1e-5F);
}

TEST(HeardFormationPolicy, FliesToTheMeanOfAllMiddles) {
  // its own middle is (0, 0, 3), the other's (4, 0, 3), far from any encounter
  Hearing agent;
  agent.set("pose", {0, 5, 3});
  agent.set("task", {0, 5, 0});
  agent.hear(1, {4, -5, 3}, {}, {0, -5, 0});
  const auto action = agent.fly();
  EXPECT_GT(action[0], 0.3F);
  EXPECT_NEAR(action[1], 0, 1e-5F);
  EXPECT_NEAR(action[2], 0, 1e-5F);
}

TEST(HeardFormationPolicy, CarriesWhatItHeardOnToNow) {
  Hearing agent;
  agent.set("task", {0, 5, 0});
  agent.set("pose", {0, 5, 3});
  // a second ago it was 2 m short of where it must be, and flew there at 2 m/s
  agent.hear(0, {-2, -5, 3}, {2, 0, 0}, {0, -5, 0}, 1);
  EXPECT_NEAR(agent.fly()[0], 0, 1e-4F);
  agent.hear(0, {-2, -5, 3}, {2, 0, 0}, {0, -5, 0}, 0.5F);
  EXPECT_LT(agent.fly()[0], -0.1F);
}

TEST(HeardFormationPolicy, KeepsClearOfWhomItHears) {
  // both want to where the other is
  Hearing agent;
  agent.set("pose", {0, 0, 3});
  agent.set("task", {2, 0, 0});
  agent.set("velocity", {0.5F, 0, 0});
  agent.hear(0, {0.5F, 0, 3}, {-0.5F, 0, 0}, {-2, 0, 0});
  agent.hear(1, {4, 0, 3}, {}, {0, 0, 0});
  const auto aside = [&] {
    const auto action = agent.fly();
    return std::sqrt(action[1] * action[1] + action[2] * action[2]);
  };
  EXPECT_GT(aside(), 0.1F);
  agent.hear(0, {0.5F, 4, 3}, {-0.5F, 0, 0}, {-2, 4, 0});
  EXPECT_NEAR(aside(), 0, 1e-5F);
}

TEST(HeardFormationPolicy, RefusesMessagesThatCannotHoldAState) {
  try {
    (void)Hearing(8).fly();
    ADD_FAILURE() << "was taken";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("radio.payload.size = 8"), std::string::npos);
  }
}

TEST(HeardFormationPolicy, StaysWithoutARadio) {
  Observation::Widths widths = Hearing::widths();
  widths.pop_back();
  const auto action = test::act("formation", Observation(widths), load_vehicle("cf2x"), "velocity");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(action[static_cast<std::size_t>(i)], 0);
}

TEST(FormationPolicy, SaysNothingWhereItSees) {
  Observation::Widths widths = Observation::all();
  widths.emplace_back("inbox", kSlots * (kTold + kMessage));
  const Observation seeing(widths);
  const Vehicle vehicle = load_vehicle("cf2x");
  const std::string level = "velocity";
  PolicyContext radio = seeing.context(vehicle, level);
  radio.outbox = {.data = {4, kMessage}, .send = 4 + kMessage, .to = 5 + kMessage};
  radio.inbox_slots = kSlots;
  std::vector<float> action(4 + kMessage + 3, 99);
  make_policy("formation", radio)
      ->act(seeing.row.data(), 0, action.data(), static_cast<std::ptrdiff_t>(action.size()), 1, 0,
            0);
  for (std::size_t i = 4; i < action.size() - 1; ++i) EXPECT_EQ(action[i], 0);
  EXPECT_EQ(action.back(), 99) << "beyond the columns";
}

}  // namespace
}  // namespace volery
