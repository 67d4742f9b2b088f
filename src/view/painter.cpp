#include "view/painter.hpp"

#include <cmath>
#include <limits>

#include "volery/error.hpp"

namespace volery::view {

namespace {

constexpr double kFollow_m = 3;         // from an agent that is followed
constexpr double kChaseBehind_m = 2.5;  // and chased
constexpr double kChaseAbove_m = 1;
constexpr float kOnboardFov_rad = 1.2F;
// of depth pictures: 24 bits between them are 1 cm at 100 m
constexpr float kDepthNear_m = 0.05F;
constexpr float kDepthFar_m = 1000;
constexpr float kNoDepth_m = 0.999F * kDepthFar_m;
constexpr float kFloor_m = 0.05F;  // no camera goes below the ground at z = 0

void check_agent(int agent, std::size_t count) {
  if (agent >= 0 && agent < static_cast<int>(count)) return;
  throw Error(ErrorKind::kValue, "agent = " + std::to_string(agent) + ": must be in [0, " +
                                     std::to_string(count - 1) + "]");
}

float aspect_of(const Shot& shot) {
  return static_cast<float>(shot.width) / static_cast<float>(std::max(shot.height, 1));
}

std::array<double, 3> as_doubles(Vec3 v) {
  return {static_cast<double>(v.x), static_cast<double>(v.y), static_cast<double>(v.z)};
}

}  // namespace

Painter::Painter(const Batch& batch)
    : scenery_(scenery_of(batch)), reader_(batch), backend_(render::backend_from_environment()) {}

render::Offscreen& Painter::offscreen() {
  if (offscreen_ == nullptr)
    offscreen_ = std::make_unique<render::Offscreen>(scenery_.stage, backend_);
  return *offscreen_;
}

const std::string& Painter::device() {
  return offscreen().device();
}

Painter::Album& Painter::look(const Batch& batch, int world, const Shot& shot) {
  check_agent(shot.agent, static_cast<std::size_t>(scenery_.num_agents));
  if (!batch.clock(world).started)
    throw Error(ErrorKind::kState, "picture of world " + std::to_string(world) +
                                       ": it has not been reset yet; call reset() first");
  Album& album = albums_[world];
  const bool beams = shot.layers.sensors != Scope::kNone;
  reader_.read(batch, world, ++step_, album.moment,
               beams ? std::span<const int>(shot.selection.agents) : std::span<const int>());
  album.trails.add(album.moment);
  album.overview.include(scenery_, album.moment, aspect_of(shot));
  return album;
}

render::Camera Painter::camera(const Album& album, const Shot& shot) const {
  const AgentPose& agent = album.moment.agents[static_cast<std::size_t>(shot.agent)];
  const std::array<double, 3> at = as_doubles(agent.position_w_m);
  switch (shot.viewpoint) {
    case Viewpoint::kOverview:
      return album.overview.camera();
    case Viewpoint::kTop:
      return album.overview.from_above();
    case Viewpoint::kFixed:
      return render::look_at(shot.eye_w_m, shot.target_w_m);
    case Viewpoint::kFollow: {
      const double side_m = kFollow_m / std::sqrt(3.0);
      return render::look_at({at[0] - side_m, at[1] - side_m, at[2] + side_m}, at);
    }
    case Viewpoint::kChase: {
      // behind its heading, level, however the body is tilted
      const Vec3 nose = rotate(agent.quat_wb, {1, 0, 0});
      const double level = std::hypot(static_cast<double>(nose.x), static_cast<double>(nose.y));
      const double x = level > 1e-3 ? static_cast<double>(nose.x) / level : 1;
      const double y = level > 1e-3 ? static_cast<double>(nose.y) / level : 0;
      return render::look_at({at[0] - kChaseBehind_m * x, at[1] - kChaseBehind_m * y,
                              std::max(at[2] + kChaseAbove_m, static_cast<double>(kFloor_m))},
                             at);
    }
    case Viewpoint::kOnboard:
      break;
  }
  // looking along the body's x with its z up: camera -z is body x, camera y is body z
  render::Camera camera;
  camera.eye_w_m = at;
  const Quat b = agent.quat_wb;
  const Quat c{0.5F, -0.5F, -0.5F, 0.5F};
  camera.quat_wc = {
      b.w * c.x + b.x * c.w + b.y * c.z - b.z * c.y, b.w * c.y - b.x * c.z + b.y * c.w + b.z * c.x,
      b.w * c.z + b.x * c.y - b.y * c.x + b.z * c.w, b.w * c.w - b.x * c.x - b.y * c.y - b.z * c.z};
  camera.fov_y_rad = kOnboardFov_rad;
  return camera;
}

void Painter::rgb(const Batch& batch, int world, const Shot& shot, std::span<std::uint8_t> out) {
  const Album& album = look(batch, world, shot);
  compose(scenery_, album.moment, album.trails, shot.layers, shot.selection, frame_);
  if (shot.viewpoint == Viewpoint::kOnboard) leave_out(shot.agent);
  render::RenderOptions options;
  options.shadows = shot.shadows;
  options.grid = shot.layers.grid;
  offscreen().rgb(frame_, camera(album, shot), shot.width, shot.height, options, out);
}

// whoever looks out of a vehicle does not see it
void Painter::leave_out(int agent) {
  std::erase_if(frame_.vehicles, [agent](const render::Body& body) {
    return body.id == static_cast<std::uint32_t>(agent);
  });
}

void Painter::compose_bodies(const Album& album, const Shot& shot) {
  constexpr Layers kNothing{Scope::kNone, Scope::kNone, Scope::kNone, Scope::kNone, Scope::kNone,
                            Scope::kNone, Scope::kNone, Scope::kNone, false};
  compose(scenery_, album.moment, album.trails, kNothing, {}, frame_);
  frame_.lines.clear();
  frame_.marks.clear();
  if (shot.viewpoint == Viewpoint::kOnboard) leave_out(shot.agent);
}

void Painter::depth(const Batch& batch, int world, const Shot& shot, std::span<float> out) {
  const Album& album = look(batch, world, shot);
  compose_bodies(album, shot);
  render::Camera from = camera(album, shot);
  from.near_m = kDepthNear_m;
  from.far_m = kDepthFar_m;
  offscreen().depth(frame_, from, shot.width, shot.height, out);
  for (float& depth_m : out) {
    if (depth_m >= kNoDepth_m) depth_m = std::numeric_limits<float>::infinity();
  }
}

void Painter::segmentation(const Batch& batch, int world, const Shot& shot,
                           std::span<std::int32_t> out) {
  const Album& album = look(batch, world, shot);
  compose_bodies(album, shot);
  ids_.resize(out.size());
  offscreen().segmentation(frame_, camera(album, shot), shot.width, shot.height, ids_);
  const int num_bodies = scenery_.num_agents + scenery_.num_props;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::uint32_t id = ids_[i];
    out[i] = id >= render::kStaticId ? num_bodies + static_cast<int>(id - render::kStaticId)
                                     : static_cast<int>(id) - 1;
  }
}

}  // namespace volery::view
