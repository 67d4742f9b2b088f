#include "swarm/cell_sort.hpp"

namespace volery::swarm {

namespace {

// A bucket's cells and points fit the second-level cache, and the buckets, which are written to all
// at once, leave the address translation at rest.
constexpr int kLeastShift = 11;
constexpr int kMostBuckets = 256;

template <class T>
void at_least(std::vector<T>& items, std::size_t size) {
  if (items.size() < size) items.resize(size);
}

}  // namespace

void CellSort::begin(int count, int num_cells, int num_chunks) {
  count_ = count;
  num_cells_ = num_cells + 1;
  num_chunks_ = num_chunks;
  shift_ = kLeastShift;
  while (num_cells >> shift_ >= kMostBuckets) ++shift_;
  num_buckets_ = (num_cells >> shift_) + 1;
  at_least(cell_of_, static_cast<std::size_t>(count));
  at_least(items_, static_cast<std::size_t>(count));
  at_least(bucket_at_, kMostBuckets + 1);
  // room for the most, as the number of cells changes from step to step
  at_least(places_, static_cast<std::size_t>(num_chunks) * kMostBuckets);
  std::fill_n(places_.begin(), num_chunks * num_buckets_, 0);
}

void CellSort::find_buckets() {
  std::int32_t total = 0;
  for (int bucket = 0; bucket < num_buckets_; ++bucket) {
    bucket_at_[static_cast<std::size_t>(bucket)] = total;
    for (int chunk = 0; chunk < num_chunks_; ++chunk) {
      std::int32_t& place = places(chunk)[bucket];
      const std::int32_t num_points = place;
      place = total;
      total += num_points;
    }
  }
  bucket_at_[static_cast<std::size_t>(num_buckets_)] = total;
}

void CellSort::place_bucket(int bucket, const SortedPoints& out) noexcept {
  const int first_cell = bucket << shift_;
  const int end_cell = std::min((bucket + 1) << shift_, num_cells_);
  const std::int32_t first = bucket_at_[static_cast<std::size_t>(bucket)];
  const std::int32_t end = bucket_at_[static_cast<std::size_t>(bucket) + 1];

  // number of points, then the first slot of each cell
  std::int32_t* const start = out.start;
  std::fill(start + first_cell, start + end_cell, 0);
  const Item* const items = items_.data();
  for (std::int32_t i = first; i < end; ++i) ++start[items[i].cell];
  std::int32_t slot = first;
  for (int cell = first_cell; cell < end_cell; ++cell) {
    const std::int32_t num_points = start[cell];
    start[cell] = slot;
    slot += num_points;
  }

  // each start walks to its cell's end, which is where the next cell's was
  for (std::int32_t i = first; i < end; ++i) {
    const Item item = items[i];
    const std::int32_t at = start[item.cell]++;
    out.x_m[at] = item.point.x_m;
    out.y_m[at] = item.point.y_m;
    out.z_m[at] = item.point.z_m;
    if (out.radius_m != nullptr) out.radius_m[at] = item.point.radius_m;
    out.index[at] = item.index;
    if (out.cell != nullptr) out.cell[at] = item.cell;
  }
  std::copy_backward(start + first_cell, start + end_cell - 1, start + end_cell);
  start[first_cell] = first;
  if (end_cell == num_cells_) start[end_cell] = end;
}

}  // namespace volery::swarm
