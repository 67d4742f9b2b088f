#include "task/cost_common.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "core/rng.hpp"

namespace volery {
namespace {

using task::Area;
using task::CostLattice;

const Area kSquare{-5, -5, 5, 5, 1};
// float rounding of a sum of a thousand squares
constexpr float kRounding = 2e-5F;

TEST(CoverageCost, OfOneAgentInTheMiddleIsTheSecondMomentOfTheSquare) {
  const float x = 0, y = 0;
  // side^4 / 6, exact on any lattice since no border cuts a cell
  for (const int cells : {4, 32, 50}) {
    EXPECT_NEAR(CostLattice(kSquare, cells, 1).cost(&x, &y, 1).cost_m4 / (1e4F / 6), 1, kRounding);
  }
}

TEST(CoverageCost, OfSquareCellsIsThatOfATilingBySquares) {
  // agents in the middles of 4 x 4 squares: (A / N)^2 / 6 each, 1.0392 of the hexagonal bound
  float x[16], y[16];
  for (int i = 0; i < 16; ++i) {
    x[i] = -3.75F + 2.5F * static_cast<float>(i % 4);
    y[i] = -3.75F + 2.5F * static_cast<float>(i / 4);
  }
  const CostLattice lattice(kSquare, 32, 1);
  const float ratio = lattice.cost(x, y, 16).cost_m4 / lattice.bound_m4(16);
  EXPECT_NEAR(ratio, 1.03923F, 1e-4F);
}

TEST(CoverageCost, AgreesWithAFineLatticeForScatteredAgents) {
  Rng rng(3, 0, Stream::kTask);
  float x[16], y[16];
  for (int i = 0; i < 16; ++i) {
    x[i] = rng.uniform(-5, 5);
    y[i] = rng.uniform(-5, 5);
  }
  const float coarse = CostLattice(kSquare, 32, 1).cost(x, y, 16).cost_m4;
  const float fine = CostLattice(kSquare, 256, 1).cost(x, y, 16).cost_m4;
  // cells that a Voronoi border cuts are charged whole to one agent: too much, measured 0.6 %
  EXPECT_GE(coarse, fine);
  EXPECT_NEAR(coarse / fine, 1, 0.01F);
}

TEST(CoverageCost, NeverFallsBelowItsBoundByMoreThanTheEdgesGive) {
  // a hexagonal lattice: the bound itself, but for its ragged edges
  const Area large{0, 0, 12, 12.124356F, 1};  // 12 columns, 14 rows of height sqrt(3) / 2
  std::vector<float> x, y;
  for (int r = 0; r < 14; ++r) {
    for (int c = 0; c < 12; ++c) {
      x.push_back(static_cast<float>(c) + (r % 2 == 0 ? 0.25F : 0.75F));
      y.push_back((static_cast<float>(r) + 0.5F) * 0.8660254F);
    }
  }
  const CostLattice lattice(large, 512, 1);
  const float ratio = lattice.cost(x.data(), y.data(), 168).cost_m4 / lattice.bound_m4(168);
  EXPECT_GE(ratio, 1);
  EXPECT_LT(ratio, 1.04F);
}

TEST(CoverageCost, CountsTheShareWithinTheSensingRadius) {
  const float x = 0, y = 0;
  const float covered = CostLattice(kSquare, 256, 2).cost(&x, &y, 1).covered;
  EXPECT_NEAR(covered, 3.14159F * 4 / 100, 1e-3F);
}

TEST(CoverageCost, WithoutAgentsIsTheWorst) {
  const auto none = CostLattice(kSquare, 32, 1).cost(nullptr, nullptr, 0);
  EXPECT_NEAR(none.cost_m4, 200 * 100, 2);
  EXPECT_EQ(none.covered, 0);
}

}  // namespace
}  // namespace volery
