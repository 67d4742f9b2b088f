// The lane loop of fold.hpp, compiled once per instruction set. Integers alone, so that every one
// of them gives the same bits.
#include <algorithm>
#include <type_traits>

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

/// Both halves of each word change places.
HWY_INLINE WordVec half_turned(WordVec words) {
#if HWY_TARGET == HWY_SCALAR
  return hn::RotateRight<16>(words);
#else
  // one shuffle, where two shifts and their union would be the half of a row's work
  alignas(16) static constexpr std::uint8_t kOrder[16] = {2,  3,  0, 1, 6,  7,  4,  5,
                                                          10, 11, 8, 9, 14, 15, 12, 13};
  const hn::Repartition<std::uint8_t, WordTag> bytes;
  return hn::BitCast(
      WordTag(), hn::TableLookupBytes(hn::BitCast(bytes, words), hn::LoadDup128(bytes, kOrder)));
#endif
}

/// One row more: a bijection of what came before for every value, and of the value likewise. The
/// turn brings high bits down, since a multiplication only carries them up.
HWY_INLINE WordVec mixed(WordVec fold, const float* row) {
  const WordTag d;
  const auto* bits = reinterpret_cast<const std::uint32_t*>(row);
  return half_turned(hn::Mul(hn::Xor(fold, hn::Load(d, bits)), hn::Set(d, kRowFactor)));
}

/// Vectors that are folded side by side: each row of one waits for the row before, some seven
/// cycles. More than four win nothing, as rows come from the second cache (10 ns an agent of 155
/// rows; the same without the multiplications).
constexpr int kChains = 4;
constexpr int kVectors = kLanes / kWords;
constexpr int kBlocksAtOnce = kVectors < kChains ? kChains / kVectors : 1;

/// kBlocks blocks from `block` on, the bodies of which are rows from `first_row` on; the first
/// `bodies` of them count.
template <int kBlocks>
HWY_INLINE void fold_some(const std::vector<FoldField>& fields, const float* block,
                          std::ptrdiff_t stride, std::uint32_t first_row, int bodies,
                          std::uint32_t* out, std::uint32_t* sums) {
  const WordTag d;
  WordVec keys[kBlocks][kVectors];
  WordVec agents[kBlocks][kVectors];
  for (int b = 0; b < kBlocks; ++b) {
    for (int v = 0; v < kVectors; ++v) {
      const int first = b * kLanes + v * kWords;
      keys[b][v] = row_keys(first_row + static_cast<std::uint32_t>(first));
      // padding counts for nothing
      if (bodies - first < kWords) {
        keys[b][v] = hn::IfThenElseZero(
            hn::FirstN(d, static_cast<std::size_t>(std::max(0, bodies - first))), keys[b][v]);
      }
      agents[b][v] = hn::Zero(d);
    }
  }
  for (const FoldField& field : fields) {
    WordVec fold[kBlocks][kVectors];
    for (int b = 0; b < kBlocks; ++b) {
      for (int v = 0; v < kVectors; ++v) fold[b][v] = hn::Set(d, field.start);
    }
    const float* row = block + field.row * kLanes;
    for (int r = 0; r < field.width; ++r, row += kLanes) {
      for (int b = 0; b < kBlocks; ++b) {
        for (int v = 0; v < kVectors; ++v)
          fold[b][v] = mixed(fold[b][v], row + b * stride + v * kWords);
      }
    }
    const WordVec factor = hn::Set(d, field.factor);
    for (int v = 0; v < kVectors; ++v, sums += kWords) {
      WordVec sum = hn::Load(d, sums);
      for (int b = 0; b < kBlocks; ++b) {
        fold[b][v] = hn::Mul(fold[b][v], factor);
        agents[b][v] = hn::Add(agents[b][v], fold[b][v]);
        sum = hn::Add(sum, hn::Mul(fold[b][v], keys[b][v]));
      }
      hn::Store(sum, d, sums);
    }
  }
  for (int b = 0; b < kBlocks; ++b) {
    for (int v = 0; v < kVectors; ++v) hn::Store(agents[b][v], d, out + b * kLanes + v * kWords);
  }
}

void fold_blocks_of(const std::vector<FoldField>& fields, const Blocks& blocks, int first, int last,
                    std::uint32_t first_row, std::uint32_t* out, std::uint32_t* sums) {
  const std::ptrdiff_t stride = static_cast<std::ptrdiff_t>(blocks.num_rows) * kLanes;
  const auto fold = [&]<int kBlocks>(std::integral_constant<int, kBlocks>, int b) {
    fold_some<kBlocks>(fields, blocks.block(b), stride,
                       first_row + static_cast<std::uint32_t>(b * kLanes),
                       blocks.num_bodies - b * kLanes, out + (b - first) * kLanes, sums);
  };
  int b = first;
  for (; b + kBlocksAtOnce <= last; b += kBlocksAtOnce)
    fold(std::integral_constant<int, kBlocksAtOnce>(), b);
  for (; b < last; ++b) fold(std::integral_constant<int, 1>(), b);
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
