// Overlapping spheres of one large world through a counting-sort grid.
#pragma once

#include <cstdint>
#include <vector>

#include "core/types.hpp"

namespace volery::contact {

/// Columns over `count` spheres. One with a NaN x takes no part.
struct SphereColumns {
  const float* x_m = nullptr;
  const float* y_m = nullptr;
  const float* z_m = nullptr;
  const float* radius_m = nullptr;
  int count = 0;
};

/// Reusable memory of the search; grows to the largest world seen.
class SphereGrid {
 public:
  /// Calls visit(a, b), a < b, once for each pair of spheres that overlap, in no particular order.
  /// Cost: about linear while few bodies are much larger or much farther out than the others.
  template <class Visit>
  void overlaps(const SphereColumns& spheres, Visit&& visit);

 private:
  struct Item {
    float x_m, y_m, z_m, radius_m;
    std::int32_t body;
    std::int32_t cell;
  };
  // cells along an axis: coordinates beyond the first and last cell count as in them, so that a
  // lone body far out does not stretch the grid
  struct Axis {
    float low_m = 0;
    float inverse_cell = 0;
    std::int32_t count = 1;
    [[nodiscard]] std::int32_t cell(float v) const noexcept {
      const float c = (v - low_m) * inverse_cell;
      const float last = static_cast<float>(count - 1);
      return static_cast<std::int32_t>(c < 0 ? 0.0F : c > last ? last : c);
    }
  };

  void sort(const SphereColumns& spheres);
  void choose_cells(const SphereColumns& spheres);
  template <class Visit>
  static void meet(const Item& a, const Item& b, Visit&& visit) {
    const float dx = a.x_m - b.x_m;
    const float dy = a.y_m - b.y_m;
    const float dz = a.z_m - b.z_m;
    const float reach = a.radius_m + b.radius_m;
    if (!(dx * dx + dy * dy + dz * dz <= reach * reach)) return;
    a.body < b.body ? visit(a.body, b.body) : visit(b.body, a.body);
  }

  Axis x_, y_, z_;
  float cut_m_ = 0;                  // spheres above this are tested against all others
  std::vector<Item> items_;          // by cell, cells by z, y, x
  std::vector<std::int32_t> start_;  // of each cell in items_, and the end
  std::vector<std::int32_t> cell_of_;
  std::vector<Item> large_;
};

template <class Visit>
void SphereGrid::overlaps(const SphereColumns& spheres, Visit&& visit) {
  sort(spheres);
  for (std::size_t i = 0; i < large_.size(); ++i) {
    for (const Item& item : items_) meet(large_[i], item, visit);
    for (std::size_t j = i + 1; j < large_.size(); ++j) meet(large_[i], large_[j], visit);
  }

  // each item with those after it in its own cell and the next along x, and with three cells of
  // each row after its own; a row's cells lie one after another
  const std::int32_t row = x_.count;
  const std::int32_t layer = row * y_.count;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    const Item& a = items_[i];
    const std::int32_t cx = a.cell % row;
    const std::int32_t cy = a.cell / row % y_.count;
    const std::int32_t left = cx > 0 ? -1 : 0;
    const std::int32_t right = cx + 1 < row ? 1 : 0;
    const auto scan = [&](std::size_t begin, std::int32_t last_cell) {
      const auto end = static_cast<std::size_t>(start_[static_cast<std::size_t>(last_cell) + 1]);
      for (std::size_t j = begin; j < end; ++j) meet(a, items_[j], visit);
    };
    const auto scan_row = [&](std::int32_t cell) {
      scan(static_cast<std::size_t>(start_[static_cast<std::size_t>(cell + left)]), cell + right);
    };
    scan(i + 1, a.cell + right);
    if (cy + 1 < y_.count) scan_row(a.cell + row);
    if (a.cell + layer >= layer * z_.count) continue;
    if (cy > 0) scan_row(a.cell + layer - row);
    scan_row(a.cell + layer);
    if (cy + 1 < y_.count) scan_row(a.cell + layer + row);
  }
}

}  // namespace volery::contact
