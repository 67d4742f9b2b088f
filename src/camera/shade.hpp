// Color of what rays met: sun and sky on plain surfaces, the light of the renderer without shadows
// and smooth edges.
#pragma once

#include <cstdint>
#include <span>

#include "camera/cast.hpp"

namespace volery::camera {

/// out: [height][width][3] sRGB from the pixels that cast() filled for the same view and lists.
/// Same bits everywhere.
void shade(const View& view, std::span<const Sighted> sighted, std::span<const Ground> grounds,
           const Pixels& pixels, std::uint8_t* out);

}  // namespace volery::camera
