// The near set: which bodies could touch something within the window, and which pairs.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "contact/grid.hpp"
#include "contact/lane_column.hpp"
#include "contact/near_lanes.hpp"
#include "contact/slab_bodies.hpp"

namespace volery::contact {

/// A candidate pair: slab index of the lower body, local index of the other; statics are numbered
/// after the bodies. Ascending order is the canonical order: by world, then (a, b).
using PairKey = std::uint64_t;
[[nodiscard]] constexpr PairKey pair_key(int body, int other) noexcept {
  return (static_cast<PairKey>(static_cast<std::uint32_t>(body)) << 32U) |
         static_cast<std::uint32_t>(other);
}
[[nodiscard]] constexpr int key_body(PairKey key) noexcept {
  return static_cast<int>(key >> 32U);
}
[[nodiscard]] constexpr int key_other(PairKey key) noexcept {
  return static_cast<int>(key & 0xFFFFFFFFU);
}

class NearSet {
 public:
  explicit NearSet(const ContactModel::Impl& model) : model_(model) {}

  /// Bounds of all bodies for a whole window. Worlds with skip[w] or a body that is not finite are
  /// left out. Must come first in each window, in every mode.
  void begin(const SlabBodies& bodies, const std::uint8_t* skip, const Split& split);
  /// The candidates and near bodies of mode `culled`; in an audit every prop's block is near.
  void find(const SlabBodies& bodies, const Split& split);
  /// Every body near, no candidate list: mode `all`.
  void take_all(const SlabBodies& bodies);
  /// A body that contacts have moved or sped up: makes its bound hold for the substeps left, if it
  /// no longer does, and adds the pairs it can now reach. Returns true where there may be new ones.
  bool rebound(const SlabBodies& bodies, int world, int local, int substeps_left);
  /// Sorts the pairs that rebound() added and marks their bodies.
  void finish_rebounds(const SlabBodies& bodies);

  [[nodiscard]] bool world_on(int world) const noexcept {
    return world_on_[static_cast<std::size_t>(world)] != 0;
  }
  /// Sorted, each once.
  [[nodiscard]] std::span<const PairKey> candidates() const noexcept { return keys_; }
  [[nodiscard]] bool is_candidate(PairKey key) const noexcept;
  /// Groups of cables that are near, as world * groups + group, ascending.
  [[nodiscard]] std::span<const int> live_groups() const noexcept { return live_groups_; }
  [[nodiscard]] bool is_live_group(int world, int group) const noexcept {
    return live_group_[static_cast<std::size_t>(world * model_.cables.num_groups() + group)] != 0;
  }
  /// Near agents as bodies of slab.agents, in the order in which they became near.
  [[nodiscard]] std::span<const int> agents() const noexcept { return agents_; }
  /// Blocks with a near prop, likewise.
  [[nodiscard]] std::span<const int> prop_blocks() const noexcept { return prop_blocks_; }
  [[nodiscard]] bool is_near_prop_block(int block) const noexcept {
    return near_prop_block_[static_cast<std::size_t>(block)] != 0;
  }
  [[nodiscard]] std::uint64_t num_near_bodies() const noexcept { return num_near_bodies_; }

 private:
  void switch_off(const SlabBodies& bodies, int world);
  bool bound_props(const SlabBodies& bodies);
  void find_statics(const SlabBodies& bodies);
  void add_statics(int body, int per_world, Vec3 center_w_m, float radius_m);
  void find_small(const SlabBodies& bodies);
  void find_props(const SlabBodies& bodies, int world);
  void find_large(const SlabBodies& bodies, int world, const Split& split);
  void keep_contacts(const SlabBodies& bodies);
  void sort_keys();
  void merge_keys(std::size_t end_statics, std::size_t end_pairs);
  void mark_bodies(const SlabBodies& bodies);
  void take_all_props(const SlabBodies& bodies);
  void mark(const SlabBodies& bodies, int world, int local);
  void find_cables(const SlabBodies& bodies);
  void mark_group(const SlabBodies& bodies, int world, int group);
  [[nodiscard]] bool may_pull(const SlabBodies& bodies, int world, int cable) const noexcept;
  [[nodiscard]] bool overlap(int entry_a, int entry_b) const noexcept;

  const ContactModel::Impl& model_;
  int local_world_size_ = -1;  // what local_ was made for
  LaneColumn x_, y_, z_, radius_, local_;
  std::vector<std::uint8_t> by_static_, world_on_, near_body_, near_prop_block_;
  std::vector<int> overlap_, statics_, agents_, prop_blocks_, live_groups_;
  std::vector<std::uint8_t> live_group_;  // [worlds][groups]
  std::vector<PairKey> keys_, merged_, scratch_;
  LaneColumn all_x_, all_y_, all_z_, all_radius_;  // agents and props of one large world
  SphereGrid grid_;
  std::uint64_t num_near_bodies_ = 0;
};

/// Worlds of more bodies than this find their pairs through the grid.
inline constexpr int kLargestSmallWorld = 48;

}  // namespace volery::contact
