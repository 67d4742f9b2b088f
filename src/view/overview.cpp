// Cameras from which a whole world can be seen.
#include <algorithm>
#include <cmath>

#include "view/compose.hpp"

namespace volery::view {

namespace {

constexpr double kLeastHalf_m = 0.4;  // a lone drone does not fill the picture
constexpr float kNonsense_m = 1e4F;   // what flew away does not count
constexpr float kBody_m = 0.2F;       // room around what is a point
// walls around a hall are no reason to stand outside of it
constexpr float kLargestObstacle_m = 8;
constexpr double kMargin = 1.06;                             // free around it
constexpr std::array<double, 3> kFrom{-0.54, -0.68, 0.496};  // a unit vector, to the south-west

}  // namespace

void Overview::include(Vec3 point_w_m, float radius_m) {
  const float xyz[3] = {point_w_m.x, point_w_m.y, point_w_m.z};
  if (!std::all_of(xyz, xyz + 3, [](float v) { return std::abs(v) < kNonsense_m; })) return;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto low = static_cast<double>(xyz[i] - radius_m);
    const auto high = static_cast<double>(xyz[i] + radius_m);
    low_m_[i] = empty_ ? low : std::min(low_m_[i], low);
    high_m_[i] = empty_ ? high : std::max(high_m_[i], high);
  }
  empty_ = false;
}

void Overview::include(const Scenery& scenery, const Moment& moment) {
  if (moment.cut) empty_ = true;
  for (const AgentPose& agent : moment.agents) {
    if (agent.present) include(agent.position_w_m, kBody_m);
  }
  for (const Vec3 goal : moment.goals_w_m) include(goal, kBody_m);
  for (const PropPose& prop : moment.props) {
    if (prop.present) include(prop.position_w_m, kBody_m);
  }
  for (const Landmark& landmark : moment.landmarks)
    include(landmark.position_w_m, landmark.radius_m);
  for (const Primitive& solid : scenery.stage.scene.statics) {
    const bool sized = solid.kind == PrimitiveKind::kBox || solid.kind == PrimitiveKind::kSphere ||
                       solid.kind == PrimitiveKind::kCylinder;
    if (!sized || *std::max_element(solid.size_m.begin(), solid.size_m.end()) > kLargestObstacle_m)
      continue;
    include({solid.position_w_m[0], solid.position_w_m[1], solid.position_w_m[2]}, kBody_m);
  }
}

render::Camera Overview::camera(float aspect) const {
  std::array<double, 3> middle{0, 0, 1}, half{kLeastHalf_m, kLeastHalf_m, kLeastHalf_m};
  for (std::size_t i = 0; i < 3 && !empty_; ++i) {
    middle[i] = 0.5 * (low_m_[i] + high_m_[i]);
    half[i] = std::max(0.5 * (high_m_[i] - low_m_[i]), kLeastHalf_m);
  }
  render::Camera camera = render::look_at(kFrom, {0, 0, 0});
  const auto along = [&](Vec3 axis_c, const std::array<double, 3>& v) {
    const Vec3 axis_w = rotate(camera.quat_wc, axis_c);
    return static_cast<double>(axis_w.x) * v[0] + static_cast<double>(axis_w.y) * v[1] +
           static_cast<double>(axis_w.z) * v[2];
  };
  const double tangent_y = std::tan(0.5 * static_cast<double>(camera.fov_y_rad)) / kMargin;
  const double tangent_x = tangent_y * static_cast<double>(aspect);
  // as near as every corner of the box allows
  double distance_m = 0;
  for (int corner = 0; corner < 8; ++corner) {
    std::array<double, 3> at{};
    for (std::size_t i = 0; i < 3; ++i) at[i] = ((corner >> i) & 1) != 0 ? half[i] : -half[i];
    const double towards_m = along({0, 0, 1}, at);
    distance_m = std::max({distance_m, towards_m + std::abs(along({1, 0, 0}, at)) / tangent_x,
                           towards_m + std::abs(along({0, 1, 0}, at)) / tangent_y});
  }
  for (std::size_t i = 0; i < 3; ++i) camera.eye_w_m[i] = middle[i] + kFrom[i] * distance_m;
  return camera;
}

render::Camera Overview::from_above(float aspect) const {
  const double middle_x = empty_ ? 0 : 0.5 * (low_m_[0] + high_m_[0]);
  const double middle_y = empty_ ? 0 : 0.5 * (low_m_[1] + high_m_[1]);
  const double wide_m = empty_ ? 0 : high_m_[0] - low_m_[0];
  const double deep_m = empty_ ? 0 : high_m_[1] - low_m_[1];
  const double top_m = empty_ ? 1 : high_m_[2];
  const double height_m =
      std::max({deep_m, wide_m / static_cast<double>(aspect), 2 * kLeastHalf_m}) * 1.08;
  render::Camera camera =
      render::look_at({middle_x, middle_y, top_m + height_m}, {middle_x, middle_y, top_m});
  camera.height_m = static_cast<float>(height_m);
  return camera;
}

render::Camera overview(const Scenery& scenery, const Moment& moment, float aspect) {
  Overview all;
  all.include(scenery, moment);
  return all.camera(aspect);
}

}  // namespace volery::view
