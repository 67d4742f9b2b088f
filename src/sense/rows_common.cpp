// The transposing kernels behind rows_common.hpp.
#include "sense/rows_common.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sense/rows_common.cpp"
#include <hwy/foreach_target.h>

#include "core/lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::sense::HWY_NAMESPACE {

using volery::HWY_NAMESPACE::clamp;
using volery::HWY_NAMESPACE::F32;
using volery::HWY_NAMESPACE::kVectorLanes;
namespace hn = hwy::HWY_NAMESPACE;

/// Rows of the 16 bodies of a block that exist, and where their columns go.
struct RowTarget {
  float* first;
  std::ptrdiff_t stride;
  int num_rows;

  HWY_INLINE RowTarget(const AgentRange& agents, int block, const ObservationRows& out)
      : first(out.row(block * kLanes)), stride(out.stride) {
    const int rest = agents.last - block * kLanes;
    num_rows = rest < kLanes ? rest : kLanes;
  }
};

/// Columns [from, to) of lanes [lane, num_rows), one number at a time.
HWY_INLINE void transpose_plainly(const float* lanes, int lane, int from, int to,
                                  const RowTarget& out) {
  for (int l = lane; l < out.num_rows; ++l) {
    float* const row = out.first + l * out.stride;
    for (int c = from; c < to; ++c) row[c] = lanes[c * kLanes + l];
  }
}

#if HWY_TARGET == HWY_SCALAR
HWY_INLINE void transpose(const float* lanes, int num_columns, const RowTarget& out) {
  transpose_plainly(lanes, 0, 0, num_columns, out);
}
#else

/// Four lanes of four columns to four columns of four rows; the last `kRest` columns of the four
/// are written (1 to 4), so that a row's other columns stay as they are.
template <int kWritten>
HWY_INLINE void transpose_four(const float* lanes, float* row, std::ptrdiff_t stride) {
  const hn::FixedTag<float, 4> d;
  const hn::FixedTag<float, 2> half;
  // rows past the last column are not read: the block or tile may end there
  const auto a0 = hn::Load(d, lanes);
  const auto a1 = kWritten > 1 ? hn::Load(d, lanes + kLanes) : a0;
  const auto a2 = kWritten > 2 ? hn::Load(d, lanes + 2 * kLanes) : a0;
  const auto a3 = kWritten > 3 ? hn::Load(d, lanes + 3 * kLanes) : a0;
  const auto low01 = hn::InterleaveLower(d, a0, a1);
  const auto low23 = hn::InterleaveLower(d, a2, a3);
  const auto high01 = hn::InterleaveUpper(d, a0, a1);
  const auto high23 = hn::InterleaveUpper(d, a2, a3);
  const decltype(a0) rows[4] = {
      hn::ConcatLowerLower(d, low23, low01), hn::ConcatUpperUpper(d, low23, low01),
      hn::ConcatLowerLower(d, high23, high01), hn::ConcatUpperUpper(d, high23, high01)};
  for (int i = 0; i < 4; ++i, row += stride) {
    if constexpr (kWritten == 4) {
      hn::StoreU(rows[i], d, row);
    } else if constexpr (kWritten == 1) {
      row[0] = hn::GetLane(rows[i]);
    } else {
      hn::StoreU(hn::LowerHalf(half, rows[i]), half, row);
      if constexpr (kWritten == 3) row[2] = hn::GetLane(hn::UpperHalf(half, rows[i]));
    }
  }
}

/// num_columns rows of 16 lanes each, 64-byte aligned, into the rows of `out`.
HWY_INLINE void transpose(const float* lanes, int num_columns, const RowTarget& out) {
  const int fours = out.num_rows / 4 * 4;
  for (int lane = 0; lane < fours; lane += 4) {
    float* const row = out.first + lane * out.stride;
    int column = 0;
    for (; column + 4 <= num_columns; column += 4) {
      transpose_four<4>(lanes + column * kLanes + lane, row + column, out.stride);
    }
    const float* const rest = lanes + column * kLanes + lane;
    switch (num_columns - column) {
      case 1:
        transpose_four<1>(rest, row + column, out.stride);
        break;
      case 2:
        transpose_four<2>(rest, row + column, out.stride);
        break;
      case 3:
        transpose_four<3>(rest, row + column, out.stride);
        break;
      default:
        break;
    }
  }
  transpose_plainly(lanes, fours, 0, num_columns, out);
}
#endif

HWY_INLINE F32 load_row(const float* lanes, int row) {
  return F32::load(lanes + row * kLanes);
}

/// Body to world, row by row: m[3 * i + j].
struct Rotation {
  F32 m[9];
  HWY_INLINE explicit Rotation(const float* lanes) {
    const F32 x = load_row(lanes, kQuat);
    const F32 y = load_row(lanes, kQuat + 1);
    const F32 z = load_row(lanes, kQuat + 2);
    const F32 w = load_row(lanes, kQuat + 3);
    const F32 x2 = x + x;
    const F32 y2 = y + y;
    const F32 z2 = z + z;
    m[0] = F32(1.0F) - (y * y2 + z * z2);
    m[1] = x * y2 - w * z2;
    m[2] = x * z2 + w * y2;
    m[3] = x * y2 + w * z2;
    m[4] = F32(1.0F) - (x * x2 + z * z2);
    m[5] = y * z2 - w * x2;
    m[6] = x * z2 - w * y2;
    m[7] = y * z2 + w * x2;
    m[8] = F32(1.0F) - (x * x2 + y * y2);
  }
};

void state_kernel(const AgentRange& agents, int state_row, int num_columns,
                  const ObservationRows& out) {
  for (int b = agents.first / kLanes; b * kLanes < agents.last; ++b) {
    transpose(agents.blocks.row(b, state_row), num_columns, RowTarget(agents, b, out));
  }
}

void pose_kernel(const AgentRange& agents, const ObservationRows& out) {
  HWY_ALIGN float tile[12 * kLanes];
  for (int b = agents.first / kLanes; b * kLanes < agents.last; ++b) {
    for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
      const float* const body = agents.blocks.block(b) + lane;
      for (int i = 0; i < 3; ++i) load_row(body, kPosition + i).store(tile + i * kLanes + lane);
      const Rotation rotation(body);
      // rounding must not leave the space that the columns declare
      for (int i = 0; i < 9; ++i) {
        clamp(rotation.m[i], F32(-1.0F), F32(1.0F)).store(tile + (3 + i) * kLanes + lane);
      }
    }
    transpose(tile, 12, RowTarget(agents, b, out));
  }
}

void vector_kernel(const AgentRange& agents, int state_row, bool relative, Frame frame,
                   const ObservationRows& out) {
  HWY_ALIGN float tile[3 * kLanes];
  for (int b = agents.first / kLanes; b * kLanes < agents.last; ++b) {
    for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
      const float* const body = agents.blocks.block(b) + lane;
      F32 v[3];
      for (int i = 0; i < 3; ++i) {
        v[i] = load_row(body, state_row + i);
        if (relative) v[i] = v[i] - load_row(body, kPosition + i);
      }
      if (frame == Frame::kBody) {
        const Rotation r(body);
        const F32 w[3] = {v[0], v[1], v[2]};
        for (int i = 0; i < 3; ++i) v[i] = r.m[i] * w[0] + r.m[3 + i] * w[1] + r.m[6 + i] * w[2];
      }
      for (int i = 0; i < 3; ++i) v[i].store(tile + i * kLanes + lane);
    }
    transpose(tile, 3, RowTarget(agents, b, out));
  }
}

}  // namespace volery::sense::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery::sense {

HWY_EXPORT(state_kernel);
HWY_EXPORT(pose_kernel);
HWY_EXPORT(vector_kernel);

void write_state(const AgentRange& agents, int state_row, int num_columns,
                 const ObservationRows& out) noexcept {
  HWY_DYNAMIC_DISPATCH(state_kernel)(agents, state_row, num_columns, out);
}

void write_pose(const AgentRange& agents, const ObservationRows& out) noexcept {
  HWY_DYNAMIC_DISPATCH(pose_kernel)(agents, out);
}

void write_vector(const AgentRange& agents, int state_row, bool relative, Frame frame,
                  const ObservationRows& out) noexcept {
  HWY_DYNAMIC_DISPATCH(vector_kernel)(agents, state_row, relative, frame, out);
}

}  // namespace volery::sense
#endif
