// Convex hull of a point cloud, for hull primitives. Runs once while a scene is built.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "core/types.hpp"

namespace volery::scene {

/// Triangles of the convex hull, vertex indices counter-clockwise seen from outside; nothing when
/// the points lie (nearly) in one plane. Incremental insertion, O(points * faces).
[[nodiscard]] std::optional<std::vector<std::array<int, 3>>> convex_hull(
    const std::vector<Vec3>& points);

}  // namespace volery::scene
