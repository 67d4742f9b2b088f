// Themes.
#include "render/look.hpp"

#include <cmath>

namespace volery::render {
namespace {

struct Theme {
  Color horizon, zenith, ground, grid_line;
};
constexpr Theme kDark{
    {0x1B, 0x20, 0x27}, {0x0F, 0x11, 0x14}, {0x2E, 0x34, 0x3D}, {0x98, 0xA2, 0xB0}};
constexpr Theme kLight{
    {0xEE, 0xF1, 0xF5}, {0xC4, 0xD3, 0xE6}, {0xDD, 0xE1, 0xE6}, {0x7A, 0x84, 0x92}};

constexpr float kSunStrength = 0.8F;
constexpr float kFogFrom = 0.6F;  // of the far plane
// the grid repeats every so often, and so may the eye, whose digits then suffice
constexpr double kGridPeriod_m = 100;

float linear_of(std::uint8_t value) {
  const float c = static_cast<float>(value) / 255;
  return c <= 0.04045F ? c / 12.92F : std::pow((c + 0.055F) / 1.055F, 2.4F);
}

Float4 with(Rgb color, float fourth = 0) {
  return {color[0], color[1], color[2], fourth};
}
Float4 with(Vec3 v, float fourth = 0) {
  return {v.x, v.y, v.z, fourth};
}

float modulo(double value) {
  return static_cast<float>(value - kGridPeriod_m * std::floor(value / kGridPeriod_m));
}

}  // namespace

Rgb linear_of(Color color) noexcept {
  return {linear_of(color.r), linear_of(color.g), linear_of(color.b)};
}

ViewBlock view_block(const View& view, const RenderOptions& options, const ShadowFit& shadow,
                     bool encode) {
  const Theme& theme = options.light_theme ? kLight : kDark;
  ViewBlock block{};
  block.clip_from_rel = view.clip_from_rel;
  block.shadow_from_rel = shadow.shadow_from_rel;
  block.right = with(view.right, view.tan_x);
  block.up = with(view.up, view.tan_y);
  block.back = with(view.back);
  block.sun = with(kSun, kSunStrength);
  block.light_sky = {0.50F, 0.55F, 0.62F, shadow.bias};
  block.light_ground = {0.28F, 0.26F, 0.24F, 0};
  block.horizon = with(linear_of(theme.horizon));
  block.zenith = with(linear_of(theme.zenith));
  block.ground = with(linear_of(theme.ground));
  block.grid_line = with(linear_of(theme.grid_line));
  block.screen = {static_cast<float>(view.width), static_cast<float>(view.height), options.scale,
                  view.focal_px};
  block.fog = {kFogFrom * view.far_m, view.far_m, encode ? 1.0F : 0.0F,
               view.orthographic ? 1.0F : 0.0F};
  block.grid = {modulo(view.eye_w_m[0]), modulo(view.eye_w_m[1]), options.grid ? 1.0F : 0.0F,
                view.far_m};
  block.eye = {static_cast<float>(view.eye_w_m[0]), static_cast<float>(view.eye_w_m[1]),
               static_cast<float>(view.eye_w_m[2]), 1.5F * shadow.texel_m};
  return block;
}

}  // namespace volery::render
