// A hall with a floor and 200 boxes, turned any way: what cases with rays look at.
#pragma once

#include "volery/value.hpp"

namespace volery::bench {

inline constexpr int kBoxes = 200;
inline constexpr float kHall_m = 30;  // each way
inline constexpr float kHallHeight_m = 6;

/// As a scene table.
[[nodiscard]] Value hall();

}  // namespace volery::bench
