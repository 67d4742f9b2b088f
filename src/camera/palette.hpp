// Colors of what cameras see, of both backends.
#pragma once

#include <array>
#include <cstddef>

#include "render/frame.hpp"

namespace volery::camera {

/// Okabe and Ito's sky blue, orange, pink and green, as people see teams in the viewer. Beyond
/// four they repeat: an agent tells teams apart by segmentation.
inline constexpr std::array<render::Color, 4> kTeamColors{
    {{0x56, 0xB4, 0xE9}, {0xE6, 0x9F, 0x00}, {0xCC, 0x79, 0xA7}, {0x00, 0x9E, 0x73}}};
inline constexpr render::Color kDeadColor{0x8A, 0x8F, 0x98};
inline constexpr render::Color kPropColor{0xB9, 0x9B, 0x6B};
inline constexpr render::Color kGroundColor{0x3A, 0x41, 0x4A};

[[nodiscard]] constexpr render::Color team_color(int team) noexcept {
  return kTeamColors[static_cast<std::size_t>(team) % kTeamColors.size()];
}

/// Shades of gray in turn, so that neighbors can be told apart.
[[nodiscard]] constexpr render::Color static_color(std::size_t index) noexcept {
  constexpr std::array<render::Color, 3> kShades{
      {{0x8C, 0x93, 0x9C}, {0x9B, 0x98, 0x90}, {0x7E, 0x88, 0x92}}};
  return kShades[index % kShades.size()];
}

}  // namespace volery::camera
