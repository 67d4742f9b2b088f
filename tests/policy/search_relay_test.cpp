#include <gtest/gtest.h>

#include <algorithm>

#include "state/task_columns.hpp"
#include "tests/policy/observation.hpp"

namespace volery {
namespace {

using test::make_error;
using test::make_policy;
using test::Observation;

constexpr int kPayload = 7;  // two records and a number to spare
constexpr int kControls = 4;

struct Searched : Observation {
  Searched() : Observation(widths()) {
    group("task")[kSearchHalfX] = 1;
    group("task")[kSearchHalfY] = 1;
    group("task")[kSearchBaseX] = -5;
  }
  static Widths widths() {
    Widths all = Observation::all();
    all.emplace_back("task", kNumSearchColumns);
    return all;
  }
  void know(int index, float x, float code, float sent) {
    float* const record = group("task") + kSearchRecords + index * kSearchRecordSize;
    record[kRecordX] = x;
    record[kRecordCode] = code;
    record[kRecordSize] = sent;
  }
  [[nodiscard]] std::vector<float> act(std::uint32_t step) const {
    const Vehicle vehicle = load_vehicle("cf2x");
    const std::string level = "velocity";
    PolicyContext with_radio = context(vehicle, level);
    with_radio.outbox = {.data = {kControls, kPayload}, .send = kControls + kPayload};
    std::vector<float> action(kControls + kPayload + 1, 99);
    make_policy("search_relay", with_radio)
        ->act(row.data(), 0, action.data(), kControls + kPayload + 1, 1, 5, step);
    return action;
  }
  // how many of 1000 steps it speaks in
  [[nodiscard]] int times_said() const {
    int said = 0;
    for (std::uint32_t step = 0; step < 1000; ++step) said += act(step).back() > 0 ? 1 : 0;
    return said;
  }
};

TEST(SearchRelayPolicy, SweepsASquareRoundTheMiddleOfItsSector) {
  Searched seen;
  // the square has a half side of 0.55 m and takes 11 s: its south, east, north, west side
  const float times_s[4] = {1.375F, 4.125F, 6.875F, 9.625F};
  const float expected[4][2] = {{0, -1}, {1, 0}, {0, 1}, {-1, 0}};
  for (int i = 0; i < 4; ++i) {
    seen.group("task")[kSearchTime] = times_s[i];
    const auto action = seen.act(0);
    for (std::size_t axis = 0; axis < 2; ++axis) {
      if (expected[i][axis] == 0) {
        EXPECT_NEAR(action[axis], 0, 0.01F) << i;
      } else {
        EXPECT_GT(action[axis] * expected[i][axis], 0.1F) << i;
      }
    }
  }
}

TEST(SearchRelayPolicy, SaysNothingWhereItKnowsNothing) {
  EXPECT_EQ(Searched().times_said(), 0);
}

TEST(SearchRelayPolicy, SaysWhatItHasSaidLeast) {
  Searched seen;
  seen.know(0, 0.1F, 0.5F, 9);
  seen.know(2, 0.2F, 0.6F, 3);
  seen.know(5, 0.3F, 0.7F, 4);
  const auto action = seen.act(0);
  const std::vector<float> payload(action.begin() + kControls, action.end() - 1);
  EXPECT_EQ(payload, (std::vector<float>{0.2F, 0, 0.6F, 0.3F, 0, 0.7F, 0}));
}

TEST(SearchRelayPolicy, SpeaksAtRandomAndEverMoreSeldom) {
  Searched fresh;
  fresh.know(0, 0.1F, 0.5F, 0);
  // a chance of 0.25: a deviation of 14 of 1000
  EXPECT_NEAR(fresh.times_said(), 250, 3 * 14);
  Searched stale;
  stale.know(0, 0.1F, 0.5F, 100);
  // the least chance, 0.01: a deviation of 3.1
  EXPECT_NEAR(stale.times_said(), 10, 3 * 3.2);
}

TEST(SearchRelayPolicy, TheBaseListens) {
  Searched base;
  base.know(0, 0.1F, 0.5F, 0);
  base.group("task")[kSearchBaseX] = 0;
  EXPECT_EQ(base.times_said(), 0);
}

TEST(SearchRelayPolicy, WithoutARadioItWritesTheControlsAlone) {
  Searched seen;
  seen.know(0, 0.1F, 0.5F, 0);
  std::vector<float> action(6, 99);
  make_policy("search_relay", seen.context(load_vehicle("cf2x"), "velocity"))
      ->act(seen.row.data(), 0, action.data(), 6, 1, 5, 0);
  EXPECT_EQ(action[4], 99);
}

TEST(SearchRelayPolicy, NamesTheSensorThatIsMissing) {
  for (const char* missing : {"goal", "neighbors", "rangefinder", "task"}) {
    Observation::Widths some;
    for (const auto& group : Searched::widths()) {
      if (group.first != missing) some.push_back(group);
    }
    EXPECT_NE(make_error("search_relay", some, "velocity").find(missing), std::string::npos)
        << missing;
  }
}

}  // namespace
}  // namespace volery
