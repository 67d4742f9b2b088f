#include "swarm/neighbor_grid.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>

namespace volery::swarm {

void Coordinates::reserve(std::size_t num_points) {
  constexpr std::size_t kBlock = static_cast<std::size_t>(kLanes);
  const std::size_t room = (num_points + kBlock - 1) / kBlock * kBlock + kBlock;
  if (room <= room_) return;
  memory_.assign(3 * room + kBlock, std::numeric_limits<float>::infinity());
  const auto address = reinterpret_cast<std::uintptr_t>(memory_.data());
  const std::uintptr_t past = address % (kBlock * sizeof(float));
  first_ = memory_.data() + (past == 0 ? 0 : kBlock - past / sizeof(float));
  room_ = room;
}

namespace {

/// Where most of the coordinates are: the mean and 3 mean deviations to either side (a uniform
/// spread ends at 2), no farther than the outermost.
struct Spread {
  double low = 0;
  double high = 0;
};

Spread spread_of(const float* at_m, int count) {
  double sum = 0;
  float low = at_m[0];
  float high = at_m[0];
  for (int i = 0; i < count; ++i) {
    sum += static_cast<double>(at_m[i]);
    low = at_m[i] < low ? at_m[i] : low;
    high = at_m[i] > high ? at_m[i] : high;
  }
  const double mean = sum / count;
  double deviation = 0;
  for (int i = 0; i < count; ++i) {
    const double off = static_cast<double>(at_m[i]) - mean;
    deviation += off < 0 ? -off : off;
  }
  const double reach = 3 * deviation / count;
  return {std::max(static_cast<double>(low), mean - reach),
          std::min(static_cast<double>(high), mean + reach)};
}

}  // namespace

float search_limit_m2(float radius_m) noexcept {
  const float square_m2 = radius_m * radius_m;
  if (!(square_m2 < std::numeric_limits<float>::max())) return std::numeric_limits<float>::max();
  // the next float up: for positive numbers the next bit pattern
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(square_m2) + 1U);
}

Grid fit_grid(const AgentSample& sample, float radius_m, int num_neighbors) {
  Grid grid;
  if (sample.size == 0) return grid;
  const double num_points = static_cast<double>(sample.size) * sample.stride;
  const Spread spread[3] = {spread_of(sample.x_m, sample.size), spread_of(sample.y_m, sample.size),
                            spread_of(sample.z_m, sample.size)};
  double longest_m = 0;
  for (int axis = 0; axis < 3; ++axis) {
    grid.low_m[axis] = spread[axis].low;
    longest_m = std::max(longest_m, spread[axis].high - spread[axis].low);
  }

  // from one cell for all down to as many agents per cell as let a sphere of a cell's size hold K
  // most times, at constant density twice K (0.4 to 0.6 measured best)
  constexpr double kAgentsPerNeighbor = 0.5;
  constexpr double kShrink = 0.96;
  const double enough = num_points / (kAgentsPerNeighbor * std::max(num_neighbors, 2));
  // rounding must stay far below a cell
  const double least_m = 1e-6 + longest_m * 1e-5;
  double side_m = std::max(least_m, std::min(static_cast<double>(radius_m), longest_m));
  for (;;) {
    double volumes = 1;  // in cubes of that side
    double cells = 1;
    for (int axis = 0; axis < 3; ++axis) {
      const double size_m = spread[axis].high - spread[axis].low;
      grid.per_cell[axis] = (axis == 0 ? Grid::kCellsPerSide : 1) / side_m;
      // far below any table that a slab would want
      grid.count[axis] = static_cast<int>(std::min(size_m * grid.per_cell[axis], 1e6)) + 1;
      volumes *= std::max(1.0, size_m / side_m);
      cells *= grid.count[axis];
    }
    if (cells > 4.0 * Grid::kCellsPerSide * num_points + 64) {
      side_m *= 1.25;
      continue;
    }
    // growing a cell that was too small ends here as well: the counts then lie in between
    if (volumes >= enough || side_m * kShrink < least_m) break;
    side_m *= kShrink;
  }
  grid.side_m = side_m;
  return grid;
}

}  // namespace volery::swarm
