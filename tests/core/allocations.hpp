// Counts the allocations of the whole test program.
#pragma once

namespace volery {

/// Calls of operator new so far, in all threads; only differences mean something.
[[nodiscard]] long num_allocations() noexcept;

}  // namespace volery
