// The floating-point mode that the library computes in: IEEE 754 with denormals, round to nearest.
//
// Other code in the process (a learner's flush-to-zero, say) may have set MXCSR otherwise, and then
// the same step would give other bits. Held by the batch in each thread for the length of a step.
#pragma once

#include <xmmintrin.h>

namespace volery {

/// Sets the mode of the calling thread and restores what was there, sticky flags included.
class FloatMode {
 public:
  FloatMode() noexcept : saved_(_mm_getcsr()) { _mm_setcsr(kIeeeDefault); }
  ~FloatMode() { _mm_setcsr(saved_); }
  FloatMode(const FloatMode&) = delete;
  FloatMode& operator=(const FloatMode&) = delete;

 private:
  // all exceptions masked, round to nearest even, flush-to-zero and denormals-are-zero off
  static constexpr unsigned kIeeeDefault = 0x1F80U;
  unsigned saved_;
};

}  // namespace volery
