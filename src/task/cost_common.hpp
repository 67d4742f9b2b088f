// The locational cost of agents over an area (Cortes, Martinez, Karatas, Bullo, "Coverage control
// for mobile sensing networks", IEEE Transactions on Robotics and Automation 20(2), 2004).
#pragma once

#include <vector>

#include "task/area_common.hpp"

namespace volery::task {

/// H = integral over the area of the squared distance to the nearest agent, uniform density.
struct CoverageCost {
  float cost_m4 = 0;
  float covered = 0;  // share of the area within the sensing radius of an agent
};

/// Integrates over a lattice of cells: the squared distance from a cell's middle, plus the exact
/// rest of the cell, so that only cells which a Voronoi border cuts are approximate (0.6 % of H
/// too much at 32 x 32 cells and 16 agents).
class CostLattice {
 public:
  CostLattice(const Area& area, int cells_per_side, float sensing_radius_m);
  /// Of the agents that are up; where none is, everything is as far as the area is long.
  /// `agents_x_m`, `agents_y_m` have `num` entries.
  [[nodiscard]] CoverageCost cost(const float* agents_x_m, const float* agents_y_m,
                                  int num) const noexcept;
  /// The least cost that N agents can have for large N, that of a hexagonal lattice:
  /// 2 * 5 / (36 sqrt 3) A^2 / N = 0.16038 A^2 / N. Edges make small swarms pay more.
  [[nodiscard]] float bound_m4(int num_agents) const noexcept;

 private:
  Area area_;
  float sensing_radius2_m2_;
  int num_rows_ = 0;     // of cells
  int num_columns_ = 0;  // padded to whole lanes
  int real_columns_ = 0;
  std::vector<float> x_m_, y_m_;  // of the middles
};

}  // namespace volery::task
