// The state folded small, for recordings: a number per world and one per field, made from blocks
// while they are in the cache.
//
// Rows are folded lane by lane in 32 bits (an odd multiplication and a turn by half a word per
// row), weighted by who the agent is, and added up. Sums do not depend on order, so neither do
// these on lanes, slabs or threads. Not the state hash: weaker, a tenth of its cost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/split.hpp"
#include "state/fields.hpp"
#include "state/slab.hpp"

namespace volery::batch {

/// A field of a table of bodies, as the lanes fold it.
struct FoldField {
  int row = 0;
  int width = 0;
  std::uint32_t start = 0;   // what the first row is mixed into
  std::uint32_t factor = 1;  // odd: tells fields apart in the sum over fields
};

/// Everything that is folded, in the order of its numbers: fields of agents, of props, contacts,
/// and what a world holds beside them.
struct FoldPlan {
  FoldPlan() = default;
  FoldPlan(const FieldTable& agents, const FieldTable& props, bool with_props);

  std::vector<FoldField> agents, props;
  std::vector<std::string> names;
  [[nodiscard]] std::size_t contacts() const noexcept { return names.size() - 2; }
  [[nodiscard]] std::size_t world() const noexcept { return names.size() - 1; }
};

/// The sums of one step.
struct FoldSums {
  std::vector<std::uint64_t> worlds;  // [W]
  std::vector<std::uint32_t> fields;  // [names]
};

/// What one thread has added up so far.
class FoldScratch {
 public:
  explicit FoldScratch(const FoldPlan& plan);
  static constexpr int kBlocks = 8;  // at a time

  void clear() noexcept;
  /// [fields of agents, then of props][16]
  [[nodiscard]] std::uint32_t* lanes() noexcept;

  alignas(64) std::uint32_t bodies[kBlocks * kLanes];  // folds of single bodies
  std::uint32_t contacts = 0, world = 0;

 private:
  std::vector<std::uint32_t> memory_;
};

/// Blocks [first, last), at most kBlocks: each body's fold into `out` [blocks][16], and its share
/// of each field into `sums` [fields][16]. `first_row`: the batch's row of body 0 of the blocks.
void fold_blocks(const std::vector<FoldField>& fields, const Blocks& blocks, int first, int last,
                 std::uint32_t first_row, std::uint32_t* out, std::uint32_t* sums) noexcept;

/// Adds whole worlds; `scratch` has one per thread of the split. Fields gather in the scratch.
void fold_slab(const FoldPlan& plan, const Slab& slab, std::vector<FoldScratch>& scratch,
               const Split& split, FoldSums& sums) noexcept;
/// Adds what a thread has gathered.
void add_fields(const FoldPlan& plan, FoldScratch& scratch, FoldSums& sums) noexcept;

}  // namespace volery::batch
