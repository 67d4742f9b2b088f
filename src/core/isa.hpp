// Which instruction set the lane kernels use. Highway picks the best that the CPU has.
#pragma once

#include <string>
#include <vector>

namespace volery {

/// "avx512", "avx2", "sse4" or "baseline": what kernels run with in this process.
[[nodiscard]] std::string active_isa();
/// The sets that this CPU and this build have, best first.
[[nodiscard]] std::vector<std::string> available_isas();
/// Limits the kernels of this process to one set, or to the best one with "auto". For tests and
/// benchmarks; never called by the library itself. Throws Error for a name that is not available.
void limit_isa(const std::string& name);

}  // namespace volery
