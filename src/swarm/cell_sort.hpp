// Sorting the points of one world by cell, for the searches for neighbors and for contacts.
//
// A counting sort in two steps: first into buckets of many cells each, then every bucket by itself.
// So all random access stays within the second-level cache however large the world is, and workers
// share both steps. The order is (cell, index of the point): it does not depend on their number.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/split.hpp"

namespace volery::swarm {

/// What is sorted along with the index.
struct CellPoint {
  float x_m = 0;
  float y_m = 0;
  float z_m = 0;
  float radius_m = 0;
};

/// Where the result goes: one entry per slot, which is a place in sorted order.
struct SortedPoints {
  float* x_m = nullptr;
  float* y_m = nullptr;
  float* z_m = nullptr;
  float* radius_m = nullptr;      // may be null
  std::int32_t* index = nullptr;  // of the point
  std::int32_t* cell = nullptr;   // may be null
  std::int32_t* start = nullptr;  // [num_cells + 2] first slot of each cell
};

/// Reusable memory of the sort; grows to the largest world seen.
class CellSort {
 public:
  /// Sorts `count` points into cells 0 to num_cells - 1; cell num_cells is for those that belong to
  /// none and come last. cell_of(i) is called once per point, then point_of(i), both by several
  /// workers at once. Cost: linear.
  template <class CellOf, class PointOf>
  void sort(int count, int num_cells, const Split& split, CellOf&& cell_of, PointOf&& point_of,
            const SortedPoints& out) noexcept;

 private:
  struct Item {
    CellPoint point;
    std::int32_t index;
    std::int32_t cell;
  };
  void begin(int count, int num_cells, int num_chunks);
  void find_buckets();
  void place_bucket(int bucket, const SortedPoints& out) noexcept;
  [[nodiscard]] std::int32_t* places(int chunk) noexcept {
    return places_.data() + static_cast<std::ptrdiff_t>(chunk) * num_buckets_;
  }

  int count_ = 0;
  int num_cells_ = 0;  // with the one for points that belong to none
  int num_chunks_ = 0;
  int num_buckets_ = 0;
  int shift_ = 0;                        // bucket = cell >> shift
  std::vector<std::int32_t> cell_of_;    // [points]
  std::vector<std::int32_t> places_;     // [chunks][buckets] points, then the next free item
  std::vector<std::int32_t> bucket_at_;  // [buckets + 1] first item
  std::vector<Item> items_;              // by bucket
};

template <class CellOf, class PointOf>
void CellSort::sort(int count, int num_cells, const Split& split, CellOf&& cell_of,
                    PointOf&& point_of, const SortedPoints& out) noexcept {
  constexpr int kLeastChunk = 1024;
  begin(count, num_cells, split.num_chunks(count, kLeastChunk));
  const auto edge = [&](int chunk) { return Split::edge(count_, num_chunks_, chunk); };

  // how many points of each chunk go to each bucket, then where
  split.each(num_chunks_, [&](int chunk) {
    std::int32_t* const num_points = places(chunk);
    std::int32_t* const cells = cell_of_.data();
    const int end = edge(chunk + 1);
    for (int i = edge(chunk); i < end; ++i) {
      cells[i] = cell_of(i);
      ++num_points[cells[i] >> shift_];
    }
  });
  find_buckets();
  split.each(num_chunks_, [&](int chunk) {
    std::int32_t* const next = places(chunk);
    const std::int32_t* const cells = cell_of_.data();
    Item* const items = items_.data();
    const int end = edge(chunk + 1);
    for (int i = edge(chunk); i < end; ++i) {
      items[next[cells[i] >> shift_]++] = {point_of(i), i, cells[i]};
    }
  });
  split.each(num_buckets_, [&](int bucket) { place_bucket(bucket, out); });
}

}  // namespace volery::swarm
