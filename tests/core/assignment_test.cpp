#include "volery/assignment.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <set>
#include <string>

#include "core/rng.hpp"
#include "volery/error.hpp"

namespace volery {
namespace {

// sums of a hundred doubles of about 1
constexpr double kRounding = 1e-12;

struct Costs {
  Costs(int rows, int columns, std::uint64_t seed) : num_rows(rows), num_columns(columns) {
    Rng rng(seed, 0, Stream::kTask, 0, 0);
    for (int i = 0; i < rows * columns; ++i) values.push_back(double{rng.uniform()});
  }
  [[nodiscard]] CostMatrix matrix() const { return {values, num_rows, num_columns}; }
  int num_rows, num_columns;
  std::vector<double> values;
};

// The least cost over all ways to give each row its own column; rows <= columns.
double brute_force(const CostMatrix& matrix) {
  std::vector<int> columns(static_cast<std::size_t>(matrix.num_columns));
  std::iota(columns.begin(), columns.end(), 0);
  double least = std::numeric_limits<double>::infinity();
  do {
    least = std::min(least, assignment_cost(matrix, columns));
  } while (std::next_permutation(columns.begin(), columns.end()));
  return least;
}

bool is_assignment(const std::vector<int>& column_of_row, int num_columns) {
  std::set<int> seen;
  for (const int c : column_of_row) {
    if (c < 0 || c >= num_columns || !seen.insert(c).second) return false;
  }
  return true;
}

TEST(Hungarian, IsTheOptimumOfEverySmallMatrix) {
  for (int n = 1; n <= 7; ++n) {
    for (std::uint64_t seed = 0; seed < (n < 6 ? 40U : 8U); ++seed) {
      const Costs costs(n, n, 100 * seed + static_cast<std::uint64_t>(n));
      const std::vector<int> found = hungarian(costs.matrix());
      ASSERT_TRUE(is_assignment(found, n));
      EXPECT_NEAR(assignment_cost(costs.matrix(), found), brute_force(costs.matrix()), kRounding)
          << n << ", " << seed;
    }
  }
}

TEST(Hungarian, TakesMoreColumnsThanRowsAndTheOtherWayRound) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Costs wide(3, 6, seed);
    const std::vector<int> found = hungarian(wide.matrix());
    ASSERT_TRUE(is_assignment(found, 6));
    const double least = brute_force(wide.matrix());
    EXPECT_NEAR(assignment_cost(wide.matrix(), found), least, kRounding);

    Costs tall(6, 3, 0);
    for (std::size_t r = 0; r < 6; ++r) {
      for (std::size_t c = 0; c < 3; ++c) tall.values[3 * r + c] = wide.values[6 * c + r];
    }
    const std::vector<int> turned = hungarian(tall.matrix());
    EXPECT_EQ(std::count(turned.begin(), turned.end(), -1), 3);
    EXPECT_NEAR(assignment_cost(tall.matrix(), turned), least, kRounding);
  }
}

TEST(Hungarian, NegativeAndEqualCostsAreCostsLikeAnyOther) {
  const std::vector<double> negative{-1, -5, -2, -3};
  EXPECT_EQ(hungarian({negative, 2, 2}), (std::vector<int>{1, 0}));
  const std::vector<double> equal(9, 4.0);
  EXPECT_TRUE(is_assignment(hungarian({equal, 3, 3}), 3));
  EXPECT_TRUE(hungarian({{}, 0, 0}).empty());
}

// Uniform costs in [0, 1): the optimum grows to pi^2 / 6 with n, greedy choice has no bound. The
// figures were measured apart from this code; the tolerances are three deviations of the mean here.
TEST(Hungarian, ReachesTheKnownMeansForUniformCosts) {
  struct Known {
    int n, repeats;
    double optimum, greedy, tolerance;
  };
  for (const Known& known : {Known{10, 400, 1.36, 1.88, 0.06}, Known{100, 12, 1.61, 3.85, 0.25}}) {
    double optimum = 0, greedy = 0;
    for (int i = 0; i < known.repeats; ++i) {
      const Costs costs(known.n, known.n, 7000U + static_cast<std::uint64_t>(i));
      optimum += assignment_cost(costs.matrix(), hungarian(costs.matrix())) / known.repeats;
      greedy += assignment_cost(costs.matrix(), greedy_assignment(costs.matrix())) / known.repeats;
    }
    EXPECT_NEAR(optimum, known.optimum, known.tolerance) << known.n;
    EXPECT_NEAR(greedy, known.greedy, 3 * known.tolerance) << known.n;
  }
}

TEST(Auction, IsWithinRowsTimesEpsilonOfTheOptimum) {
  for (const double epsilon : {0.3, 0.03, 0.001}) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      const Costs costs(30, 30, seed);
      const Auction found = auction(costs.matrix(), epsilon);
      ASSERT_TRUE(is_assignment(found.column_of_row, 30));
      const double optimum = assignment_cost(costs.matrix(), hungarian(costs.matrix()));
      const double cost = assignment_cost(costs.matrix(), found.column_of_row);
      EXPECT_GE(cost, optimum - kRounding);
      EXPECT_LE(cost, optimum + 30 * epsilon);
      EXPECT_GE(found.num_bids, 30);
      EXPECT_GE(found.num_rounds, 1);
    }
  }
}

TEST(Auction, IsTheOptimumForWholeCostsAndASmallEpsilon) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    Costs costs(6, 6, seed);
    for (double& c : costs.values) c = static_cast<int>(20 * c);
    const Auction found = auction(costs.matrix(), 1.0 / 7);
    EXPECT_NEAR(assignment_cost(costs.matrix(), found.column_of_row), brute_force(costs.matrix()),
                kRounding);
  }
}

TEST(Auction, LeavesTheColumnsFreeThatNobodyWants) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Costs costs(4, 7, seed);
    const Auction found = auction(costs.matrix(), 1e-3);
    ASSERT_TRUE(is_assignment(found.column_of_row, 7));
    EXPECT_LE(assignment_cost(costs.matrix(), found.column_of_row),
              brute_force(costs.matrix()) + 4e-3);
  }
  const Costs one(1, 1, 3);
  EXPECT_EQ(auction(one.matrix(), 0.1).column_of_row, std::vector<int>{0});
}

template <class Call>
std::string refusal(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Assignment, RefusesWhatItCannotSolve) {
  std::vector<double> costs{1, 2, 3, 4, 5, 6};
  const auto says = [](const std::string& message, const char* words) {
    return message.find(words) != std::string::npos;
  };
  EXPECT_TRUE(says(refusal([&] { (void)hungarian({costs, 2, 2}); }), "2 rows of 2"));
  EXPECT_TRUE(says(refusal([&] { (void)auction({costs, 3, 2}, 0.1); }), "only 2 columns"));
  for (const double epsilon : {0.0, -1.0, 1e-14, std::numeric_limits<double>::infinity()}) {
    EXPECT_TRUE(says(refusal([&] { (void)auction({costs, 2, 3}, epsilon); }), "epsilon"));
  }
  costs[4] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(says(refusal([&] { (void)hungarian({costs, 2, 3}); }), "cost[1, 1]"));
  EXPECT_TRUE(says(refusal([&] { (void)greedy_assignment({costs, 2, 3}); }), "finite"));
}

}  // namespace
}  // namespace volery
