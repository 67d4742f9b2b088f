// Theme: colors that are told apart on a dark ground, made so for a light one.
//
// Everything is composed in the colors of the dark theme; a light picture changes them at the end,
// so that no overlay has to know of themes.
#pragma once

#include "render/palette.hpp"

namespace volery::view {

/// Grounds that the themes show things on: panels, and the ground of a light scene.
inline constexpr render::Color kDarkPanel{0x17, 0x19, 0x1C};
inline constexpr render::Color kLightPanel{0xF4, 0xF5, 0xF7};
inline constexpr render::Color kLightScene = render::kLightTheme.ground;
/// Contrast that text (WCAG 2.1, 1.4.3) and shapes (1.4.11) need.
inline constexpr double kTextContrast = 4.5, kShapeContrast = 3;

/// Relative luminances to a ratio of at least 1, as WCAG 2.1 defines it.
[[nodiscard]] double contrast(render::Color a, render::Color b) noexcept;
/// The color with its hue, darkened until it stands out from a light ground. The first team's sky
/// blue becomes the palette's blue, and white becomes black.
[[nodiscard]] render::Color on_light(render::Color color, render::Color ground, double least);
/// All colors of a frame, for a light scene.
void make_light(render::Frame& frame);

}  // namespace volery::view
