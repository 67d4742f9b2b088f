// What all pictures have in common, and those of sensors.
#include "render/renderer.hpp"

#include <algorithm>
#include <cmath>

#include "render/renderer_impl.hpp"
#include "volery/error.hpp"

namespace volery::render {
namespace {

constexpr int kNobody = -1;
constexpr const char* kSoftwareNames[] = {"llvmpipe", "softpipe", "SwiftShader", "Software"};

// whether the rasterizer runs on the CPU
bool is_software(const std::string& device) {
  return std::any_of(std::begin(kSoftwareNames), std::end(kSoftwareNames),
                     [&](const char* name) { return device.find(name) != std::string::npos; });
}

// What pixels hold where nothing is: the farthest distance of each image, no id. Cleared whole, not
// image by image where they are many: drivers clear a part of a framebuffer by drawing.
void clear(Sensor sensor, std::span<const float> far_m, std::span<const Viewport> viewports) {
  if (viewports.size() == 1) {
    glEnable(GL_SCISSOR_TEST);
    enter(viewports[0]);
  }
  glClear(GL_DEPTH_BUFFER_BIT);
  const GLuint nothing[4] = {0, 0, 0, 0};
  if (sensor == Sensor::kId) glClearBufferuiv(GL_COLOR, 0, nothing);
  if (sensor != Sensor::kDepth) return;
  const bool same = std::all_of(far_m.begin(), far_m.end(), [&](float f) { return f == far_m[0]; });
  if (!same) glEnable(GL_SCISSOR_TEST);
  for (std::size_t i = 0; i < (same ? 1 : far_m.size()); ++i) {
    if (!same) enter(viewports[i]);
    const GLfloat farthest[4] = {far_m[i], 0, 0, 0};
    glClearBufferfv(GL_COLOR, 0, farthest);
  }
}

constexpr Output output_of(Sensor sensor) {
  return sensor == Sensor::kColor   ? Output::kColor
         : sensor == Sensor::kDepth ? Output::kDepth
                                    : Output::kId;
}

}  // namespace

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

void put(const Viewport& viewport, ViewBlock& block) {
  block.window[0] = static_cast<float>(viewport.x);
  block.window[1] = static_cast<float>(viewport.y);
}

void leave() {
  glDisable(GL_DEPTH_TEST);
  glDisable(GL_SCISSOR_TEST);
  glBindBuffer(GL_ARRAY_BUFFER, 0);
  glBindBuffer(GL_UNIFORM_BUFFER, 0);
  glUseProgram(0);
}

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
  statics.planes(view, reach, wall, planes);
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

// What sensors measure, by one or several cameras, each in its own viewport.
void Renderer::Impl::draw_values(Sensor sensor, Detail detail, const Frame& frame,
                                 std::span<const Camera> cameras, std::span<const int> hidden,
                                 std::span<const Viewport> viewports) {
  start_picture(kDarkTheme);
  std::vector<Pass> passes;
  std::vector<ViewBlock> blocks;
  std::vector<float> far_m;
  const bool color = sensor == Sensor::kColor;
  const bool encodes = color && framebuffer_encodes();
  for (std::size_t i = 0; i < cameras.size(); ++i) {
    Camera camera = cameras[i];
    if (color) camera.far_m = 0;  // light comes from farther than a sensor measures
    const View view(camera, viewports[i].width, viewports[i].height, extent(frame, camera));
    passes.push_back(
        prepare(frame, view, detail, hidden[i], color ? Planes::kBounds : Planes::kInfinite, 1));
    passes.back().view = i;
    blocks.push_back(view_block(view, {}, {}, encodes ? Encoding::kLight : Encoding::kSrgb));
    put(viewports[i], blocks.back());
    far_m.push_back(view.far_m);
  }
  upload(blocks);
  if (encodes) glEnable(GL_FRAMEBUFFER_SRGB);
  clear(sensor, far_m, viewports);
  glEnable(GL_SCISSOR_TEST);
  glEnable(GL_DEPTH_TEST);
  const Output output = output_of(sensor);
  for (std::size_t i = 0; i < passes.size(); ++i) {
    enter(viewports[i]);
    painter.bind_view(i);
    painter.draw_solids(output, passes[i], bodies.buckets());
    if (color) {
      painter.draw_ground(false, passes[i]);
      painter.draw_sky();
    } else {
      painter.draw_points(output, passes[i], bodies.buckets());
    }
  }
  glDisable(GL_FRAMEBUFFER_SRGB);
  leave();
  if (detail == Detail::kEach) stats = bodies.stats();
}

void Renderer::draw_ids(const Frame& frame, const Camera& camera, const Viewport& viewport) {
  impl_->draw_values(Sensor::kId, Detail::kEach, frame, {&camera, 1}, {&kNobody, 1},
                     {&viewport, 1});
}

void Renderer::draw_depth(const Frame& frame, const Camera& camera, const Viewport& viewport) {
  impl_->draw_values(Sensor::kDepth, Detail::kEach, frame, {&camera, 1}, {&kNobody, 1},
                     {&viewport, 1});
}

void Renderer::draw_sensors(Sensor sensor, const Frame& frame, std::span<const Camera> cameras,
                            std::span<const int> hidden, std::span<const Viewport> viewports) {
  if (cameras.empty()) return;
  const Detail detail = sensor == Sensor::kColor ? Detail::kMeshes : Detail::kShapes;
  impl_->draw_values(sensor, detail, frame, cameras, hidden, viewports);
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
