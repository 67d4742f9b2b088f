// The lane loop of fold.hpp, compiled once per instruction set. Integers alone, so that every one
// of them gives the same bits.
#include <algorithm>

#include "batch/fold.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "batch/fold_lanes.cpp"
#include <hwy/foreach_target.h>

#include "core/lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::batch::HWY_NAMESPACE {

using namespace volery::HWY_NAMESPACE;  // NOLINT: the lane vocabulary of this target

using WordTag = hn::CappedTag<std::uint32_t, kLanes>;
using WordVec = hn::Vec<WordTag>;
constexpr int kWords = static_cast<int>(hn::MaxLanes(WordTag()));

// odd, with well spread bits: the golden ratio and the constants of MurmurHash3's finalizer
constexpr std::uint32_t kRowFactor = 0x9E3779B1;
constexpr std::uint32_t kKeyFactor = 0x85EBCA6B;
constexpr std::uint32_t kKeyFactor2 = 0xC2B2AE35;

/// An odd number for each of the rows from `row` on.
HWY_INLINE WordVec row_keys(std::uint32_t row) {
  const WordTag d;
  WordVec key = hn::Iota(d, row);
  key = hn::Mul(hn::Xor(key, hn::ShiftRight<16>(key)), hn::Set(d, kKeyFactor));
  key = hn::Mul(hn::Xor(key, hn::ShiftRight<13>(key)), hn::Set(d, kKeyFactor2));
  return hn::Or(key, hn::Set(d, 1));
}

/// One row more: a bijection of what came before for every value, and of the value likewise. The
/// turn brings high bits down, since a multiplication only carries them up.
HWY_INLINE WordVec mixed(WordVec fold, const float* row) {
  const WordTag d;
  const auto* bits = reinterpret_cast<const std::uint32_t*>(row);
  return hn::RotateRight<16>(hn::Mul(hn::Xor(fold, hn::Load(d, bits)), hn::Set(d, kRowFactor)));
}

void fold_blocks_of(const std::vector<FoldField>& fields, const Blocks& blocks, int first, int last,
                    std::uint32_t first_row, std::uint32_t* out, std::uint32_t* sums) {
  const WordTag d;
  for (int b = first; b < last; ++b, out += kLanes) {
    for (int lane = 0; lane < kLanes; lane += kWords) {
      const float* const block = blocks.block(b) + lane;
      WordVec keys = row_keys(first_row + static_cast<std::uint32_t>(b * kLanes + lane));
      // padding counts for nothing
      const int bodies = blocks.num_bodies - b * kLanes - lane;
      if (bodies < kWords) {
        keys =
            hn::IfThenElseZero(hn::FirstN(d, static_cast<std::size_t>(std::max(0, bodies))), keys);
      }
      WordVec agent = hn::Zero(d);
      std::uint32_t* sum = sums + lane;
      for (const FoldField& field : fields) {
        WordVec fold = hn::Set(d, field.start);
        const float* row = block + field.row * kLanes;
        for (int r = 0; r < field.width; ++r, row += kLanes) fold = mixed(fold, row);
        fold = hn::Mul(fold, hn::Set(d, field.factor));
        agent = hn::Add(agent, fold);
        hn::Store(hn::Add(hn::Load(d, sum), hn::Mul(fold, keys)), d, sum);
        sum += kLanes;
      }
      hn::Store(agent, d, out + lane);
    }
  }
}

}  // namespace volery::batch::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery::batch {

HWY_EXPORT(fold_blocks_of);

void fold_blocks(const std::vector<FoldField>& fields, const Blocks& blocks, int first, int last,
                 std::uint32_t first_row, std::uint32_t* out, std::uint32_t* sums) noexcept {
  HWY_DYNAMIC_DISPATCH(fold_blocks_of)(fields, blocks, first, last, first_row, out, sums);
}

}  // namespace volery::batch
#endif  // HWY_ONCE
