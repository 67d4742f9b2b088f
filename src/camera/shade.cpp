#include "camera/shade.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/math.hpp"
#include "render/palette.hpp"

namespace volery::camera {

namespace {

/// Linear light.
struct Light {
  float r = 0, g = 0, b = 0;
  friend Light operator*(Light x, Light y) noexcept { return {x.r * y.r, x.g * y.g, x.b * y.b}; }
  friend Light operator*(Light x, float s) noexcept { return {x.r * s, x.g * s, x.b * s}; }
  friend Light operator+(Light x, Light y) noexcept { return {x.r + y.r, x.g + y.g, x.b + y.b}; }
};

Light mix(Light a, Light b, float share) noexcept {
  return a * (1 - share) + b * share;
}

using render::kDarkTheme;
using render::kHighlight;
using render::kSun;
using render::kSunStrength;

constexpr Light light_of(const render::Rgb& rgb) noexcept {
  return {rgb[0], rgb[1], rgb[2]};
}
constexpr Light kSkyLight = light_of(render::kSkyLight);
constexpr Light kGroundLight = light_of(render::kGroundLight);

/// Between sRGB bytes and linear light, by tables: IEC 61966-2-1.
class Srgb {
 public:
  Srgb() {
    for (std::size_t i = 0; i < linear_.size(); ++i) {
      const float c = static_cast<float>(i) / 255.0F;
      linear_[i] = c <= 0.04045F ? c / 12.92F : exp(2.4F * log((c + 0.055F) / 1.055F));
    }
    for (std::size_t i = 0; i < bytes_.size(); ++i) {
      const float c = static_cast<float>(i) / static_cast<float>(bytes_.size() - 1);
      const float srgb = c <= 0.0031308F ? 12.92F * c : 1.055F * exp(log(c) / 2.4F) - 0.055F;
      bytes_[i] = static_cast<std::uint8_t>(srgb * 255.0F + 0.5F);
    }
  }
  [[nodiscard]] std::uint8_t byte(float c) const noexcept {
    const float at = std::clamp(c, 0.0F, 1.0F) * static_cast<float>(bytes_.size() - 1) + 0.5F;
    return bytes_[static_cast<std::size_t>(at)];
  }
  [[nodiscard]] Light linear(render::Color color) const noexcept {
    return {linear_[color.r], linear_[color.g], linear_[color.b]};
  }

 private:
  std::array<float, 256> linear_{};
  std::array<std::uint8_t, 4096> bytes_{};
};

const Srgb& srgb_tables() {
  static const Srgb tables;
  return tables;
}
Light linear(render::Color color) noexcept {
  return srgb_tables().linear(color);
}

/// The normal of the surface of a solid at a point on it, outwards.
Vec3 normal_at(const Solid& solid, Vec3 point_w_m, const View& view) noexcept {
  const Vec3 from = point_w_m - solid.center_w_m;
  const Vec3 at{dot(solid.axes_w[0], from), dot(solid.axes_w[1], from), dot(solid.axes_w[2], from)};
  const auto along = [&](int i, float side) { return solid.axes_w[i] * (side < 0 ? -1.0F : 1.0F); };
  switch (solid.kind) {
    case PrimitiveKind::kSphere:
      return from * (1 / std::sqrt(std::max(1e-20F, dot(from, from))));
    case PrimitiveKind::kCylinder: {
      const float across = std::sqrt(at.x * at.x + at.y * at.y);
      if (std::abs(at.z) * solid.half_m.x > across * solid.half_m.z) return along(2, at.z);
      const float scale = 1 / std::max(1e-20F, across);
      return solid.axes_w[0] * (at.x * scale) + solid.axes_w[1] * (at.y * scale);
    }
    case PrimitiveKind::kHull: {
      const scene::HalfSpace* best = &solid.shape->half_spaces.front();
      for (const scene::HalfSpace& face : solid.shape->half_spaces)
        if (face.height(point_w_m) > best->height(point_w_m)) best = &face;
      return best->normal_w;
    }
    case PrimitiveKind::kMesh: {
      const Vec3 way = point_w_m - view.eye_w_m;
      const Vec3 unit = way * (1 / std::sqrt(std::max(1e-20F, dot(way, way))));
      scene::ShapeHit hit{0, Vec3{} - unit};
      (void)scene::cast(*solid.shape, scene::Ray(view.eye_w_m, unit), hit);
      return hit.normal_w;
    }
    case PrimitiveKind::kBox:
    case PrimitiveKind::kPlane:
      break;
  }
  const float x = std::abs(at.x) / solid.half_m.x;
  const float y = std::abs(at.y) / solid.half_m.y;
  const float z = std::abs(at.z) / solid.half_m.z;
  if (x >= y && x >= z) return along(0, at.x);
  return y >= z ? along(1, at.y) : along(2, at.z);
}

Light lit(Light albedo, Vec3 normal_w, Vec3 ray_w) noexcept {
  const Light around = mix(kGroundLight, kSkyLight, normal_w.z * 0.5F + 0.5F);
  const float facing = dot(normal_w, kSun);
  if (!(facing > 0)) return albedo * around;
  // half way between sun and eye (Blinn, 1977)
  const Vec3 half = kSun - ray_w * (1 / std::sqrt(dot(ray_w, ray_w)));
  float shine = std::max(0.0F, dot(normal_w, half) / std::sqrt(std::max(1e-12F, dot(half, half))));
  for (int i = 0; i < 5; ++i) shine *= shine;
  const float sun = facing * kSunStrength;
  const float gleam = kHighlight * shine * kSunStrength;
  return albedo * (around + Light{sun, sun, sun}) + Light{gleam, gleam, gleam};
}

/// How much of a pixel the lines of a level grid cover; `step_m` is what a pixel spans there.
float grid_cover(Vec3 point_w_m, float step_x_m, float step_y_m, float cell_m,
                 float width = 1) noexcept {
  const auto cover = [&](float at_m, float step_m) {
    const float cells = at_m / cell_m;
    const float away = std::abs(cells - std::floor(cells + 0.5F)) * cell_m / step_m;
    return std::clamp(width * 0.5F + 0.5F - away, 0.0F, 1.0F);
  };
  const float fade = std::clamp((cell_m / std::max(step_x_m, step_y_m) - 2.0F) / 8.0F, 0.0F, 1.0F);
  return std::max(cover(point_w_m.x, step_x_m), cover(point_w_m.y, step_y_m)) * fade;
}

Light ground_light(const Ground& ground, const View& view, Vec3 ray_w, Vec3 point_w_m,
                   float depth_m) noexcept {
  const Vec3 n = ground.half_space.normal_w;
  if (n.z < render::kLevel) return lit(linear(ground.color), n, ray_w);
  // what a step of one pixel to the right and down moves the point on the ground
  const float pixel = 2 * view.tan_y / static_cast<float>(view.height) * depth_m;
  const auto moved = [&](Vec3 side) {
    const float climb = dot(n, side) / std::min(-1e-6F, dot(n, ray_w));
    return (side - ray_w * climb) * pixel;
  };
  const Vec3 a = moved(view.right_w), b = moved(view.up_w);
  const float step_x_m = std::max(1e-6F, std::abs(a.x) + std::abs(b.x));
  const float step_y_m = std::max(1e-6F, std::abs(a.y) + std::abs(b.y));
  const float cover = std::max({0.25F * grid_cover(point_w_m, step_x_m, step_y_m, 1),
                                0.6F * grid_cover(point_w_m, step_x_m, step_y_m, 10),
                                0.9F * grid_cover(point_w_m, step_x_m, step_y_m, 100, 1.5F)});
  return mix(linear(ground.color), linear(kDarkTheme.grid_line), cover);
}

Light sky_light(Vec3 ray_w) noexcept {
  const float share = std::clamp(ray_w.z / std::sqrt(dot(ray_w, ray_w)) * 1.6F, 0.0F, 1.0F);
  return mix(linear(kDarkTheme.horizon), linear(kDarkTheme.zenith), share * (2 - share));
}

}  // namespace

void shade(const View& view, std::span<const Sighted> sighted, std::span<const Ground> grounds,
           const Pixels& pixels, std::uint8_t* out) {
  const Srgb& srgb = srgb_tables();
  for (int row = 0; row < view.height; ++row) {
    for (int column = 0; column < view.width; ++column) {
      const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(row) * view.width + column;
      const Vec3 ray_w = view.ray_w(static_cast<float>(column), static_cast<float>(row));
      Light light;
      if (pixels.what[at] < 0) {
        light = sky_light(ray_w);
      } else {
        const auto thing = static_cast<std::size_t>(pixels.what[at]);
        const Vec3 point_w_m = view.eye_w_m + ray_w * pixels.depth_m[at];
        if (thing < sighted.size()) {
          const Solid& solid = *sighted[thing].solid;
          Vec3 normal_w = normal_at(solid, point_w_m, view);
          if (dot(normal_w, ray_w) > 0) normal_w = Vec3{} - normal_w;  // from inside
          light = lit(linear(solid.color), normal_w, ray_w);
        } else {
          light = ground_light(grounds[thing - sighted.size()], view, ray_w, point_w_m,
                               pixels.depth_m[at]);
        }
      }
      out[at * 3] = srgb.byte(light.r);
      out[at * 3 + 1] = srgb.byte(light.g);
      out[at * 3 + 2] = srgb.byte(light.b);
    }
  }
}

}  // namespace volery::camera
