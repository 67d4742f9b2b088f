// The order in which a picture is drawn.
#include "render/renderer.hpp"

#include <algorithm>
#include <cmath>

#include "render/gather.hpp"
#include "render/labels.hpp"
#include "render/painter.hpp"
#include "render/shadow.hpp"
#include "volery/error.hpp"

namespace volery::render {
namespace {

constexpr const char* kSoftwareNames[] = {"llvmpipe", "softpipe", "SwiftShader", "Software"};

// whether the rasterizer runs on the CPU
bool is_software(const std::string& device) {
  return std::any_of(std::begin(kSoftwareNames), std::end(kSoftwareNames),
                     [&](const char* name) { return device.find(name) != std::string::npos; });
}

// whether the bound framebuffer turns linear light into sRGB by itself
bool framebuffer_encodes() {
  GLint bound = 0;
  glGetIntegerv(GL_DRAW_FRAMEBUFFER_BINDING, &bound);
  GLint encoding = GL_LINEAR;
  glGetFramebufferAttachmentParameteriv(GL_DRAW_FRAMEBUFFER,
                                        bound == 0 ? GL_BACK_LEFT : GL_COLOR_ATTACHMENT0,
                                        GL_FRAMEBUFFER_ATTACHMENT_COLOR_ENCODING, &encoding);
  return encoding == GL_SRGB;
}

void enter(const Viewport& v) {
  glViewport(v.x, v.y, v.width, v.height);
  glScissor(v.x, v.y, v.width, v.height);
}

// fills images of distances with the farthest of each
void clear_depths(std::span<const float> far_m, std::span<const Viewport> viewports) {
  const bool same = std::all_of(far_m.begin(), far_m.end(), [&](float f) { return f == far_m[0]; });
  if (!same) glEnable(GL_SCISSOR_TEST);
  for (std::size_t i = 0; i < (same ? 1 : far_m.size()); ++i) {
    if (!same) enter(viewports[i]);
    const GLfloat farthest[4] = {far_m[i], 0, 0, 0};
    glClearBufferfv(GL_COLOR, 0, farthest);
  }
}

// the state of a new context, what is switched on for one kind of picture apart
void leave() {
  glDisable(GL_DEPTH_TEST);
  glDisable(GL_SCISSOR_TEST);
  glBindBuffer(GL_ARRAY_BUFFER, 0);
  glBindBuffer(GL_UNIFORM_BUFFER, 0);
  glUseProgram(0);
}

}  // namespace

struct Renderer::Impl {
  explicit Impl(const Stage& stage)
      : bodies(stage), statics(stage.scene), painter(bodies, statics), scene(stage.scene) {}

  [[nodiscard]] Extent extent(const Frame& frame, const Camera& camera) const;
  Pass prepare(const Frame& frame, const View& view, Detail detail, int hidden, Planes reach,
               float scale);
  void upload(std::span<const ViewBlock> blocks) {
    painter.upload(blocks, bodies.instances(), indices, planes);
  }
  void gather(const Frame& frame, const View& view, const RenderOptions& options, bool shadowed);
  void draw_sun(const Pass& pass);
  void draw_overlays(const Pass& pass);
  void start_picture() {
    bodies.clear();
    indices.clear();
    planes = {};
  }

  Bodies bodies;
  Statics statics;
  Painter painter;
  Scene scene;
  Overlay overlay;
  LabelDrawer labels;
  std::optional<ShadowMap> shadow_map;  // made when first wanted
  Gathered gathered;
  std::vector<std::uint32_t> indices;
  Mesh planes;
  DrawStats stats;
  std::string device;
  bool software = false;
};

Extent Renderer::Impl::extent(const Frame& frame, const Camera& camera) const {
  Extent extent;
  const SceneConfig& config = scene.config();
  double squared = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const double low = static_cast<double>(config.bounds_low_m[i]);
    const double high = static_cast<double>(config.bounds_high_m[i]);
    extent.center_w_m[i] = (low + high) / 2;
    squared += (high - low) * (high - low) / 4;
  }
  extent.radius_m = std::sqrt(squared);
  extent.nearest_m = statics.distance_m(camera.eye_w_m);
  const auto include = [&](const Body& body, float radius_m) {
    const double x = static_cast<double>(body.position_w_m.x) - camera.eye_w_m[0];
    const double y = static_cast<double>(body.position_w_m.y) - camera.eye_w_m[1];
    const double z = static_cast<double>(body.position_w_m.z) - camera.eye_w_m[2];
    const double distance = std::sqrt(x * x + y * y + z * z);
    extent.nearest_m = std::min(extent.nearest_m, distance - static_cast<double>(radius_m));
  };
  for (const Body& body : frame.vehicles) include(body, bodies.radius_m(body));
  for (const Body& body : frame.props) include(body, bodies.prop_radius_m(body));
  return extent;
}

Pass Renderer::Impl::prepare(const Frame& frame, const View& view, Detail detail, int hidden,
                             Planes reach, float scale) {
  Pass pass;
  pass.first_bucket = bodies.buckets().size();
  bodies.select(frame, view, detail, hidden, scale);
  pass.num_buckets = bodies.buckets().size() - pass.first_bucket;
  pass.statics = statics.select(view, indices);
  const std::array<double, 3> origin = statics.origin_w_m();
  pass.statics_rel_m = {static_cast<float>(origin[0] - view.eye_w_m[0]),
                        static_cast<float>(origin[1] - view.eye_w_m[1]),
                        static_cast<float>(origin[2] - view.eye_w_m[2])};
  pass.first_plane = planes.indices.size();
  statics.planes(view, reach, planes);
  pass.plane_vertices = planes.indices.size() - pass.first_plane;
  if (const auto ground = statics.ground_w_m(view)) {
    pass.ground_rel_m = static_cast<float>(static_cast<double>(*ground) - view.eye_w_m[2]);
  }
  return pass;
}

Renderer::Renderer(const Stage& stage) {
  if (epoxy_gl_version() < 33) {
    throw Error(ErrorKind::kState, "pictures need OpenGL 3.3, this driver has " +
                                       std::to_string(epoxy_gl_version() / 10) + "." +
                                       std::to_string(epoxy_gl_version() % 10));
  }
  impl_ = std::make_unique<Impl>(stage);
  impl_->device = reinterpret_cast<const char*>(glGetString(GL_RENDERER));
  impl_->software = is_software(impl_->device);
  if (impl_->software) impl_->bodies.draw_full_from(kFullFromInSoftware_px);
}

Renderer::~Renderer() = default;

void Renderer::Impl::gather(const Frame& frame, const View& view, const RenderOptions& options,
                            bool shadowed) {
  gathered.clear();
  gather_bodies(frame, view, bodies, scene, options.scale, shadowed, gathered);
  gather_lines(frame, view, options.scale, software, gathered);
  gather_marks(frame, view, options.scale, gathered);
  bodies.add_balls(gathered.balls);
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

void Renderer::Impl::draw_overlays(const Pass& pass) {
  glEnable(GL_BLEND);
  glBlendFuncSeparate(GL_SRC_ALPHA, GL_ONE_MINUS_SRC_ALPHA, GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
  painter.draw_points(Output::kColor, pass, bodies.buckets());
  glDepthMask(GL_FALSE);
  // shadows lie on their surface: pulled towards the eye, or half of them would be below it
  glEnable(GL_POLYGON_OFFSET_FILL);
  glPolygonOffset(-1, -8);
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

void Renderer::draw(const Frame& frame, const Camera& camera, const Viewport& viewport,
                    const RenderOptions& options) {
  Impl& r = *impl_;
  const Extent extent = r.extent(frame, camera);
  const View view(camera, viewport.width, viewport.height, extent);
  r.start_picture();
  Pass pass = r.prepare(frame, view, Detail::kBySize, -1, Planes::kBounds, options.scale);
  const bool full =
      options.quality == Quality::kFull || (options.quality == Quality::kAuto && !r.software);
  const bool shadowed = options.shadows && full;
  r.gather(frame, view, options, shadowed);
  pass.num_buckets = r.bodies.buckets().size() - pass.first_bucket;
  r.stats = r.bodies.stats();
  const bool encodes = framebuffer_encodes();
  ShadowFit fit;
  std::vector<ViewBlock> blocks;
  Pass sun_pass;
  if (shadowed) {
    const SunView sun = fit_sun(view, extent);
    fit = sun.fit;
    sun_pass = r.prepare(frame, sun.view, Detail::kMeshes, -1, Planes::kNone, 1);
    sun_pass.view = 1;
    blocks.push_back(view_block(sun.view, options, {}, false));
  }
  blocks.insert(blocks.begin(), view_block(view, options, fit, !encodes));
  r.upload(blocks);

  if (shadowed) r.draw_sun(sun_pass);
  if (encodes) glEnable(GL_FRAMEBUFFER_SRGB);
  glEnable(GL_SCISSOR_TEST);
  enter(viewport);
  glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
  glEnable(GL_DEPTH_TEST);
  r.painter.bind_view(0);
  if (shadowed) r.shadow_map->bind();
  r.painter.draw_solids(shadowed ? Output::kShadowedColor : Output::kColor, pass,
                        r.bodies.buckets());
  r.painter.draw_ground(shadowed, pass);
  if (shadowed) r.shadow_map->unbind();
  r.painter.draw_sky();
  r.draw_overlays(pass);
  if (options.labels) {
    r.stats.labels = r.labels.draw(frame.labels, view, options.scale, r.stats.labels_dropped);
  }
  glDisable(GL_BLEND);
  glBlendFunc(GL_ONE, GL_ZERO);
  glDisable(GL_FRAMEBUFFER_SRGB);
  leave();
}

void Renderer::draw_ids(const Frame& frame, const Camera& camera, const Viewport& viewport) {
  Impl& r = *impl_;
  const View view(camera, viewport.width, viewport.height, r.extent(frame, camera));
  r.start_picture();
  const Pass pass = r.prepare(frame, view, Detail::kBySize, -1, Planes::kInfinite, 1);
  const ViewBlock block = view_block(view, {}, {}, false);
  r.upload({&block, 1});
  glEnable(GL_SCISSOR_TEST);
  enter(viewport);
  const GLuint nothing[4] = {0, 0, 0, 0};
  glClearBufferuiv(GL_COLOR, 0, nothing);
  glClear(GL_DEPTH_BUFFER_BIT);
  glEnable(GL_DEPTH_TEST);
  r.painter.bind_view(0);
  r.painter.draw_solids(Output::kId, pass, r.bodies.buckets());
  r.painter.draw_points(Output::kId, pass, r.bodies.buckets());
  leave();
  r.stats = r.bodies.stats();
}

void Renderer::draw_depth(const Frame& frame, const Camera& camera, const Viewport& viewport) {
  Impl& r = *impl_;
  const View view(camera, viewport.width, viewport.height, r.extent(frame, camera));
  r.start_picture();
  const Pass pass = r.prepare(frame, view, Detail::kBySize, -1, Planes::kInfinite, 1);
  const ViewBlock block = view_block(view, {}, {}, false);
  r.upload({&block, 1});
  glEnable(GL_SCISSOR_TEST);
  enter(viewport);
  const GLfloat nothing[4] = {view.far_m, 0, 0, 0};
  glClearBufferfv(GL_COLOR, 0, nothing);
  glClear(GL_DEPTH_BUFFER_BIT);
  glEnable(GL_DEPTH_TEST);
  r.painter.bind_view(0);
  r.painter.draw_solids(Output::kDepth, pass, r.bodies.buckets());
  r.painter.draw_points(Output::kDepth, pass, r.bodies.buckets());
  leave();
  r.stats = r.bodies.stats();
}

void Renderer::draw_sensors(Sensor sensor, const Frame& frame, std::span<const Camera> cameras,
                            std::span<const int> hidden, std::span<const Viewport> viewports) {
  if (cameras.empty()) return;
  Impl& r = *impl_;
  r.start_picture();
  std::vector<Pass> passes;
  std::vector<ViewBlock> blocks;
  std::vector<float> far_m;
  const bool color = sensor == Sensor::kColor;
  const bool encodes = color && framebuffer_encodes();
  const Detail detail = color ? Detail::kMeshes : Detail::kShapes;
  for (std::size_t i = 0; i < cameras.size(); ++i) {
    Camera camera = cameras[i];
    if (color) camera.far_m = 0;  // light comes from farther than a sensor measures
    const View view(camera, viewports[i].width, viewports[i].height, r.extent(frame, camera));
    passes.push_back(
        r.prepare(frame, view, detail, hidden[i], color ? Planes::kBounds : Planes::kInfinite, 1));
    passes.back().view = i;
    blocks.push_back(view_block(view, {}, {}, !encodes));
    far_m.push_back(view.far_m);
  }
  r.upload(blocks);
  if (encodes) glEnable(GL_FRAMEBUFFER_SRGB);
  // cleared whole, not tile by tile: drivers clear a part of a framebuffer by drawing
  const GLuint nothing[4] = {0, 0, 0, 0};
  glClear(GL_DEPTH_BUFFER_BIT);
  if (sensor == Sensor::kId) glClearBufferuiv(GL_COLOR, 0, nothing);
  if (sensor == Sensor::kDepth) clear_depths(far_m, viewports);
  glEnable(GL_SCISSOR_TEST);
  glEnable(GL_DEPTH_TEST);
  for (std::size_t i = 0; i < passes.size(); ++i) {
    enter(viewports[i]);
    r.painter.bind_view(i);
    r.painter.draw_solids(color                      ? Output::kColor
                          : sensor == Sensor::kDepth ? Output::kDepth
                                                     : Output::kId,
                          passes[i], r.bodies.buckets());
    if (!color) continue;
    r.painter.draw_ground(false, passes[i]);
    r.painter.draw_sky();
  }
  glDisable(GL_FRAMEBUFFER_SRGB);
  leave();
}

const DrawStats& Renderer::stats() const noexcept {
  return impl_->stats;
}
const std::string& Renderer::device() const noexcept {
  return impl_->device;
}
bool Renderer::software() const noexcept {
  return impl_->software;
}

}  // namespace volery::render
