#include <gtest/gtest.h>

#include "state/task_columns.hpp"
#include "tests/policy/observation.hpp"

namespace volery {
namespace {

using test::act;
using test::make_error;
using test::Observation;

struct Slung : Observation {
  Slung() : Observation(widths()) { group("task")[kLoadShare] = 0.2F; }
  static Widths widths() {
    Widths all = Observation::all(2);
    all.emplace_back("task", kNumLoadColumns);
    return all;
  }
};

std::vector<float> carry(const Observation& observation) {
  return act("transport_slung", observation, load_vehicle("cf2x"), "velocity");
}

TEST(SlungPolicy, WithoutALoadItHoldsItsPlace) {
  const auto action = carry(Slung());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(action[static_cast<std::size_t>(i)], 0);
}

TEST(SlungPolicy, AsksForWhatTheWeightOfALoadBelowTakesOff) {
  Slung seen;
  seen.set("task", {0, 0, -1}, kLoadX);
  const Vehicle vehicle = load_vehicle("cf2x");
  const auto action = carry(seen);
  EXPECT_EQ(action[0], 0);
  EXPECT_NEAR(action[2] * vehicle.gains.max_speed_mps,
              0.2F * kGravityMps2 / vehicle.gains.velocity_per_s.z, 1e-5F);
}

TEST(SlungPolicy, LeansAwayFromALoadAside) {
  Slung seen;
  seen.set("task", {0.3F, 0, -1}, kLoadX);
  EXPECT_LT(carry(seen)[0], 0);
  seen.set("task", {0.3F, 0, 0.1F}, kLoadX);
  EXPECT_EQ(carry(seen)[0], 0) << "a load that does not hang pulls nowhere";
}

TEST(SlungPolicy, FliesToItsPlace) {
  Slung seen;
  seen.set("goal", {0, 1, 0});
  EXPECT_GT(carry(seen)[1], 0.2F);
}

TEST(SlungPolicy, NamesTheSensorThatIsMissing) {
  for (const char* missing : {"goal", "task"}) {
    Observation::Widths some;
    for (const auto& group : Slung::widths()) {
      if (group.first != missing) some.push_back(group);
    }
    EXPECT_NE(make_error("transport_slung", some, "velocity").find(missing), std::string::npos)
        << missing;
  }
}

}  // namespace
}  // namespace volery
