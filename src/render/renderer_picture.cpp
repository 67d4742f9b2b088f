// The order in which a picture for a person is drawn.
#include "render/renderer_impl.hpp"

namespace volery::render {
namespace {

// solids that lie in the ground are not cut by rounding
constexpr float kGroundSlack_m = 1e-3F;
// blocks of a picture for a person
constexpr std::size_t kPictureBlock = 0, kApartBlock = 1, kSunBlock = 2;

}  // namespace

void Renderer::Impl::gather(const Frame& frame, const View& view, const RenderOptions& options,
                            bool shadowed) {
  gathered.clear();
  gather_bodies(frame, view, bodies, scene, options, shadowed, gathered);
  gather_lines(frame, view, options.scale, software, gathered);
  gather_marks(frame, view, options.scale, gathered);
  bodies.add_balls(gathered.solid_balls, false);
  bodies.add_balls(gathered.balls, true);
}

void Renderer::Impl::draw_sun(const Pass& pass) {
  if (!shadow_map) shadow_map.emplace();
  shadow_map->begin();
  enter({0, 0, kShadowPixels, kShadowPixels});
  glEnable(GL_SCISSOR_TEST);
  glClear(GL_DEPTH_BUFFER_BIT);
  glEnable(GL_DEPTH_TEST);
  painter.bind_view(pass.view);
  painter.draw_solids(Output::kMap, pass, bodies.buckets());
  shadow_map->end();
}

void Renderer::Impl::draw_overlays(const Picture& picture) {
  const Pass& pass = picture.pass;
  glEnable(GL_BLEND);
  glBlendFuncSeparate(GL_SRC_ALPHA, GL_ONE_MINUS_SRC_ALPHA, GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
  painter.draw_points(Output::kColor, pass, bodies.buckets());
  glDepthMask(GL_FALSE);
  // shadows lie on their surface: pulled towards the eye, or half of them would be below it
  glEnable(GL_POLYGON_OFFSET_FILL);
  glPolygonOffset(-1, -8);
  if (!picture.density.empty()) {
    if (!density_map) density_map.emplace();
    const auto lowest_rel_m = static_cast<float>(static_cast<double>(picture.density.lowest_w_m) -
                                                 picture.view.eye_w_m[2]);
    density_map->draw(picture.density, picture.view, pass.ground_rel_m.value_or(lowest_rel_m));
  }
  overlay.draw_quads(gathered.shadows);
  glPolygonOffset(0, 0);
  glDisable(GL_POLYGON_OFFSET_FILL);
  overlay.draw_quads(gathered.rotors);
  overlay.draw_thin(gathered.thin);
  overlay.draw_lines(gathered.lines);
  painter.draw_blended(pass, bodies.buckets());
  overlay.draw_quads(gathered.marks);
  overlay.draw_lines(gathered.stems);
  glDisable(GL_DEPTH_TEST);
  overlay.draw_quads(gathered.rings);
  glDepthMask(GL_TRUE);
}

// Solids by themselves, with several samples.
void Renderer::Impl::draw_apart(const Picture& picture, Output output, int samples) {
  if (!smoother) smoother.emplace();
  smoother->begin(picture.view.width, picture.view.height, samples);
  glEnable(GL_DEPTH_TEST);
  if (picture.pass.ground_rel_m) glEnable(GL_CLIP_DISTANCE0);  // no ground is here to hide them
  painter.bind_view(kApartBlock);
  painter.draw_solids(output, picture.pass, bodies.buckets());
  glDisable(GL_CLIP_DISTANCE0);
  glDisable(GL_DEPTH_TEST);
  smoother->finish();
}

std::vector<PixelBox> Renderer::Impl::cover(const Frame& frame, const View& view) const {
  Cover cover(view);
  bodies.cover(frame, view, cover);
  for (const Instance& ball : gathered.solid_balls) {
    cover.add_ball(ball.position_rel_m, ball.scale.x / 2);
  }
  statics.cover(view, cover);
  return cover.boxes();
}

// What is in a picture for a person, put on the GPU.
Renderer::Impl::Picture Renderer::Impl::prepare_picture(const Frame& frame, const Camera& camera,
                                                        const Viewport& viewport,
                                                        const RenderOptions& options) {
  const Extent all = extent(frame, camera);
  Picture picture{View(camera, viewport.width, viewport.height, all)};
  const View& view = picture.view;
  start_picture(theme_of(options.light_theme));
  Pass& pass = picture.pass;
  pass = prepare(frame, view, Detail::kBySize, -1, Planes::kBounds, options.scale);
  const bool full =
      options.quality == Quality::kFull || (options.quality == Quality::kAuto && !software);
  picture.shadowed = options.shadows && full;
  gather(frame, view, options, picture.shadowed);
  pass.num_buckets = bodies.buckets().size() - pass.first_bucket;
  stats = bodies.stats();
  picture.density = bodies.density();  // before the sun's view is selected
  if (options.solid_samples > 1) picture.apart = cover(frame, view);
  picture.encodes = framebuffer_encodes();

  std::vector<ViewBlock> blocks;
  ShadowFit fit;
  if (picture.shadowed) {
    const SunView sun = fit_sun(view, all);
    fit = sun.fit;
    picture.sun = prepare(frame, sun.view, Detail::kMeshes, -1, Planes::kNone, 1);
    picture.sun.view = kSunBlock;
    blocks.push_back(view_block(sun.view, options, {}, Encoding::kLight));
  }
  blocks.insert(blocks.begin(), {view_block(view, options, fit,
                                            picture.encodes ? Encoding::kLight : Encoding::kSrgb),
                                 view_block(view, options, fit, Encoding::kRoot)});
  put(viewport, blocks[kPictureBlock]);
  if (pass.ground_rel_m) blocks[kApartBlock].back[3] = *pass.ground_rel_m - kGroundSlack_m;
  upload(blocks);
  return picture;
}

void Renderer::draw(const Frame& frame, const Camera& camera, const Viewport& viewport,
                    const RenderOptions& options) {
  Impl& r = *impl_;
  const Impl::Picture picture = r.prepare_picture(frame, camera, viewport, options);
  const bool shadowed = picture.shadowed;
  const Output output = shadowed ? Output::kShadowedColor : Output::kColor;
  if (shadowed) {
    r.draw_sun(picture.sun);
    r.shadow_map->bind();
  }
  if (!picture.apart.empty()) r.draw_apart(picture, output, options.solid_samples);
  if (picture.encodes) glEnable(GL_FRAMEBUFFER_SRGB);
  glEnable(GL_SCISSOR_TEST);
  enter(viewport);
  glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
  glEnable(GL_DEPTH_TEST);
  r.painter.bind_view(kPictureBlock);
  if (options.solid_samples <= 1) r.painter.draw_solids(output, picture.pass, r.bodies.buckets());
  r.painter.draw_ground(shadowed, picture.pass);
  if (shadowed) r.shadow_map->unbind();
  r.painter.draw_sky();
  if (!picture.apart.empty()) r.smoother->compose(picture.apart);
  r.draw_overlays(picture);
  if (options.labels) {
    r.stats.labels =
        r.labels.draw(frame.labels, picture.view, options.scale, r.stats.labels_dropped);
  }
  glDisable(GL_BLEND);
  glBlendFunc(GL_ONE, GL_ZERO);
  glDisable(GL_FRAMEBUFFER_SRGB);
  leave();
}

}  // namespace volery::render
