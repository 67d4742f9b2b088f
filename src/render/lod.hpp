// How finely each vehicle is drawn, by the size it has in the picture.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace volery::render {

enum class Level : std::uint8_t { kCulled, kFar, kNear, kFull };

/// Diameters (pixels) from which on a vehicle is drawn as a mesh, and in full; it falls back below
/// kStay of them, so that none flickers.
inline constexpr float kNearFrom_px = 8;
inline constexpr float kFullFrom_px = 24;
/// In software small triangles cost most: drawing 64 vehicles of 24 to 40 px in full took
/// 7 of 44 ms of a picture of 640 x 480 with 4 samples.
inline constexpr float kFullFromInSoftware_px = 40;
inline constexpr float kStay = 0.8F;
/// Most that are drawn so; the largest are.
inline constexpr int kMostFull = 256;
inline constexpr int kMostNear = 1000;
inline constexpr float kCulled_px = -1;  // the diameter of what is outside of the view

/// Levels of the vehicles from those they had in the picture before (kCulled: none). `always_full`:
/// selected ones, which no limit holds. All spans are of the same length.
void select_levels(std::span<const float> diameter_px, std::span<const std::uint8_t> always_full,
                   std::vector<Level>& levels, float full_from_px = kFullFrom_px);

}  // namespace volery::render
