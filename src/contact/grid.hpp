// Overlapping spheres of one large world: all pairs in lanes where they are few, else through a
// grid of cells.
#pragma once

#include <cstdint>
#include <vector>

#include "contact/grid_lanes.hpp"
#include "core/split.hpp"
#include "swarm/cell_sort.hpp"

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
  void overlaps(const SphereColumns& spheres, const Split& split, Visit&& visit) {
    find(spheres, split);
    for (int i = 0; i < num_lists_; ++i) {
      for (const SpherePair& pair : lists_[static_cast<std::size_t>(i)].pairs)
        visit(pair.a, pair.b);
    }
  }

  /// Worlds of up to this many spheres are searched without cells. For tests: the result does not
  /// depend on it.
  void set_largest_all_pairs(int num_spheres) noexcept { largest_all_pairs_ = num_spheres; }

 private:
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

  void find(const SphereColumns& spheres, const Split& split);
  void copy(const SphereColumns& spheres);
  void sort(const SphereColumns& spheres, const Split& split);
  void choose_cells(const SphereColumns& spheres, const Split& split);
  void begin_lists(int num_lists);
  [[nodiscard]] SortedSpheres sorted() const noexcept;

  // all pairs cost less up to here: 12 ns per sphere at 64 and 40 at 256, as the grid at any number
  int largest_all_pairs_ = 256;
  Axis x_, y_, z_;
  float cut_m_ = 0;     // spheres above this are tested against all others
  int num_sorted_ = 0;  // slots of those below it; the others follow
  swarm::CellSort cells_;
  std::vector<float> x_m_, y_m_, z_m_, radius_m_;   // [slots]
  std::vector<std::int32_t> index_, cell_, start_;  // as in swarm::SortedPoints
  std::vector<float> widest_m_;                     // per chunk of spheres
  std::vector<OverlapList> lists_;                  // per chunk of slots
  int num_lists_ = 0;
};

}  // namespace volery::contact
