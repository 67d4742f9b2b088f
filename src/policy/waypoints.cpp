// waypoints: fly through the goal without stopping there, since the next waypoint follows.
#include "policy/pilot_common.hpp"
#include "volery/policy.hpp"

namespace volery {

namespace {

// Aims this far beyond the waypoint, so that the speed does not go to nothing at it.
constexpr float kOvershootM = 0.3F;

class WaypointsPolicy final : public Policy {
 public:
  explicit WaypointsPolicy(const PolicyContext& context)
      : pilot_(context, "waypoints"), goal_(policy::need_group(context, "waypoints", "goal", 3)) {}

  void act(const float* observation, std::ptrdiff_t observation_stride, float* action,
           std::ptrdiff_t action_stride, int num_rows, std::uint64_t /*seed*/,
           std::uint32_t /*step*/) const noexcept override {
    for (int row = 0; row < num_rows; ++row) {
      const float* const in = observation + row * observation_stride;
      const Vec3 offset_w_m = policy::read_vec3(in + goal_);
      const float distance_m = policy::norm(offset_w_m);
      const Vec3 beyond_w_m =
          distance_m > 0 ? offset_w_m * (1 + kOvershootM / distance_m) : offset_w_m;
      pilot_.fly(pilot_.read(in), pilot_.approach(beyond_w_m, pilot_.max_speed_mps()),
                 action + row * action_stride);
    }
  }

 private:
  policy::Pilot pilot_;
  int goal_;
};

}  // namespace

extern const PolicyEntry policy_waypoints;
const PolicyEntry policy_waypoints{
    .name = "waypoints",
    .doc = "Cascaded proportional control through the goal, at any action level.",
    .make = [](const PolicyContext& context) -> std::unique_ptr<Policy> {
      return std::make_unique<WaypointsPolicy>(context);
    }};

}  // namespace volery
