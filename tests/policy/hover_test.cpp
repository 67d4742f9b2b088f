#include <gtest/gtest.h>

#include "tests/policy/observation.hpp"

namespace volery {
namespace {

using test::act;
using test::make_policy;
using test::Observation;

TEST(HoverPolicy, SlowsDownTowardsTheGoal) {
  const Vehicle vehicle = load_vehicle("cf2x");
  Observation far(Observation::all()), near(Observation::all());
  far.set("goal", {100, 0, 0});
  near.set("goal", {0.1F, 0, 0});
  EXPECT_NEAR(act("hover", far, vehicle, "velocity")[0], 1, 1e-5F);  // the vehicle's greatest speed
  EXPECT_LT(act("hover", near, vehicle, "velocity")[0], 0.5F);
}

TEST(HoverPolicy, ActsOnEachRowByItself) {
  const Vehicle vehicle = load_vehicle("cf2x");
  Observation one(Observation::all()), two(Observation::all());
  one.set("goal", {1, 0, 0});
  two.set("goal", {0, 0, -1});
  std::vector<float> rows = one.row, actions(2 * 7, 99);
  rows.insert(rows.end(), two.row.begin(), two.row.end());
  make_policy("hover", one.context(vehicle, "rotor"))
      ->act(rows.data(), static_cast<std::ptrdiff_t>(one.row.size()), actions.data(), 7, 2, 0, 0);
  const auto a = act("hover", one, vehicle, "rotor"), b = act("hover", two, vehicle, "rotor");
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(actions[i], a[i]);
    EXPECT_EQ(actions[7 + i], b[i]);
  }
  EXPECT_EQ(actions[4], 99);
}

}  // namespace
}  // namespace volery
