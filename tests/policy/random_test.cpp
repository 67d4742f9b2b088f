#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/policy/observation.hpp"

namespace volery {
namespace {

std::vector<float> draw(int num_rows, std::uint64_t seed, std::uint32_t step, int stride = 4) {
  const Vehicle vehicle = load_vehicle("cf2x");
  const test::Observation observation({});
  std::vector<float> action(static_cast<std::size_t>(num_rows * stride), 99);
  test::make_policy("random", observation.context(vehicle, "rotor"))
      ->act(nullptr, 0, action.data(), stride, num_rows, seed, step);
  return action;
}

TEST(RandomPolicy, FillsTheWholeRangeEvenly) {
  const std::vector<float> action = draw(2500, 0, 0);
  double sum = 0;
  for (const float a : action) {
    ASSERT_GE(a, -1);
    ASSERT_LT(a, 1);
    sum += static_cast<double>(a);
  }
  // the mean of 10^4 uniform draws has a standard deviation of 0.006
  EXPECT_NEAR(sum / 1e4, 0, 0.03);
  EXPECT_GT(*std::max_element(action.begin(), action.end()), 0.999F);
  EXPECT_LT(*std::min_element(action.begin(), action.end()), -0.999F);
}

TEST(RandomPolicy, IsKeyedBySeedStepAndRow) {
  const std::vector<float> action = draw(2, 3, 7);
  EXPECT_EQ(draw(2, 3, 7), action);
  EXPECT_NE(draw(2, 4, 7), action);
  EXPECT_NE(draw(2, 3, 8), action);
  EXPECT_NE(std::vector<float>(action.begin(), action.begin() + 4),
            std::vector<float>(action.begin() + 4, action.end()));
}

TEST(RandomPolicy, LeavesWhatLiesBetweenTheRowsAlone) {
  const std::vector<float> action = draw(3, 0, 0, 6);
  for (std::size_t row = 0; row < 3; ++row) {
    EXPECT_EQ(action[6 * row + 4], 99);
    EXPECT_EQ(action[6 * row + 5], 99);
    EXPECT_NE(action[6 * row + 3], 99);
  }
}

}  // namespace
}  // namespace volery
