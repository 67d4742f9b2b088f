// SceneView: the 3-D part of the window, drawn into a buffer of its own (so that it can be
// smoothed, and kept while nothing moves) and put where it belongs.
#pragma once

#include <memory>
#include <string>

#include "render/renderer.hpp"
#include "view/session.hpp"

namespace volery::viewer {

class SceneView {
 public:
  SceneView() = default;
  ~SceneView() { close(); }
  SceneView(const SceneView&) = delete;
  SceneView& operator=(const SceneView&) = delete;

  /// Builds meshes for another scenery. Needs the context to be current.
  void open(const render::Stage& stage);
  /// Frees what lives in the context.
  void close();
  /// Draws and copies to the window's framebuffer. `x`, `y` of the viewport are from the lower
  /// left. `at_rest`: nothing has moved for a while, so that there is time for smooth edges.
  void draw(view::Session& session, const render::Viewport& viewport, bool at_rest);

  [[nodiscard]] const render::DrawStats& stats() const noexcept { return stats_; }
  [[nodiscard]] const std::string& device() const noexcept { return renderer_->device(); }
  [[nodiscard]] bool software() const noexcept { return renderer_->software(); }
  [[nodiscard]] double draw_ms() const noexcept { return draw_ms_; }
  /// A picture with everything around it took so long: decides what the next ones leave out.
  void note_picture(double ms);
  /// What is left out while something moves.
  [[nodiscard]] view::Economy economy() const noexcept { return economy_; }
  /// In words; "" nothing.
  [[nodiscard]] std::string saving() const;

 private:
  void make_target(int width, int height, int samples);
  void free_target();
  void draw_worlds(view::Session& session, int width, int height,
                   const render::RenderOptions& options);

  std::unique_ptr<render::Renderer> renderer_;
  unsigned framebuffer_ = 0, color_ = 0, depth_ = 0;
  int width_ = 0, height_ = 0, samples_ = 0;
  render::DrawStats stats_;
  render::Frame grid_frame_;
  double draw_ms_ = 0;
  view::Economy economy_ = view::Economy::kNothing;
  int slow_ = 0, quick_ = 0;  // pictures in a row
};

}  // namespace volery::viewer
