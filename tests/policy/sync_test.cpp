#include <gtest/gtest.h>

#include "state/task_columns.hpp"
#include "tests/policy/observation.hpp"

namespace volery {
namespace {

using test::make_error;
using test::make_policy;
using test::Observation;

struct Ticking : Observation {
  explicit Ticking(float since_s) : Observation(widths()) {
    group("task")[kSyncSincePulse] = since_s;
    group("task")[kSyncPeriod] = 1;
  }
  static Widths widths() {
    Widths all = Observation::all();
    all.emplace_back("task", kNumSyncColumns);
    all.emplace_back("inbox", 6);
    return all;
  }
  Ticking& hear() {
    group("inbox")[0] = 1;
    return *this;
  }
  [[nodiscard]] bool pulses() const {
    const Vehicle vehicle = load_vehicle("cf2x");
    const std::string level = "velocity";
    PolicyContext radio = context(vehicle, level);
    radio.outbox = {.data = {4, 1}, .send = 5};
    radio.inbox_slots = 2;
    std::vector<float> action(6, 99);
    make_policy("sync", radio)->act(row.data(), 0, action.data(), 6, 1, 0, 0);
    return action[5] > 0;
  }
};

TEST(SyncPolicy, AlonePulsesOnceAPeriod) {
  EXPECT_FALSE(Ticking(0.9F).pulses());
  EXPECT_TRUE(Ticking(0.97F).pulses()) << "the step of 1/30 s is what is left";
}

TEST(SyncPolicy, JoinsAPulseInTheSecondHalfOfItsPeriodAlone) {
  EXPECT_TRUE(Ticking(0.6F).hear().pulses());
  EXPECT_FALSE(Ticking(0.4F).hear().pulses());
  EXPECT_FALSE(Ticking(0.6F).pulses());
}

TEST(SyncPolicy, NamesTheSensorThatIsMissing) {
  for (const char* missing : {"goal", "task"}) {
    Observation::Widths some;
    for (const auto& group : Ticking::widths()) {
      if (group.first != missing) some.push_back(group);
    }
    EXPECT_NE(make_error("sync", some, "velocity").find(missing), std::string::npos) << missing;
  }
}

}  // namespace
}  // namespace volery
