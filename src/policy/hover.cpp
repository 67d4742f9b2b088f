// hover: fly to the goal and stay. Reads pose, velocity, rates and goal, as far as the action level
// needs them.
#include "policy/pilot_common.hpp"
#include "volery/policy.hpp"

namespace volery {

namespace {

class HoverPolicy final : public Policy {
 public:
  explicit HoverPolicy(const PolicyContext& context)
      : pilot_(context, "hover"), goal_(policy::need_group(context, "hover", "goal", 3)) {}

  void act(const float* observation, std::ptrdiff_t observation_stride, float* action,
           std::ptrdiff_t action_stride, int num_rows, std::uint64_t /*seed*/,
           std::uint32_t /*step*/) const noexcept override {
    for (int row = 0; row < num_rows; ++row) {
      const float* const in = observation + row * observation_stride;
      const Vec3 velocity_w_mps =
          pilot_.approach(policy::read_vec3(in + goal_), pilot_.max_speed_mps());
      pilot_.fly(pilot_.read(in), velocity_w_mps, action + row * action_stride);
    }
  }

 private:
  policy::Pilot pilot_;
  int goal_;
};

}  // namespace

extern const PolicyEntry policy_hover;
const PolicyEntry policy_hover{
    .name = "hover",
    .doc = "Cascaded proportional control to the goal, at any action level.",
    .make = [](const PolicyContext& context) -> std::unique_ptr<Policy> {
      return std::make_unique<HoverPolicy>(context);
    }};

}  // namespace volery
