// What the sensor `neighbors` shows of each neighbor, for those who write it and those who read it,
// neither of whom may include the other.
#pragma once

namespace volery {

/// Relative position (3), relative velocity (3), mask. Team, type and index come behind them where
/// they are asked for, which scripted policies do not read.
inline constexpr int kNeighborColumns = 7;

}  // namespace volery
