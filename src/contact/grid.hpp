// Overlapping spheres of one large world through a counting-sort grid.
#pragma once

#include <cstdint>
#include <vector>

#include "core/types.hpp"

namespace volery::contact {

struct Sphere {
  Vec3 center_w_m;
  float radius_m = 0;
  std::int32_t body = 0;  // what the pairs name
};

/// Reusable memory of the search; grows to the largest world seen.
class SphereGrid {
 public:
  /// Calls visit(a, b), a < b, once for each pair of spheres that overlap, in no particular order.
  /// Cost: about linear at constant density. Spheres much larger than the mean are tested against
  /// all.
  template <class Visit>
  void overlaps(const std::vector<Sphere>& spheres, Visit&& visit);

 private:
  struct Cell {
    std::int32_t x, y, z;
    friend bool operator==(const Cell&, const Cell&) = default;
  };
  struct Item {
    Sphere sphere;
    Cell cell;
  };

  void sort(const std::vector<Sphere>& spheres);
  [[nodiscard]] std::uint32_t bucket(Cell c) const noexcept {
    const std::uint32_t h = static_cast<std::uint32_t>(c.x) * 73856093U ^
                            static_cast<std::uint32_t>(c.y) * 19349663U ^
                            static_cast<std::uint32_t>(c.z) * 83492791U;
    return (h ^ (h >> 15U)) & mask_;
  }
  [[nodiscard]] static bool overlap(const Sphere& a, const Sphere& b) noexcept {
    const Vec3 d = a.center_w_m - b.center_w_m;
    const float reach = a.radius_m + b.radius_m;
    return dot(d, d) <= reach * reach;
  }
  template <class Visit>
  static void meet(const Sphere& a, const Sphere& b, Visit&& visit) {
    if (overlap(a, b)) a.body < b.body ? visit(a.body, b.body) : visit(b.body, a.body);
  }

  std::uint32_t mask_ = 0;
  std::vector<Item> unsorted_, items_;
  std::vector<std::int32_t> start_;  // of each bucket in items_
  std::vector<Sphere> large_;
};

template <class Visit>
void SphereGrid::overlaps(const std::vector<Sphere>& spheres, Visit&& visit) {
  sort(spheres);
  for (std::size_t i = 0; i < large_.size(); ++i) {
    for (const Item& item : items_) meet(large_[i], item.sphere, visit);
    for (std::size_t j = i + 1; j < large_.size(); ++j) meet(large_[i], large_[j], visit);
  }

  // each item with those after it in its own cell, and with one half of the 26 cells around it
  for (std::size_t i = 0; i < items_.size(); ++i) {
    const Item& a = items_[i];
    const auto scan = [&](Cell c, std::size_t after) {
      const std::uint32_t b = bucket(c);
      const auto begin = static_cast<std::size_t>(start_[b]);
      const auto end = static_cast<std::size_t>(start_[b + 1]);
      for (std::size_t j = begin > after ? begin : after; j < end; ++j) {
        if (items_[j].cell == c) meet(a.sphere, items_[j].sphere, visit);
      }
    };
    scan(a.cell, i + 1);
    for (int dz = -1; dz <= 1; ++dz) {
      for (int dy = -1; dy <= 1; ++dy) scan({a.cell.x + 1, a.cell.y + dy, a.cell.z + dz}, 0);
    }
    for (int dz = -1; dz <= 1; ++dz) scan({a.cell.x, a.cell.y + 1, a.cell.z + dz}, 0);
    scan({a.cell.x, a.cell.y, a.cell.z + 1}, 0);
  }
}

}  // namespace volery::contact
