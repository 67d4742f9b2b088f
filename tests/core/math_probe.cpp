#include "tests/core/math_probe.hpp"

#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/core/math_probe.cpp"
#include <hwy/foreach_target.h>

#include "core/lanes.hpp"
#include "core/math_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::HWY_NAMESPACE {

F32 evaluate(MathFunction f, F32 a, F32 b) {
  switch (f) {
    case MathFunction::kSin:
      return sin(a);
    case MathFunction::kCos:
      return cos(a);
    case MathFunction::kExp:
      return exp(a);
    case MathFunction::kLog:
      return log(a);
    case MathFunction::kAtan2:
      return atan2(a, b);
    case MathFunction::kAsin:
      return asin(a);
    case MathFunction::kAcos:
      return acos(a);
  }
  return a;
}

void evaluate_lanes(MathFunction f, const float* a, const float* b, float* out) {
  for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
    evaluate(f, F32::load(a + lane), F32::load(b + lane)).store(out + lane);
  }
}

}  // namespace volery::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery {

HWY_EXPORT(evaluate_lanes);

void lane_function(MathFunction f, const float* a, const float* b, float* out) {
  HWY_DYNAMIC_DISPATCH(evaluate_lanes)(f, a, b, out);
}

}  // namespace volery
#endif
