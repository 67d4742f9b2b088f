// The check of the caller's numbers, before a step writes anything.
#pragma once

#include <cstddef>

namespace volery::batch {

/// Index of the first NaN or infinity, or -1.
[[nodiscard]] std::ptrdiff_t first_non_finite(const float* values, std::size_t count) noexcept;

}  // namespace volery::batch
