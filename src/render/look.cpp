// Themes.
#include "render/look.hpp"

#include <cmath>

namespace volery::render {
namespace {

constexpr float kFogFrom = 0.6F;    // of the far plane
constexpr float kNoCut_m = -1e30F;  // nothing is below
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
                     Encoding encoding) {
  const Theme& theme = theme_of(options.light_theme);
  ViewBlock block{};
  block.clip_from_rel = view.clip_from_rel;
  block.shadow_from_rel = shadow.shadow_from_rel;
  block.right = with(view.right, view.tan_x);
  block.up = with(view.up, view.tan_y);
  block.back = with(view.back, kNoCut_m);
  block.sun = with(kSun, kSunStrength);
  block.light_sky = with(kSkyLight, shadow.bias);
  block.light_ground = with(kGroundLight, kHighlight);
  block.horizon = with(linear_of(theme.horizon));
  block.zenith = with(linear_of(theme.zenith));
  block.ground = with(linear_of(theme.ground));
  block.grid_line = with(linear_of(theme.grid_line));
  block.screen = {static_cast<float>(view.width), static_cast<float>(view.height), options.scale,
                  view.focal_px};
  block.fog = {kFogFrom * view.far_m, 1 / ((1 - kFogFrom) * view.far_m),
               static_cast<float>(encoding), view.orthographic ? 1.0F : 0.0F};
  block.grid = {modulo(view.eye_w_m[0]), modulo(view.eye_w_m[1]), options.grid ? 1.0F : 0.0F,
                view.far_m};
  block.window = {0, 0, 0, 1.5F * shadow.texel_m};
  return block;
}

}  // namespace volery::render
