#include "swarm/cell_sort.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "core/rng.hpp"

namespace volery::swarm {
namespace {

struct Sorted {
  std::vector<float> x, y, z, radius;
  std::vector<std::int32_t> index, cell, start;
  bool operator==(const Sorted&) const = default;
};

/// std::stable_sort by cell, which is what the sort promises.
Sorted oracle(const std::vector<int>& cells, int num_cells) {
  std::vector<int> order(cells.size());
  std::iota(order.begin(), order.end(), 0);
  const auto cell = [&](int i) { return cells[static_cast<std::size_t>(i)]; };
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return cell(a) < cell(b); });
  Sorted out;
  for (const int i : order) {
    const float value = static_cast<float>(i);
    out.x.push_back(value);
    out.y.push_back(value + 0.25F);
    out.z.push_back(value + 0.5F);
    out.radius.push_back(-value);
    out.index.push_back(i);
    out.cell.push_back(cell(i));
  }
  for (int c = 0; c <= num_cells + 1; ++c) {
    const auto below = std::count_if(cells.begin(), cells.end(), [&](int at) { return at < c; });
    out.start.push_back(static_cast<std::int32_t>(below));
  }
  return out;
}

Sorted sort(CellSort& sorter, const std::vector<int>& cells, int num_cells, const Split& split) {
  const std::size_t count = cells.size();
  Sorted out;
  for (std::vector<float>* column : {&out.x, &out.y, &out.z, &out.radius}) column->resize(count);
  out.index.resize(count);
  out.cell.resize(count);
  out.start.resize(static_cast<std::size_t>(num_cells) + 2);
  sorter.sort(
      static_cast<int>(count), num_cells, split,
      [&](int i) { return cells[static_cast<std::size_t>(i)]; },
      [&](int i) {
        const float value = static_cast<float>(i);
        return CellPoint{value, value + 0.25F, value + 0.5F, -value};
      },
      {out.x.data(), out.y.data(), out.z.data(), out.radius.data(), out.index.data(),
       out.cell.data(), out.start.data()});
  return out;
}

TEST(CellSort, EqualsAStableSortWithAnyNumberOfWorkers) {
  Workers pool(3);
  CellSort sorter;  // one for all, so that stale memory would show
  for (const int num_cells : {1, 2, 2047, 2048, 5000}) {
    for (const int count : {0, 1, 50, 5000, 20'000}) {
      SCOPED_TRACE(std::to_string(count) + " points in " + std::to_string(num_cells) + " cells");
      Rng rng(1, 0, Stream::kSpawn);
      std::vector<int> cells;
      // some belong to no cell; most stand in the lower half
      for (int i = 0; i < count; ++i) {
        const float at = rng.uniform();
        cells.push_back(static_cast<int>(at * at * static_cast<float>(num_cells + 1)));
      }
      const Sorted expected = oracle(cells, num_cells);
      EXPECT_EQ(sort(sorter, cells, num_cells, {}), expected);
      EXPECT_EQ(sort(sorter, cells, num_cells, Split{&pool}), expected);
    }
  }
}

TEST(CellSort, TakesMoreCellsThanItHasBuckets) {
  // a few points far apart in a million cells: buckets grow wider instead of more
  CellSort sorter;
  constexpr int kCells = 1'000'000;
  const std::vector<int> cells{kCells - 1, 0, kCells, 524'288, 0, 524'287, kCells};
  EXPECT_EQ(sort(sorter, cells, kCells, {}), oracle(cells, kCells));
}

}  // namespace
}  // namespace volery::swarm
