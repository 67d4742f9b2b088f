// Colors of what cameras see, of both backends.
#pragma once

#include <array>
#include <cstddef>

#include "render/frame.hpp"
#include "scene/scene.hpp"

namespace volery::camera {

/// Okabe and Ito's sky blue, orange, pink and green, as people see teams in the viewer. Beyond
/// four they repeat: an agent tells teams apart by segmentation.
inline constexpr std::array<render::Color, 4> kTeamColors{
    {{0x56, 0xB4, 0xE9}, {0xE6, 0x9F, 0x00}, {0xCC, 0x79, 0xA7}, {0x00, 0x9E, 0x73}}};
inline constexpr render::Color kDeadColor{0x8A, 0x8F, 0x98};
inline constexpr render::Color kPropColor{0xB9, 0x9B, 0x6B};

// as the renderer has them: neutral, so that the vehicles have the colors
inline constexpr render::Color kGroundColor{0x2E, 0x34, 0x3D};
inline constexpr render::Color kGridColor{0x98, 0xA2, 0xB0};
inline constexpr render::Color kHorizonColor{0x1B, 0x20, 0x27};
inline constexpr render::Color kZenithColor{0x0F, 0x11, 0x14};

[[nodiscard]] constexpr render::Color team_color(int team) noexcept {
  return kTeamColors[static_cast<std::size_t>(team) % kTeamColors.size()];
}

[[nodiscard]] constexpr render::Color static_color(PrimitiveKind kind) noexcept {
  switch (kind) {
    case PrimitiveKind::kPlane:
      return {62, 69, 79};
    case PrimitiveKind::kBox:
      return {126, 133, 143};
    case PrimitiveKind::kHull:
      return {132, 136, 142};
    case PrimitiveKind::kMesh:
      return {165, 170, 177};
    case PrimitiveKind::kCylinder:
    case PrimitiveKind::kSphere:
      break;
  }
  return {139, 145, 153};
}

}  // namespace volery::camera
