// The transposing kernels behind rows_common.hpp.
#include "sense/rows_common.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sense/rows_common.cpp"
#include <hwy/foreach_target.h>

#include "core/vec3_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::sense::HWY_NAMESPACE {

using volery::HWY_NAMESPACE::clamp;
using volery::HWY_NAMESPACE::F32;
using volery::HWY_NAMESPACE::FloatTag;
using volery::HWY_NAMESPACE::kVectorLanes;
using volery::HWY_NAMESPACE::load_row;
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
  [[nodiscard]] HWY_INLINE bool is_whole() const { return num_rows == kLanes; }
};

/// num_columns rows of 16 lanes into the rows of `out`, one number at a time.
HWY_INLINE void transpose_plainly(const float* lanes, int num_columns, const RowTarget& out) {
  for (int l = 0; l < out.num_rows; ++l) {
    float* const row = out.first + l * out.stride;
    for (int c = 0; c < num_columns; ++c) row[c] = lanes[c * kLanes + l];
  }
}

#if HWY_TARGET != HWY_SCALAR
/// The first kWritten of the four columns that each 128-bit block of a vector holds; blocks belong
/// to every fourth row.
template <int kWritten, class D, class V>
HWY_INLINE void store_blocks(D d, V blocks, float* row, std::ptrdiff_t stride) {
  if constexpr (hn::MaxLanes(D()) > 4) {
    const hn::Half<D> half;
    constexpr auto kRows = static_cast<std::ptrdiff_t>(hn::MaxLanes(D()) / 2);
    store_blocks<kWritten>(half, hn::LowerHalf(half, blocks), row, stride);
    store_blocks<kWritten>(half, hn::UpperHalf(half, blocks), row + kRows * stride, stride);
  } else if constexpr (kWritten == 4) {
    hn::StoreU(blocks, d, row);
  } else if constexpr (kWritten == 1) {
    row[0] = hn::GetLane(blocks);
  } else {
    const hn::Half<D> half;
    hn::StoreU(hn::LowerHalf(half, blocks), half, row);
    if constexpr (kWritten == 3) row[2] = hn::GetLane(hn::UpperHalf(half, blocks));
  }
}

/// A vector of each of four columns into four columns of that many rows. The first kWritten (1 to
/// 4) are written, so that a row's other columns stay as they are.
template <int kWritten>
HWY_INLINE void transpose_four(F32 a0, F32 a1, F32 a2, F32 a3, float* row, std::ptrdiff_t stride) {
  const FloatTag d;
  const hn::RepartitionToWide<FloatTag> pairs;
  const auto low01 = hn::BitCast(pairs, hn::InterleaveLower(d, a0.raw, a1.raw));
  const auto low23 = hn::BitCast(pairs, hn::InterleaveLower(d, a2.raw, a3.raw));
  const auto high01 = hn::BitCast(pairs, hn::InterleaveUpper(d, a0.raw, a1.raw));
  const auto high23 = hn::BitCast(pairs, hn::InterleaveUpper(d, a2.raw, a3.raw));
  const decltype(low01) rows[4] = {
      hn::InterleaveLower(pairs, low01, low23), hn::InterleaveUpper(pairs, low01, low23),
      hn::InterleaveLower(pairs, high01, high23), hn::InterleaveUpper(pairs, high01, high23)};
  for (int i = 0; i < 4; ++i, row += stride) {
    store_blocks<kWritten>(d, hn::BitCast(d, rows[i]), row, stride);
  }
}
#endif

/// Up to four columns of one vector of lanes, the first of them at `lane`, into whole rows.
template <int kWritten>
HWY_INLINE void write_columns(const F32* columns, int lane, float* first_row,
                              std::ptrdiff_t stride) {
  float* const row = first_row + lane * stride;
#if HWY_TARGET == HWY_SCALAR
  for (int c = 0; c < kWritten; ++c) row[c] = hn::GetLane(columns[c].raw);
#else
  transpose_four<kWritten>(columns[0], columns[kWritten > 1 ? 1 : 0], columns[kWritten > 2 ? 2 : 0],
                           columns[kWritten > 3 ? 3 : 0], row, stride);
#endif
}

/// kColumns columns of one vector of lanes: into whole rows where the block is full, else into
/// `tile` (rows of 16 lanes).
template <int kColumns>
HWY_INLINE void write_vector_of(const F32* columns, int lane, const RowTarget& out, float* tile) {
  if (!out.is_whole()) {
    for (int c = 0; c < kColumns; ++c) columns[c].store(tile + c * kLanes + lane);
    return;
  }
  constexpr int kFours = kColumns / 4 * 4;
  for (int c = 0; c < kFours; c += 4)
    write_columns<4>(columns + c, lane, out.first + c, out.stride);
  if constexpr (kColumns > kFours) {
    write_columns<kColumns - kFours>(columns + kFours, lane, out.first + kFours, out.stride);
  }
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

/// kColumns state rows of one block from `lanes` on.
template <int kColumns>
HWY_INLINE void copy_columns(const float* lanes, const RowTarget& out) {
  if (!out.is_whole()) {
    transpose_plainly(lanes, kColumns, out);
    return;
  }
  for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
    F32 columns[kColumns];
    for (int c = 0; c < kColumns; ++c) columns[c] = load_row(lanes + lane, c);
    write_columns<kColumns>(columns, lane, out.first, out.stride);
  }
}

void state_kernel(const AgentRange& agents, int state_row, int num_columns,
                  const ObservationRows& out) {
  for (int b = agents.first / kLanes; b * kLanes < agents.last; ++b) {
    const float* lanes = agents.blocks.row(b, state_row);
    RowTarget rows(agents, b, out);
    int rest = num_columns;
    for (; rest >= 4; rest -= 4, lanes += 4 * kLanes, rows.first += 4) copy_columns<4>(lanes, rows);
    if (rest == 1) copy_columns<1>(lanes, rows);
    if (rest == 2) copy_columns<2>(lanes, rows);
    if (rest == 3) copy_columns<3>(lanes, rows);
  }
}

void pose_kernel(const AgentRange& agents, const ObservationRows& out) {
  HWY_ALIGN float tile[12 * kLanes];
  for (int b = agents.first / kLanes; b * kLanes < agents.last; ++b) {
    const RowTarget rows(agents, b, out);
    for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
      const float* const body = agents.blocks.block(b) + lane;
      const Rotation rotation(body);
      F32 columns[12];
      for (int i = 0; i < 3; ++i) columns[i] = load_row(body, kPosition + i);
      // rounding must not leave the space that the columns declare
      for (int i = 0; i < 9; ++i) columns[3 + i] = clamp(rotation.m[i], F32(-1.0F), F32(1.0F));
      write_vector_of<12>(columns, lane, rows, tile);
    }
    if (!rows.is_whole()) transpose_plainly(tile, 12, rows);
  }
}

void vector_kernel(const AgentRange& agents, int state_row, bool relative, Frame frame,
                   const ObservationRows& out) {
  HWY_ALIGN float tile[3 * kLanes];
  for (int b = agents.first / kLanes; b * kLanes < agents.last; ++b) {
    const RowTarget rows(agents, b, out);
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
      write_vector_of<3>(v, lane, rows, tile);
    }
    if (!rows.is_whole()) transpose_plainly(tile, 3, rows);
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
