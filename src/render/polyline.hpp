// Fewer points for a path that looks the same.
#pragma once

#include <span>
#include <vector>

namespace volery::render {

/// A point of a path in the picture.
struct PathPoint {
  float x_px = 0, y_px = 0;
  float depth = 0;  // of whatever hides it, in units in which a straight line in space is straight
  float share = 0;  // of the color
};

/// How far a path may be from what was given.
struct PathTolerance {
  float distance_px = 0.2F;  // a fifth of a pixel moves the edge of a line by 50 of 255 at most
  float depth = 0;
  float share = 0.04F;  // 10 of 255
};

/// Appends the indices of the points to keep, first and last among them, ascending. Ramer, Douglas
/// and Peucker: where a stretch is not straight enough it is split at its worst point. O(n^2) at
/// worst, n log n mostly.
void straighten(std::span<const PathPoint> path, const PathTolerance& tolerance,
                std::vector<int>& kept);

}  // namespace volery::render
