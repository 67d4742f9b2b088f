// Cameras from which a whole world can be seen.
#include <algorithm>
#include <cmath>

#include "view/compose.hpp"

namespace volery::view {

namespace {

constexpr float kLeastRoom_m = 0.4F;  // around a body: a lone drone does not fill the picture
constexpr float kNonsense_m = 1e4F;   // what flew away does not count
// walls around a hall are no reason to stand outside of it
constexpr float kLargestObstacle_m = 8;
constexpr double kNothing_m = -1e9;                          // nearer than anything
constexpr double kMargin = 1.05;                             // free around it all
constexpr std::array<double, 3> kFrom{-0.54, -0.68, 0.496};  // a unit vector, to the south-west

double along(const render::Camera& camera, Vec3 axis_c, Vec3 v) {
  return static_cast<double>(dot(rotate(camera.quat_wc, axis_c), v));
}

}  // namespace

void Overview::clear(float aspect) {
  aspect_ = aspect;
  empty_ = true;
  from_ = render::look_at(kFrom, {0, 0, 0});
  tangent_y_ = std::tan(0.5 * static_cast<double>(from_.fov_y_rad)) / kMargin;
  tangent_x_ = tangent_y_ * static_cast<double>(aspect);
  left_m_ = right_m_ = below_m_ = above_m_ = kNothing_m;
}

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
  // a point is inside where |x - shift| <= tangent (distance - towards), and likewise y
  const double towards_m = along(from_, {0, 0, 1}, point_w_m);
  const double radius = static_cast<double>(radius_m);
  const double x = along(from_, {1, 0, 0}, point_w_m), y = along(from_, {0, 1, 0}, point_w_m);
  left_m_ = std::max(left_m_, towards_m + (radius - x) / tangent_x_);
  right_m_ = std::max(right_m_, towards_m + (radius + x) / tangent_x_);
  below_m_ = std::max(below_m_, towards_m + (radius - y) / tangent_y_);
  above_m_ = std::max(above_m_, towards_m + (radius + y) / tangent_y_);
}

void Overview::include(const Scenery& scenery, const Moment& moment, float aspect) {
  if (moment.cut || aspect != aspect_) clear(aspect);
  for (const AgentPose& agent : moment.agents) {
    if (agent.present) include(agent.position_w_m, kLeastRoom_m);
  }
  for (const Vec3 goal : moment.goals_w_m) include(goal, kLeastRoom_m);
  for (const PropPose& prop : moment.props) {
    if (prop.present) include(prop.position_w_m, kLeastRoom_m);
  }
  for (const Landmark& landmark : moment.landmarks)
    include(landmark.position_w_m, landmark.radius_m);
  for (const Primitive& solid : scenery.stage.scene.statics) {
    const bool sized = solid.kind == PrimitiveKind::kBox || solid.kind == PrimitiveKind::kSphere ||
                       solid.kind == PrimitiveKind::kCylinder;
    if (!sized || *std::max_element(solid.size_m.begin(), solid.size_m.end()) > kLargestObstacle_m)
      continue;
    const Vec3 middle{solid.position_w_m[0], solid.position_w_m[1], solid.position_w_m[2]};
    const float half_m = 0.5F * solid.size_m[2];
    const float around_m = 0.5F * std::max(solid.size_m[0], solid.size_m[1]);
    // foot and head of what stands upright, which most obstacles do
    include(middle + Vec3{0, 0, std::max(half_m - around_m, 0.0F)}, around_m);
    include(middle - Vec3{0, 0, std::max(half_m - around_m, 0.0F)}, around_m);
  }
}

render::Camera Overview::camera() const {
  render::Camera camera = from_;
  if (empty_) return camera;
  // A shift to one side lets that side be nearer by as much as the opposite one asks for more, so
  // the best one makes them equal.
  const double distance_m = std::max(0.5 * (left_m_ + right_m_), 0.5 * (below_m_ + above_m_));
  const double aside_m = 0.5 * (right_m_ - left_m_) * tangent_x_;
  const double up_m = 0.5 * (above_m_ - below_m_) * tangent_y_;
  const Vec3 right_w = rotate(camera.quat_wc, {1, 0, 0});
  const Vec3 up_w = rotate(camera.quat_wc, {0, 1, 0});
  const Vec3 back_w = rotate(camera.quat_wc, {0, 0, 1});
  const auto eye = [&](float right, float up, float back) {
    return static_cast<double>(right) * aside_m + static_cast<double>(up) * up_m +
           static_cast<double>(back) * distance_m;
  };
  camera.eye_w_m = {eye(right_w.x, up_w.x, back_w.x), eye(right_w.y, up_w.y, back_w.y),
                    eye(right_w.z, up_w.z, back_w.z)};
  return camera;
}

render::Camera Overview::from_above() const {
  const double middle_x = empty_ ? 0 : 0.5 * (low_m_[0] + high_m_[0]);
  const double middle_y = empty_ ? 0 : 0.5 * (low_m_[1] + high_m_[1]);
  const double wide_m = empty_ ? 2 : high_m_[0] - low_m_[0];
  const double deep_m = empty_ ? 2 : high_m_[1] - low_m_[1];
  const double top_m = empty_ ? 1 : high_m_[2];
  const double height_m =
      kMargin * std::max(deep_m, wide_m / std::max(static_cast<double>(aspect_), 1e-3));
  render::Camera camera =
      render::look_at({middle_x, middle_y, top_m + height_m}, {middle_x, middle_y, top_m});
  camera.height_m = static_cast<float>(height_m);
  return camera;
}

render::Camera overview(const Scenery& scenery, const Moment& moment, float aspect) {
  Overview all;
  all.include(scenery, moment, aspect);
  return all.camera();
}

}  // namespace volery::view
