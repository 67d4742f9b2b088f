// Colors and lights of the two themes, and the block of them and the camera that all shaders read.
#pragma once

#include <array>

#include "render/palette.hpp"
#include "render/renderer.hpp"
#include "render/view.hpp"

namespace volery::render {

[[nodiscard]] Rgb linear_of(Color color) noexcept;

/// From positions relative to the eye to places in the map of depths from the sun.
struct ShadowFit {
  std::array<float, 16> shadow_from_rel{};
  float texel_m = 0;  // of the map, on what it shows
  float bias = 0;     // in depths of the map
  bool on = false;
};

using Float4 = std::array<float, 4>;
/// std140, as in shaders_scene.cpp.
struct ViewBlock {
  std::array<float, 16> clip_from_rel;
  std::array<float, 16> shadow_from_rel;
  Float4 right, up, back;
  Float4 sun, light_sky, light_ground;
  Float4 horizon, zenith, ground, grid_line;
  Float4 screen;
  Float4 fog;
  Float4 grid;
  Float4 window;
};
static_assert(sizeof(ViewBlock) == 2 * 64 + 14 * 16);

/// How shaders write light: as it is (the framebuffer makes sRGB of it), as sRGB, as its root.
enum class Encoding : int { kLight, kSrgb, kRoot };

[[nodiscard]] ViewBlock view_block(const View& view, const RenderOptions& options,
                                   const ShadowFit& shadow, Encoding encoding);

}  // namespace volery::render
