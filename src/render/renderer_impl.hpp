// What a renderer consists of; for its own sources.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "render/density_map.hpp"
#include "render/gather.hpp"
#include "render/labels.hpp"
#include "render/painter.hpp"
#include "render/palette.hpp"
#include "render/renderer.hpp"
#include "render/shadow.hpp"
#include "render/smooth.hpp"

namespace volery::render {

/// Whether the bound framebuffer turns linear light into sRGB by itself.
[[nodiscard]] bool framebuffer_encodes();
/// Draws there and nowhere else.
void enter(const Viewport& viewport);
/// Tells the shaders where the picture lies in the window.
void put(const Viewport& viewport, ViewBlock& block);
/// The state of a new context, what is switched on for one kind of picture apart.
void leave();

struct Renderer::Impl {
  explicit Impl(const Stage& stage)
      : bodies(stage), statics(stage.scene), painter(bodies, statics), scene(stage.scene) {}

  /// For a person, ready to be drawn.
  struct Picture {
    View view;
    Pass pass{}, sun{};
    bool shadowed = false, encodes = false;
    Density density{};              // of the vehicles that are not drawn one by one
    std::vector<PixelBox> apart{};  // where solids are that are drawn apart
  };
  [[nodiscard]] Picture prepare_picture(const Frame& frame, const Camera& camera,
                                        const Viewport& viewport, const RenderOptions& options);
  [[nodiscard]] Extent extent(const Frame& frame, const Camera& camera) const;
  Pass prepare(const Frame& frame, const View& view, Detail detail, int hidden, Planes reach,
               float scale);
  void upload(std::span<const ViewBlock> blocks) {
    painter.upload(blocks, bodies.instances(), indices, planes);
  }
  void gather(const Frame& frame, const View& view, const RenderOptions& options, bool shadowed);
  void draw_sun(const Pass& pass);
  void draw_apart(const Picture& picture, Output output, int samples);
  void draw_overlays(const Picture& picture);
  [[nodiscard]] std::vector<PixelBox> cover(const Frame& frame, const View& view) const;
  void draw_values(Sensor sensor, Detail detail, const Frame& frame,
                   std::span<const Camera> cameras, std::span<const int> hidden,
                   std::span<const Viewport> viewports);
  void start_picture(const Theme& theme) {
    bodies.clear();
    indices.clear();
    planes = {};
    wall = theme.wall;
  }

  Bodies bodies;
  Statics statics;
  Painter painter;
  Scene scene;
  Overlay overlay;
  LabelDrawer labels;
  std::optional<ShadowMap> shadow_map;  // these three made when first wanted
  std::optional<Smoother> smoother;
  std::optional<DensityMap> density_map;
  Gathered gathered;
  std::vector<std::uint32_t> indices;
  Mesh planes;
  Color wall;  // of planes
  DrawStats stats;
  std::string device;
  bool software = false;
};

}  // namespace volery::render
