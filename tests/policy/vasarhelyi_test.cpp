#include <gtest/gtest.h>

#include <cmath>

#include "tests/policy/observation.hpp"

namespace volery {
namespace {

using test::act;
using test::Observation;

constexpr int kControls = 4;
constexpr int kPayload = 6;
// valid, age, and the payload
constexpr int kSlot = 2 + kPayload;
constexpr int kSlots = 3;
// of floats sent in units of 1000 m and 100 m/s
constexpr float kRounding = 1e-3F;

// a drone with a radio and without the sensor neighbors
struct Listener : Observation {
  Listener() : Observation(widths()) { fill("rangefinder", 8); }
  static Widths widths() {
    return {{"pose", 12}, {"velocity", 3},    {"rates", 3},
            {"goal", 3},  {"rangefinder", 5}, {"inbox", kSlots * kSlot}};
  }
  void hear(int slot, Vec3 position_w_m, Vec3 velocity_w_mps, float age_s = 0) {
    group("inbox")[slot * kSlot] = 1;
    group("inbox")[slot * kSlot + 1] = age_s;
    set("inbox", position_w_m * 1e-3F, slot * kSlot + 2);
    set("inbox", velocity_w_mps * 1e-2F, slot * kSlot + 5);
  }
  // controls, payload, send, to, channel
  [[nodiscard]] std::vector<float> act() const {
    const Vehicle vehicle = load_vehicle("cf2x");
    const std::string level = "velocity";
    PolicyContext radio = context(vehicle, level);
    radio.outbox = {.data = {kControls, kPayload}, .send = 10, .to = 11, .channel = 12};
    radio.inbox_slots = kSlots;
    std::vector<float> action(13, 99);
    test::make_policy("vasarhelyi", radio)->act(row.data(), 0, action.data(), 13, 1, 0, 0);
    return action;
  }
};

std::vector<float> fly(const Observation& observation) {
  return act("vasarhelyi", observation, load_vehicle("cf2x"), "velocity");
}

TEST(VasarhelyiPolicy, FliesOnAndAwayFromWhomIsNear) {
  Observation observation(Observation::all(2, 4));
  observation.set("velocity", {0.5F, 0, 0});
  observation.fill("rangefinder", 8);
  // two thirds of the greatest speed, at the present heading
  EXPECT_NEAR(fly(observation)[0], 2.0F / 3, 1e-3F);
  observation.set_neighbor(0, {0, 0.5F, 0}, {0, 0, 0});
  EXPECT_LT(fly(observation)[1], -0.3F);
}

TEST(VasarhelyiPolicy, AlignsWithMatesThatFlyElsewhere) {
  Observation observation(Observation::all(1, 4));
  observation.set("velocity", {1, 0, 0});
  observation.fill("rangefinder", 8);
  observation.set_neighbor(0, {4, 0, 0}, {-1, 1.3F, 0});
  EXPECT_GT(fly(observation)[1], 0.02F);
}

TEST(VasarhelyiPolicy, TurnsAwayFromAWallAndKeepsTheGoalsHeight) {
  Observation observation(Observation::all(1, 4));
  observation.set("velocity", {1, 0, 0});
  observation.fill("rangefinder", 8);
  observation.group("rangefinder")[0] = 0.2F;
  observation.set("goal", {0, 0, 0.5F});
  const auto action = fly(observation);
  EXPECT_LT(action[0], 0);
  EXPECT_GT(action[2], 0.1F);
}

TEST(VasarhelyiPolicy, TakesMatesHeardAsIfTheyWereSeen) {
  Listener listener;
  listener.set("pose", {3, -2, 2});
  listener.set("velocity", {1, 0, 0});
  const auto alone = listener.act();
  listener.hear(1, {3, -1.5F, 2}, {0, 0.5F, 0});
  Observation seer(Observation::all(1, 4));
  seer.fill("rangefinder", 8);
  seer.set("velocity", {1, 0, 0});
  seer.set_neighbor(0, {0, 0.5F, 0}, {-1, 0.5F, 0});
  const auto heard = listener.act(), seen = fly(seer);
  for (int i = 0; i < kControls; ++i) EXPECT_NEAR(heard[i], seen[i], kRounding);
  EXPECT_LT(heard[1], alone[1] - 0.1F) << "pushed off";
}

TEST(VasarhelyiPolicy, CarriesMatesOnToWhereTheyAreNow) {
  Listener late, now;
  for (Listener* listener : {&late, &now}) {
    listener->set("pose", {3, -2, 2});
    listener->set("velocity", {1, 0, 0});
  }
  late.hear(0, {2.5F, -1.8F, 2}, {1, 0.5F, 0}, 0.6F);
  now.hear(0, {3.1F, -1.5F, 2}, {1, 0.5F, 0});
  const auto one = late.act(), other = now.act();
  for (int i = 0; i < kControls; ++i) EXPECT_NEAR(one[i], other[i], kRounding);
}

TEST(VasarhelyiPolicy, TellsEveryoneItsPositionAndTheVelocityThatItWillHave) {
  Listener listener;
  const float now_mps[3] = {1, 0.5F, -0.25F};
  listener.set("pose", {3, -2, 1.5F});
  listener.set("velocity", {now_mps[0], now_mps[1], now_mps[2]});
  listener.set("goal", {0, 0, 0.2F});
  const auto action = listener.act();
  const float expected[3] = {3e-3F, -2e-3F, 1.5e-3F};
  const float most_mps = load_vehicle("cf2x").gains.max_speed_mps;
  for (int i = 0; i < 3; ++i) {
    EXPECT_FLOAT_EQ(action[kControls + i], expected[i]);
    // 0.6 of the way to the velocity that it sets out to fly
    const float soon_mps = now_mps[i] + 0.6F * (action[i] * most_mps - now_mps[i]);
    EXPECT_NEAR(action[kControls + 3 + i], 1e-2F * soon_mps, 1e-7F);
  }
  EXPECT_GT(action[10], 0);
  EXPECT_EQ(action[11], -1);
  EXPECT_EQ(action[12], 0);
}

// six numbers do not fit into four: neighbors are seen, nothing is said
TEST(VasarhelyiPolicy, IsSilentByARadioOfShortMessages) {
  Observation seer(Observation::all(1, 4));
  seer.fill("rangefinder", 8);
  seer.set("velocity", {1, 0, 0});
  seer.set_neighbor(0, {0, 0.5F, 0}, {-1, 0.5F, 0});
  const Vehicle vehicle = load_vehicle("cf2x");
  const std::string level = "velocity";
  PolicyContext radio = seer.context(vehicle, level);
  radio.outbox = {.data = {kControls, 4}, .send = 8};
  radio.inbox_slots = kSlots;
  std::vector<float> action(9, 99);
  test::make_policy("vasarhelyi", radio)->act(seer.row.data(), 0, action.data(), 9, 1, 0, 0);
  const auto without = fly(seer);
  for (int i = 0; i < kControls; ++i) EXPECT_EQ(action[i], without[i]);
  for (int i = kControls; i < 9; ++i) EXPECT_EQ(action[i], 0);
}

TEST(VasarhelyiPolicy, NamesTheSensorThatIsMissing) {
  for (const char* missing : {"velocity", "goal", "neighbors", "pose"}) {
    Observation::Widths widths;
    for (const auto& group : Observation::all()) {
      if (group.first != missing) widths.push_back(group);
    }
    EXPECT_NE(test::make_error("vasarhelyi", widths, "velocity").find(missing), std::string::npos)
        << missing;
  }
}

}  // namespace
}  // namespace volery
