#include "tests/core/lanes_probe.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/core/lanes_probe.cpp"
#include <hwy/foreach_target.h>

#include "core/lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::HWY_NAMESPACE {

F32 flag(Mask m) {
  return select(m, F32(1), F32(0));
}

F32 arithmetic(LaneOperation operation, F32 a, F32 b) {
  switch (operation) {
    case LaneOperation::kAdd:
      return a + b;
    case LaneOperation::kSubtract:
      return a - b;
    case LaneOperation::kMultiply:
      return a * b;
    case LaneOperation::kDivide:
      return a / b;
    case LaneOperation::kNegate:
      return -a;
    case LaneOperation::kSqrt:
      return sqrt(a);
    case LaneOperation::kAbs:
      return abs(a);
    case LaneOperation::kMin:
      return min(a, b);
    case LaneOperation::kMax:
      return max(a, b);
    case LaneOperation::kClamp:
      return clamp(a, F32(-1), b);
    default:
      return a * b + a;
  }
}

F32 condition(LaneOperation operation, F32 a, F32 b) {
  switch (operation) {
    case LaneOperation::kLess:
      return flag(a < b);
    case LaneOperation::kGreater:
      return flag(a > b);
    case LaneOperation::kLessEqual:
      return flag(a <= b);
    case LaneOperation::kGreaterEqual:
      return flag(a >= b);
    case LaneOperation::kEqual:
      return flag(a == b);
    case LaneOperation::kAnd:
      return flag((a < b) & (a > F32(0)));
    case LaneOperation::kOr:
      return flag((a < b) | (a > F32(0)));
    case LaneOperation::kNot:
      return flag(!(a < b));
    case LaneOperation::kAny:
      return any(a < b) ? 1.0F : 0.0F;
    default:
      return all(a < b) ? 1.0F : 0.0F;
  }
}

void operate(LaneOperation operation, const float* a, const float* b, float* out) {
  for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
    const F32 x = F32::load(a + lane);
    const F32 y = F32::load(b + lane);
    const bool compares = operation >= LaneOperation::kLess;
    (compares ? condition(operation, x, y) : arithmetic(operation, x, y)).store(out + lane);
  }
}

int width() {
  return kVectorLanes;
}

}  // namespace volery::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery {

HWY_EXPORT(operate);
HWY_EXPORT(width);

void lane_operation(LaneOperation operation, const float* a, const float* b, float* out) {
  HWY_DYNAMIC_DISPATCH(operate)(operation, a, b, out);
}
int vector_lanes() {
  return HWY_DYNAMIC_DISPATCH(width)();
}

}  // namespace volery
#endif
