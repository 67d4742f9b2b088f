// Fitting and holding the shadow map.
#include "render/shadow.hpp"

#include <algorithm>
#include <cmath>

#include "volery/error.hpp"

namespace volery::render {
namespace {

constexpr double kAround = 20;  // shadows reach so many distances of the nearest body
constexpr double kLeastReach_m = 4;
constexpr double kAbove_m = 60;  // casters this far outside of what is seen count

double at(const Vec3& v, std::size_t i) {
  return static_cast<double>(i == 0 ? v.x : i == 1 ? v.y : v.z);
}

// A ball around the part of the view that is nearer than `reach`, relative to the eye.
void ball_of(const View& view, double reach, std::array<double, 3>& center, double& radius) {
  if (view.orthographic) {
    // the slab of the drawing about the scene, `reach` deep
    for (std::size_t i = 0; i < 3; ++i) center[i] = -at(view.back, i) * reach;
    radius = std::hypot(static_cast<double>(view.tan_x), static_cast<double>(view.tan_y));
    return;
  }
  // of the cone with its tip in the eye: the smallest ball through tip and rim, or about the rim
  const double k = std::hypot(static_cast<double>(view.tan_x), static_cast<double>(view.tan_y));
  const double along = k < 1 ? reach * (1 + k * k) / 2 : reach;
  radius = k < 1 ? along : reach * k;
  for (std::size_t i = 0; i < 3; ++i) center[i] = -at(view.back, i) * along;
}

}  // namespace

SunView fit_sun(const View& view, const Extent& extent) {
  double squared = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    squared += std::pow(extent.center_w_m[i] - view.eye_w_m[i], 2);
  }
  const double whole = std::sqrt(squared) + extent.radius_m;
  // close to something small, the map is for that and what is around it
  const double around = std::max(kAround * extent.nearest_m, kLeastReach_m);
  const double reach = view.orthographic
                           ? std::sqrt(squared)
                           : std::min({static_cast<double>(kShadowReach_m), whole, around});
  std::array<double, 3> center{};
  double radius = 1;
  ball_of(view, reach, center, radius);
  for (std::size_t i = 0; i < 3; ++i) center[i] += view.eye_w_m[i];
  // shadows are thrown by what is in the scene: no need to look at more than that
  if (extent.radius_m < radius) {
    center = extent.center_w_m;
    radius = extent.radius_m;
  }

  const double away = radius + kAbove_m;
  const auto sun_at = [&](std::size_t i) { return center[i] + at(kSun, i) * away; };
  Camera camera = look_at({sun_at(0), sun_at(1), sun_at(2)}, center);
  camera.height_m = static_cast<float>(2 * radius);
  camera.near_m = 0.01F;
  camera.far_m = static_cast<float>(2 * away);
  // whole texels, or edges crawl when the camera moves
  const double texel_m = 2 * radius / kShadowPixels;
  for (const Vec3 axis : {rotate(camera.quat_wc, {1, 0, 0}), rotate(camera.quat_wc, {0, 1, 0})}) {
    double along = 0;
    for (std::size_t i = 0; i < 3; ++i) along += camera.eye_w_m[i] * at(axis, i);
    const double rest = along - std::round(along / texel_m) * texel_m;
    for (std::size_t i = 0; i < 3; ++i) camera.eye_w_m[i] -= at(axis, i) * rest;
  }
  SunView sun{View(camera, kShadowPixels, kShadowPixels, extent), {}};

  // from positions about the camera's eye to [0, 1]
  const Vec3 shift{static_cast<float>(view.eye_w_m[0] - camera.eye_w_m[0]),
                   static_cast<float>(view.eye_w_m[1] - camera.eye_w_m[1]),
                   static_cast<float>(view.eye_w_m[2] - camera.eye_w_m[2])};
  sun.fit.on = true;
  sun.fit.texel_m = static_cast<float>(texel_m);
  sun.fit.bias = static_cast<float>(0.5 * texel_m / (2 * away));
  const std::array<float, 16>& m = sun.view.clip_from_rel;
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t column = 0; column < 3; ++column) {
      sun.fit.shadow_from_rel[4 * column + row] = 0.5F * m[4 * column + row];
    }
    const float moved =
        m[row] * shift.x + m[4 + row] * shift.y + m[8 + row] * shift.z + m[12 + row];
    sun.fit.shadow_from_rel[12 + row] = 0.5F * moved + 0.5F;
  }
  sun.fit.shadow_from_rel[15] = 1;
  return sun;
}

ShadowMap::ShadowMap() : depth_(make_texture()), framebuffer_(make_framebuffer()) {
  glBindTexture(GL_TEXTURE_2D, depth_.get());
  glTexImage2D(GL_TEXTURE_2D, 0, GL_DEPTH_COMPONENT24, kShadowPixels, kShadowPixels, 0,
               GL_DEPTH_COMPONENT, GL_UNSIGNED_INT, nullptr);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);  // with comparison: 2 x 2
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_COMPARE_MODE, GL_COMPARE_REF_TO_TEXTURE);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_COMPARE_FUNC, GL_LEQUAL);
  glBindTexture(GL_TEXTURE_2D, 0);
  begin();
  glFramebufferTexture2D(GL_FRAMEBUFFER, GL_DEPTH_ATTACHMENT, GL_TEXTURE_2D, depth_.get(), 0);
  glDrawBuffer(GL_NONE);
  glReadBuffer(GL_NONE);
  const bool whole = glCheckFramebufferStatus(GL_FRAMEBUFFER) == GL_FRAMEBUFFER_COMPLETE;
  end();
  if (!whole) throw Error(ErrorKind::kState, "this GL driver cannot draw a shadow map");
}

void ShadowMap::begin() {
  glGetIntegerv(GL_DRAW_FRAMEBUFFER_BINDING, &before_);
  glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_.get());
}

void ShadowMap::end() {
  glBindFramebuffer(GL_FRAMEBUFFER, static_cast<GLuint>(before_));
}

void ShadowMap::bind() const {
  glActiveTexture(GL_TEXTURE0);
  glBindTexture(GL_TEXTURE_2D, depth_.get());
}

void ShadowMap::unbind() const {
  glActiveTexture(GL_TEXTURE0);
  glBindTexture(GL_TEXTURE_2D, 0);
}

}  // namespace volery::render
