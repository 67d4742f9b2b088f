// Which instruction set the lane kernels use. Highway picks the best that the CPU has.
//
// The environment variable VOLERY_ISA ("auto", "avx512", "avx2", "sse4", "baseline") limits a whole
// process without touching code. It is read once, when the first Workers pool is built (every batch
// has one) or at the first call below; limit_isa() overrides it. Results never depend on the
// choice, only speed does.
#pragma once

#include <string>
#include <vector>

namespace volery {

/// "avx512", "avx2", "sse4" or "baseline": what kernels run with in this process. Throws Error
/// where VOLERY_ISA names a set that is not available.
[[nodiscard]] std::string active_isa();
/// The sets that this CPU and this build have, best first; limits do not change the list.
[[nodiscard]] std::vector<std::string> available_isas();
/// Limits the kernels of this process to one set, or to the best one with "auto". For tests and
/// benchmarks, between steps only; never called by the library itself. Throws Error for a name that
/// is not available.
void limit_isa(const std::string& name);
/// Applies VOLERY_ISA on the first call and does nothing later. Throws Error for a name that is not
/// available. Called by Workers; programs that run kernels without one may call it.
void apply_isa_environment();

}  // namespace volery
