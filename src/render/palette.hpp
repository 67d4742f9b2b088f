// Colors and lights of every picture: of people and of agents' cameras, by GL and by rays.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "render/frame.hpp"
#include "scene/scene.hpp"

namespace volery::render {

/// Linear light.
using Rgb = std::array<float, 3>;

/// Okabe and Ito's sky blue, orange, pink and green: told apart by the color-blind, and bright
/// enough on dark ground (contrast at least 4.5). Beyond four they repeat, with a number in the
/// viewer.
inline constexpr std::array<Color, 4> kTeamColors{
    {{0x56, 0xB4, 0xE9}, {0xE6, 0x9F, 0x00}, {0xCC, 0x79, 0xA7}, {0x00, 0x9E, 0x73}}};
[[nodiscard]] constexpr Color team_color(int team) noexcept {
  return kTeamColors[static_cast<std::size_t>(team) % kTeamColors.size()];
}
inline constexpr Color kDead{0x8A, 0x8F, 0x98};  // a wreck
inline constexpr Color kFault{0xD5, 0x5E, 0x00};
inline constexpr Color kProp{0xB9, 0x9A, 0x6B};
inline constexpr Color kCable{0xC8, 0xCC, 0xD2};

/// Viridis, for a share in [0, 1] of a scale; between its nine colors linear.
[[nodiscard]] constexpr Color viridis(float share) noexcept {
  constexpr std::array<Color, 9> kColors{{{0x44, 0x01, 0x54},
                                          {0x47, 0x2D, 0x7B},
                                          {0x3B, 0x52, 0x8B},
                                          {0x2C, 0x72, 0x8E},
                                          {0x21, 0x91, 0x8C},
                                          {0x28, 0xAE, 0x80},
                                          {0x5E, 0xC9, 0x62},
                                          {0xAD, 0xDC, 0x30},
                                          {0xFD, 0xE7, 0x25}}};
  const float at = (share > 0 ? (share < 1 ? share : 1.0F) : 0.0F) * 8;
  const auto low = static_cast<std::size_t>(at < 7 ? at : 7.0F);
  const float rest = at - static_cast<float>(low);
  const auto between = [rest](std::uint8_t a, std::uint8_t b) {
    return static_cast<std::uint8_t>(static_cast<float>(a) * (1 - rest) +
                                     static_cast<float>(b) * rest + 0.5F);
  };
  const Color a = kColors[low], b = kColors[low + 1];
  return {between(a.r, b.r), between(a.g, b.g), between(a.b, b.b)};
}

/// Statics are neutral, so that what moves has the colors; light enough to have shape.
[[nodiscard]] constexpr Color static_color(PrimitiveKind kind) noexcept {
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
/// Cosine of its slope from which on a plane is ground: it has a color of its own, and a grid.
inline constexpr float kLevel = 0.9999F;

/// Ground, sky and walls (planes that are no ground), and what sets a picked vehicle apart: rings
/// and the line to its ground, with a rim for where they cross what is of their own brightness.
/// Agents' cameras see the dark ground, sky and walls, and nothing picked.
struct Theme {
  Color horizon, zenith, ground, grid_line, wall, picked, picked_rim;
};
inline constexpr Theme kDarkTheme{.horizon = {0x1B, 0x20, 0x27},
                                  .zenith = {0x0F, 0x11, 0x14},
                                  .ground = {0x2E, 0x34, 0x3D},
                                  .grid_line = {0x98, 0xA2, 0xB0},
                                  .wall = static_color(PrimitiveKind::kPlane),
                                  .picked = {0xFF, 0xFF, 0xFF},
                                  .picked_rim = {0x00, 0x00, 0x00, 110}};
inline constexpr Theme kLightTheme{.horizon = {0xEE, 0xF1, 0xF5},
                                   .zenith = {0xC4, 0xD3, 0xE6},
                                   .ground = {0xDD, 0xE1, 0xE6},
                                   .grid_line = {0x7A, 0x84, 0x92},
                                   .wall = {0xC3, 0xC9, 0xD1},
                                   .picked = {0x17, 0x19, 0x1C},
                                   .picked_rim = {0xFF, 0xFF, 0xFF, 150}};

[[nodiscard]] constexpr const Theme& theme_of(bool light) noexcept {
  return light ? kLightTheme : kDarkTheme;
}

/// Towards the sun, unit.
inline constexpr Vec3 kSun{-0.39968F, -0.49960F, 0.76939F};
inline constexpr float kSunStrength = 0.8F;
/// Of the sun, to the power 32 of the cosine.
inline constexpr float kHighlight = 0.15F;
/// What lights a surface that looks up and one that looks down.
inline constexpr Rgb kSkyLight{0.50F, 0.55F, 0.62F};
inline constexpr Rgb kGroundLight{0.28F, 0.26F, 0.24F};

}  // namespace volery::render
