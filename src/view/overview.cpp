// A camera from which everything can be seen.
#include <algorithm>
#include <cmath>

#include "view/compose.hpp"

namespace volery::view {

namespace {

constexpr double kLeastRadius_m = 0.6;  // a lone drone is not alone in an empty picture
constexpr double kMost_m = 1e4;         // planes and fly-aways do not count
constexpr std::array<double, 3> kFrom{-0.55, -0.68,
                                      0.48};  // south-west and above, about a unit vector

struct Box {
  std::array<double, 3> low{kMost_m, kMost_m, kMost_m}, high{-kMost_m, -kMost_m, -kMost_m};
  void include(Vec3 p, float radius_m = 0) {
    const double xyz[3] = {static_cast<double>(p.x), static_cast<double>(p.y),
                           static_cast<double>(p.z)};
    for (int i = 0; i < 3; ++i) {
      if (!(std::abs(xyz[i]) < kMost_m)) return;
    }
    const auto r = static_cast<double>(radius_m);
    for (std::size_t i = 0; i < 3; ++i) {
      low[i] = std::min(low[i], xyz[i] - r);
      high[i] = std::max(high[i], xyz[i] + r);
    }
  }
  [[nodiscard]] bool empty() const { return low[0] > high[0]; }
};

}  // namespace

render::Camera overview(const Scenery& scenery, const Moment& moment, float aspect) {
  Box box;
  for (const AgentPose& agent : moment.agents) {
    if (agent.present) box.include(agent.position_w_m, 0.2F);
  }
  for (const Vec3 goal : moment.goals_w_m) box.include(goal);
  for (const PropPose& prop : moment.props) {
    if (prop.present) box.include(prop.position_w_m, 0.2F);
  }
  for (const Landmark& landmark : moment.landmarks)
    box.include(landmark.position_w_m, landmark.radius_m);
  for (const Primitive& solid : scenery.stage.scene.statics) {
    if (solid.kind == PrimitiveKind::kPlane) continue;
    // walls around a hall are no reason to stand outside of it: what is larger than a room is not
    // framed
    const float reach_m = 0.5F * std::max({solid.size_m[0], solid.size_m[1], solid.size_m[2]});
    if (reach_m > 4 || solid.kind == PrimitiveKind::kHull || solid.kind == PrimitiveKind::kMesh)
      continue;
    box.include({solid.position_w_m[0], solid.position_w_m[1], solid.position_w_m[2]}, 0.5F);
  }
  if (box.empty()) box.include({0, 0, 1});
  std::array<double, 3> middle{};
  double radius_m = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    middle[i] = 0.5 * (box.low[i] + box.high[i]);
    radius_m += 0.25 * (box.high[i] - box.low[i]) * (box.high[i] - box.low[i]);
  }
  radius_m = std::max(std::sqrt(radius_m), kLeastRadius_m);
  // the sphere around the box fits the narrower side of the picture
  const render::Camera level{};
  const double half =
      0.5 * static_cast<double>(level.fov_y_rad) * std::min(1.0, static_cast<double>(aspect));
  const double distance_m = 0.92 * radius_m / std::sin(half);
  return render::look_at({middle[0] + kFrom[0] * distance_m, middle[1] + kFrom[1] * distance_m,
                          middle[2] + kFrom[2] * distance_m},
                         middle);
}

}  // namespace volery::view
