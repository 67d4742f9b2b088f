#include "task/cost_common.hpp"

#include <algorithm>

namespace volery::task {

CostLattice::CostLattice(const Area& area, int cells_per_side, float sensing_radius_m)
    : area_(area),
      sensing_radius2_m2_(sensing_radius_m * sensing_radius_m),
      num_rows_(cells_per_side),
      num_columns_(blocks_for(cells_per_side) * kLanes),
      real_columns_(cells_per_side) {
  const auto cells = static_cast<float>(cells_per_side);
  for (int i = 0; i < num_columns_; ++i)
    x_m_.push_back(area.low_x_m + (static_cast<float>(i) + 0.5F) * area.width_m() / cells);
  for (int i = 0; i < num_rows_; ++i)
    y_m_.push_back(area.low_y_m + (static_cast<float>(i) + 0.5F) * area.depth_m() / cells);
}

CoverageCost CostLattice::cost(const float* agents_x_m, const float* agents_y_m,
                               int num) const noexcept {
  const float farthest2 = area_.width_m() * area_.width_m() + area_.depth_m() * area_.depth_m();
  const auto cells = static_cast<float>(real_columns_);
  const float cell_x_m = area_.width_m() / cells, cell_y_m = area_.depth_m() / cells;
  const float cell_m2 = cell_x_m * cell_y_m;
  double sum_m2 = 0;
  int covered = 0;
  for (int r = 0; r < num_rows_; ++r) {
    for (int first = 0; first < num_columns_; first += kLanes) {
      const float* const x = x_m_.data() + first;
      alignas(64) float least[kLanes];
      std::fill_n(least, kLanes, farthest2);
      for (int a = 0; a < num; ++a) {
        const float dy = agents_y_m[a] - y_m_[static_cast<std::size_t>(r)];
        const float dy2 = dy * dy;
        for (int l = 0; l < kLanes; ++l) {
          const float dx = agents_x_m[a] - x[l];
          const float square = dx * dx + dy2;
          least[l] = square < least[l] ? square : least[l];
        }
      }
      const int last = std::min(kLanes, real_columns_ - first);
      float row_sum_m2 = 0;
      for (int l = 0; l < last; ++l) {
        row_sum_m2 += least[l];
        covered += least[l] <= sensing_radius2_m2_ ? 1 : 0;
      }
      sum_m2 += row_sum_m2;
    }
  }
  // a cell's points lie around its middle: their mean square distance from it is added
  const float rest_m2 = (cell_x_m * cell_x_m + cell_y_m * cell_y_m) / 12;
  const float num_cells = cells * static_cast<float>(num_rows_);
  return {static_cast<float>(sum_m2) * cell_m2 + rest_m2 * area_.size_m2(),
          static_cast<float>(covered) / num_cells};
}

float CostLattice::bound_m4(int num_agents) const noexcept {
  constexpr float kHexagon = 0.16037507F;  // 10 / (36 sqrt 3)
  return kHexagon * area_.size_m2() * area_.size_m2() / static_cast<float>(num_agents);
}

}  // namespace volery::task
