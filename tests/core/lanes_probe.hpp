// Calls each operation of core/lanes.hpp with the instruction set that is active.
#pragma once

namespace volery {

enum class LaneOperation {
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kNegate,
  kSqrt,
  kAbs,
  kMin,
  kMax,
  kClamp,
  kMultiplyAdd,  // a * b + a: two roundings, never fused
  kLess,         // conditions: 1 where they hold, 0 elsewhere
  kGreater,
  kLessEqual,
  kGreaterEqual,
  kEqual,
  kAnd,  // a < b and a > 0
  kOr,   // a < b or a > 0
  kNot,  // not a < b
  kAny,  // any, all of a < b
  kAll,
  kCount
};

/// out[i] = operation(a[i], b[i]) for 16 lanes, 64-byte aligned. kAny and kAll look at one vector.
void lane_operation(LaneOperation operation, const float* a, const float* b, float* out);
/// Lanes of one vector of the active set.
int vector_lanes();

}  // namespace volery
