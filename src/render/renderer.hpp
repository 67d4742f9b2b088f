// The scene renderer: OpenGL 3.3 core into whatever framebuffer is bound. No window, no ImGui, no
// context of its own (render/offscreen.hpp has one); the viewer and off-screen pictures share it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "render/frame.hpp"

namespace volery::render {

/// How much is spent on a picture. kAuto: by what draws (software gets no shadow map).
enum class Quality : int { kAuto, kFast, kFull };

struct RenderOptions {
  Quality quality = Quality::kAuto;
  bool shadows = true;  // a shadow map where the quality allows one; soft discs always
  bool grid = true;
  bool labels = true;
  bool light_theme = false;
  float scale = 1;  // of everything measured in pixels: text, lines, point sprites
  // > 1: edges of solids are smoothed by so many samples where the framebuffer has but one; on the
  // CPU much faster than a framebuffer of several samples, all of which ground and sky fill
  int solid_samples = 1;
};

struct Viewport {
  int x = 0, y = 0, width = 0, height = 0;  // pixels, from the lower left
};

/// What an agent's camera measures.
enum class Sensor : int { kColor, kDepth, kId };

/// What the last draw() drew, for "drawn N of M".
struct DrawStats {
  int vehicles = 0, vehicles_full = 0, vehicles_far = 0;  // near and full detail, point sprites
  int vehicles_culled = 0;                                // outside of the view
  int vehicles_mapped = 0;  // too many to be told apart: counted in a density map on the ground
  float map_cell_m = 0;     // side of a square of that map,
  int map_most = 0;         // and how many vehicles are in its fullest one
  int labels = 0, labels_dropped = 0;
};

class Renderer {
 public:
  /// Compiles shaders and builds meshes. Needs a current context (OpenGL >= 3.3 core), the same at
  /// every call and at destruction. Throws Error (kState) naming what is missing.
  explicit Renderer(const Stage& stage);
  ~Renderer();
  Renderer(const Renderer&) = delete;
  Renderer& operator=(const Renderer&) = delete;

  /// Draws into the bound framebuffer: clears the viewport, then everything in the frame. Leaves
  /// GL state as the defaults of a new context.
  void draw(const Frame& frame, const Camera& camera, const Viewport& viewport,
            const RenderOptions& options);
  /// Draws ids (Body::id + 1; 0: nothing; statics get kStaticId + index) as R32UI into the bound
  /// framebuffer's integer color attachment.
  void draw_ids(const Frame& frame, const Camera& camera, const Viewport& viewport);

  /// What cameras of agents see, each in its own viewport of the bound framebuffer: color, axial
  /// distance in meters (R32F, the camera's far_m where nothing is met) or ids (R32UI). Bodies and
  /// statics alone: agents see no overlays. Clears the whole framebuffer. All spans are of the same
  /// length.
  void draw_sensors(Sensor sensor, const Frame& frame, std::span<const Camera> cameras,
                    std::span<const int> hidden, std::span<const Viewport> viewports);
  /// The same for one camera and a person: vehicles as they look and not as their collision shapes.
  void draw_depth(const Frame& frame, const Camera& camera, const Viewport& viewport);

  [[nodiscard]] const DrawStats& stats() const noexcept;
  /// GL_RENDERER, and whether it is a software rasterizer.
  [[nodiscard]] const std::string& device() const noexcept;
  [[nodiscard]] bool software() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

inline constexpr std::uint32_t kStaticId = 0x80000000U;

}  // namespace volery::render
