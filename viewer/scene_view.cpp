#include "viewer/scene_view.hpp"

#include <epoxy/gl.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "view/theme.hpp"
#include "volery/error.hpp"

namespace volery::viewer {

namespace {

constexpr int kSamples = 4;
constexpr double kSlow_ms = 33;   // so long for a picture leaves something out
constexpr double kQuick_ms = 10;  // below it everything most likely fits again
constexpr int kSlowPictures = 8, kQuickPictures = 60;

}  // namespace

void SceneView::close() {
  free_target();
  renderer_.reset();
}

void SceneView::open(const render::Stage& stage) {
  renderer_.reset();
  renderer_ = std::make_unique<render::Renderer>(stage);
  economy_ = view::Economy::kNothing;
  slow_ = quick_ = 0;
  note_picture(0);
}

void SceneView::free_target() {
  if (framebuffer_ == 0) return;
  glDeleteFramebuffers(1, &framebuffer_);
  glDeleteRenderbuffers(1, &color_);
  glDeleteRenderbuffers(1, &depth_);
  framebuffer_ = 0;
}

void SceneView::make_target(int width, int height, int samples) {
  if (framebuffer_ != 0 && width == width_ && height == height_ && samples == samples_) return;
  free_target();
  width_ = width, height_ = height, samples_ = samples;
  glGenFramebuffers(1, &framebuffer_);
  glGenRenderbuffers(1, &color_);
  glGenRenderbuffers(1, &depth_);
  glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_);
  const int used = samples > 1 ? samples : 0;
  glBindRenderbuffer(GL_RENDERBUFFER, color_);
  glRenderbufferStorageMultisample(GL_RENDERBUFFER, used, GL_RGBA8, width, height);
  glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, color_);
  glBindRenderbuffer(GL_RENDERBUFFER, depth_);
  glRenderbufferStorageMultisample(GL_RENDERBUFFER, used, GL_DEPTH_COMPONENT24, width, height);
  glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_DEPTH_ATTACHMENT, GL_RENDERBUFFER, depth_);
  glBindRenderbuffer(GL_RENDERBUFFER, 0);
  if (glCheckFramebufferStatus(GL_FRAMEBUFFER) != GL_FRAMEBUFFER_COMPLETE) {
    throw Error(ErrorKind::kState, "OpenGL cannot make a picture of " + std::to_string(width) +
                                       " x " + std::to_string(height) + " pixels");
  }
}

// Tiles of equal size, as many columns as rows or one more.
void SceneView::draw_worlds(view::Session& session, int width, int height,
                            const render::RenderOptions& options) {
  const std::vector<view::Moment>& worlds = session.sight().worlds;
  if (worlds.empty()) return;
  const int columns = static_cast<int>(std::ceil(std::sqrt(static_cast<double>(worlds.size()))));
  const int rows = (static_cast<int>(worlds.size()) + columns - 1) / columns;
  const view::Trails none;
  constexpr int kGap_px = 2;
  glClearColor(0.25F, 0.27F, 0.3F, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  glClearColor(0, 0, 0, 0);
  for (std::size_t i = 0; i < worlds.size(); ++i) {
    const int column = static_cast<int>(i) % columns, row = static_cast<int>(i) / columns;
    const int x0 = width * column / columns, x1 = width * (column + 1) / columns;
    const int y0 = height * (rows - 1 - row) / rows, y1 = height * (rows - row) / rows;
    view::Selection selection;
    if (worlds[i].world == session.world()) selection = session.selection();
    view::compose(session.driver().scenery(), worlds[i], none, session.layers, selection,
                  grid_frame_);
    if (session.light) view::make_light(grid_frame_);
    renderer_->draw(grid_frame_, session.camera(),
                    {x0 + kGap_px, y0 + kGap_px, std::max(1, x1 - x0 - 2 * kGap_px),
                     std::max(1, y1 - y0 - 2 * kGap_px)},
                    options);
    stats_ = renderer_->stats();
  }
}

void SceneView::draw(view::Session& session, const render::Viewport& viewport, bool at_rest) {
  const auto begin = std::chrono::steady_clock::now();
  const bool smooth = at_rest || economy_ < view::Economy::kEdges;
  make_target(viewport.width, viewport.height, smooth ? kSamples : 1);
  glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_);
  render::RenderOptions options;
  options.grid = session.layers.grid;
  options.scale = session.scale();
  options.light_theme = session.light;
  if (session.world_grid()) {
    draw_worlds(session, viewport.width, viewport.height, options);
  } else {
    renderer_->draw(session.frame(), session.camera(), {0, 0, viewport.width, viewport.height},
                    options);
    stats_ = renderer_->stats();
  }
  glBindFramebuffer(GL_READ_FRAMEBUFFER, framebuffer_);
  glBindFramebuffer(GL_DRAW_FRAMEBUFFER, 0);
  glBlitFramebuffer(0, 0, viewport.width, viewport.height, viewport.x, viewport.y,
                    viewport.x + viewport.width, viewport.y + viewport.height, GL_COLOR_BUFFER_BIT,
                    GL_NEAREST);
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  draw_ms_ += (took.count() - draw_ms_) * 0.1;
}

void SceneView::note_picture(double ms) {
  slow_ = ms > kSlow_ms ? slow_ + 1 : 0;
  quick_ = ms < kQuick_ms ? quick_ + 1 : 0;
  const view::Economy least = software() ? view::Economy::kEdges : view::Economy::kNothing;
  int level = std::max(static_cast<int>(economy_), static_cast<int>(least));
  if (slow_ >= kSlowPictures && level < static_cast<int>(view::Economy::kOverlays)) {
    ++level;
    slow_ = 0;
  } else if (quick_ >= kQuickPictures && level > static_cast<int>(least)) {
    --level;
    quick_ = 0;
  }
  economy_ = static_cast<view::Economy>(level);
}

std::string SceneView::saving() const {
  std::string text;
  if (economy_ >= view::Economy::kOverlays)
    text = "slow: trails and overlays of the selected, ";
  else if (economy_ >= view::Economy::kTrails)
    text = "slow: trails of the selected, ";
  if (economy_ >= view::Economy::kEdges) text += "edges smooth at rest";
  return text;
}

}  // namespace volery::viewer
