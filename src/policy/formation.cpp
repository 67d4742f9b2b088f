// formation: fly to the slot round obstacles and other agents, with what the agent itself sees.
// Where the task tells no goal but the own slot, keep the formation by what is heard
// (heard_formation_common.hpp).
#include <algorithm>

#include "policy/avoid_common.hpp"
#include "policy/heard_formation_common.hpp"
#include "policy/pilot_common.hpp"
#include "policy/silent_common.hpp"
#include "volery/policy.hpp"

namespace volery {

namespace {

// Faster than the slots travel, slow enough to stop within the range of sight.
constexpr float kCruiseMps = 1.0F;

class FormationPolicy final : public Policy {
 public:
  explicit FormationPolicy(const PolicyContext& context)
      : pilot_(context, "formation"),
        avoidance_(context, "formation"),
        goal_(policy::need_group(context, "formation", "goal", 3)),
        speed_mps_(std::min(kCruiseMps, pilot_.max_speed_mps())) {}

  void act(const float* observation, std::ptrdiff_t observation_stride, float* action,
           std::ptrdiff_t action_stride, int num_rows, std::uint64_t /*seed*/,
           std::uint32_t /*step*/) const noexcept override {
    for (int row = 0; row < num_rows; ++row) {
      const float* const in = observation + row * observation_stride;
      const Vec3 offset_w_m = policy::read_vec3(in + goal_);
      const Vec3 wished_w_mps = pilot_.approach(offset_w_m, speed_mps_);
      const Vec3 safe_w_mps =
          avoidance_.avoid(in, offset_w_m, wished_w_mps, pilot_.position_per_s());
      pilot_.fly(pilot_.read(in), policy::limited(safe_w_mps, pilot_.max_speed_mps()),
                 action + row * action_stride);
    }
  }

 private:
  policy::Pilot pilot_;
  policy::Avoidance avoidance_;
  int goal_;
  float speed_mps_;
};

std::unique_ptr<Policy> make(const PolicyContext& context) {
  if (policy::HeardFormation::fits(context)) {
    return std::make_unique<policy::HeardFormation>(context, "formation");
  }
  auto seeing = std::make_unique<FormationPolicy>(context);
  const OutboxColumns& outbox = context.outbox;
  if (!outbox.any()) return seeing;
  // who sees has nothing to say
  const int end = std::max(
      {outbox.data.first + outbox.data.count, outbox.send + 1, outbox.to + 1, outbox.channel + 1});
  return std::make_unique<policy::SilentPolicy>(std::move(seeing), context.num_actions, end);
}

}  // namespace

extern const PolicyEntry policy_formation;
const PolicyEntry policy_formation{
    .name = "formation",
    .doc =
        "Flies to the slot and avoids obstacles and agents with neighbors and rangefinder; where "
        "states are heard, keeps the formation by them.",
    .make = make,
    .speaks = true};

}  // namespace volery
