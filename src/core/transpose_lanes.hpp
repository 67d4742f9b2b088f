// Four rows of four numbers, turned: between blocks, where an agent is a lane, and rows of agents.

// Highway re-includes this file for each target; the toggle replaces an include guard.
#if defined(VOLERY_CORE_TRANSPOSE_LANES_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef VOLERY_CORE_TRANSPOSE_LANES_HPP_
#undef VOLERY_CORE_TRANSPOSE_LANES_HPP_
#else
#define VOLERY_CORE_TRANSPOSE_LANES_HPP_
#endif

#include <hwy/highway.h>

#include <cstddef>

HWY_BEFORE_NAMESPACE();
namespace volery::HWY_NAMESPACE {

#if HWY_TARGET != HWY_SCALAR
using FourTag = hwy::HWY_NAMESPACE::FixedTag<float, 4>;
using FourVec = hwy::HWY_NAMESPACE::Vec<FourTag>;

/// Column i of the rows a, b, c, e goes to `to` + i * stride (floats), 16-byte aligned.
HWY_INLINE void transpose_four(FourVec a, FourVec b, FourVec c, FourVec e, float* to,
                               std::ptrdiff_t stride) {
  namespace hn = hwy::HWY_NAMESPACE;
  const FourTag d;
  const FourVec low_ab = hn::InterleaveLower(d, a, b);
  const FourVec low_ce = hn::InterleaveLower(d, c, e);
  const FourVec high_ab = hn::InterleaveUpper(d, a, b);
  const FourVec high_ce = hn::InterleaveUpper(d, c, e);
  hn::Store(hn::ConcatLowerLower(d, low_ce, low_ab), d, to);
  hn::Store(hn::ConcatUpperUpper(d, low_ce, low_ab), d, to + stride);
  hn::Store(hn::ConcatLowerLower(d, high_ce, high_ab), d, to + 2 * stride);
  hn::Store(hn::ConcatUpperUpper(d, high_ce, high_ab), d, to + 3 * stride);
}
#endif

/// The same of rows in memory.
HWY_INLINE void transpose_four(const float* const rows[4], float* to, std::ptrdiff_t stride) {
#if HWY_TARGET != HWY_SCALAR
  namespace hn = hwy::HWY_NAMESPACE;
  const FourTag d;
  transpose_four(hn::LoadU(d, rows[0]), hn::LoadU(d, rows[1]), hn::LoadU(d, rows[2]),
                 hn::LoadU(d, rows[3]), to, stride);
#else
  for (int column = 0; column < 4; ++column) {
    for (int row = 0; row < 4; ++row) to[column * stride + row] = rows[row][column];
  }
#endif
}

}  // namespace volery::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // VOLERY_CORE_TRANSPOSE_LANES_HPP_
