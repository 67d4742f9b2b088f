// Calls the lane functions of core/math_lanes.hpp with the instruction set that is active.
#pragma once

namespace volery {

enum class MathFunction { kSin, kCos, kExp, kLog, kAtan2, kAsin, kAcos };

/// out[i] = f(a[i]) for 16 lanes, 64-byte aligned; atan2 takes (a[i], b[i]).
void lane_function(MathFunction f, const float* a, const float* b, float* out);

}  // namespace volery
