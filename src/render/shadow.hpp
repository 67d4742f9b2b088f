// The map of what the sun sees: one orthographic picture of depths, fitted to what the camera sees.
#pragma once

#include "render/gl.hpp"
#include "render/look.hpp"
#include "render/view.hpp"

namespace volery::render {

inline constexpr int kShadowPixels = 2048;
/// Shadows of the sun end this far from the eye.
inline constexpr float kShadowReach_m = 150;

/// How the sun sees the part of the world that the camera sees.
struct SunView {
  View view;
  ShadowFit fit;  // for the camera's shaders
};
[[nodiscard]] SunView fit_sun(const View& view, const Extent& extent);

class ShadowMap {
 public:
  ShadowMap();
  /// Binds and clears the map for drawing; end() binds the framebuffer from before again.
  void begin();
  void end();
  /// For the shaders that read it, unit 0.
  void bind() const;
  void unbind() const;

 private:
  Texture depth_;
  Framebuffer framebuffer_;
  GLint before_ = 0;
};

}  // namespace volery::render
