// The search for agents within a radius, a vector of squared distances at a time. What is done with
// those that are near enough is the sink's business.

// Highway re-includes this file for each target; the toggle replaces an include guard.
#if defined(VOLERY_RADIO_SEARCH_LANES_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef VOLERY_RADIO_SEARCH_LANES_HPP_
#undef VOLERY_RADIO_SEARCH_LANES_HPP_
#else
#define VOLERY_RADIO_SEARCH_LANES_HPP_
#endif

#include "core/vec3_lanes.hpp"
#include "radio/agent_index.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::radio::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using namespace volery::HWY_NAMESPACE;  // NOLINT: the lane vocabulary of this target

/// Sink: take(FloatMask within, F32 square_m2, int slot), for the slots from `slot` on.
template <class Sink>
struct AgentSearch {
  const IndexArrays& a;
  Vec3 at;
  float radius_m;
  Search search;
  Sink& sink;

  HWY_INLINE void run() {
    if (a.grid == nullptr) {
      scan(0, search == Search::kSenders ? a.num_senders : a.num_slots);
    } else {
      scan_cells(static_cast<double>(radius_m));
    }
  }

 private:
  /// The slots [begin, end).
  HWY_INLINE void scan(int begin, int end) {
    const FloatTag d;
    const F32 x(at.x), y(at.y), z(at.z), limit_m2(radius_m * radius_m);
    const bool masks_senders = search == Search::kSenders && a.grid != nullptr;
    for (int slot = begin; slot < end; slot += kVectorLanes) {
      const F32 dx = x - F32(hn::LoadU(d, a.x_m + slot));
      const F32 dy = y - F32(hn::LoadU(d, a.y_m + slot));
      const F32 dz = z - F32(hn::LoadU(d, a.z_m + slot));
      const F32 square_m2 = dx * dx + dy * dy + dz * dz;
      auto within = (square_m2 < limit_m2).raw;
      if (masks_senders)
        within = hn::And(within, hn::Ne(hn::LoadU(d, a.sends + slot), hn::Zero(d)));
      // the last vector may reach into the next run of cells
      const auto rest = static_cast<std::size_t>(end - slot);
      if (rest < static_cast<std::size_t>(kVectorLanes))
        within = hn::And(within, hn::FirstN(d, rest));
      sink.take(within, square_m2, slot);
    }
  }

  /// The cells that a sphere of that radius may touch.
  HWY_INLINE void scan_cells(double reach_m) {
    // slack against the rounding of places and squared distances
    constexpr double kSlack = 1e-6;
    const swarm::Grid& grid = *a.grid;
    const float at_m[3] = {at.x, at.y, at.z};
    int low[3], high[3];
    for (int axis = 0; axis < 3; ++axis) {
      const double place = grid.place(axis, at_m[axis]);
      const double reach = reach_m * (1 + kSlack) * grid.per_cell[axis] + kSlack;
      low[axis] = grid.cut(axis, place - reach);
      high[axis] = grid.cut(axis, place + reach);
    }
    for (int k = low[2]; k <= high[2]; ++k) {
      for (int j = low[1]; j <= high[1]; ++j) {
        scan(a.cell_start[grid.cell(low[0], j, k)], a.cell_start[grid.cell(high[0], j, k) + 1]);
      }
    }
  }
};

}  // namespace volery::radio::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // VOLERY_RADIO_SEARCH_LANES_HPP_
