// potential_field: downhill in the sum of a pull to the goal and pushes from what is near (O.
// Khatib, "Real-time obstacle avoidance for manipulators and mobile robots", IJRR 1986), taken as a
// velocity. Fast, and stuck where the forces balance: its deadlocks are what to measure it by.
#include <algorithm>
#include <optional>

#include "policy/avoid_common.hpp"
#include "policy/pilot_common.hpp"
#include "state/neighbor_columns.hpp"
#include "volery/policy.hpp"

namespace volery {

namespace {

constexpr float kCruiseMps = 1.5F;
// Agents and obstacles push within this distance of surfaces (Khatib's rho_0).
constexpr float kAgentReachM = 0.6F;
constexpr float kObstacleReachM = 0.5F;
// Strength of the push eta (1/d - 1/d0) / d^2: at half the reach it is as fast as the cruise.
constexpr float kAgentPush = 0.04F;
constexpr float kObstaclePush = 0.025F;
// Surfaces count as no nearer than this, so that the push stays finite.
constexpr float kLeastDistanceM = 0.03F;

/// Speed away from something at this distance between surfaces.
float push_mps(float distance_m, float reach_m, float strength) noexcept {
  const float d = std::max(distance_m, kLeastDistanceM);
  return d < reach_m ? strength * (1 / d - 1 / reach_m) / (d * d) : 0.0F;
}

class PotentialFieldPolicy final : public Policy {
 public:
  explicit PotentialFieldPolicy(const PolicyContext& context)
      : pilot_(context, "potential_field"),
        radius_m_(context.vehicle.bounding_radius_m),
        speed_mps_(std::min(kCruiseMps, pilot_.max_speed_mps())),
        goal_(policy::need_group(context, "potential_field", "goal", 3)),
        neighbors_(policy::need_group(context, "potential_field", "neighbors", kNeighborColumns)),
        num_neighbors_(context.group("neighbors").count / kNeighborColumns) {
    const bool sees = context.group("rangefinder").count > 1 && context.group("pose").count > 0 &&
                      context.group("velocity").count > 0;
    if (sees) avoidance_.emplace(context, "potential_field");
  }

  void act(const float* observation, std::ptrdiff_t observation_stride, float* action,
           std::ptrdiff_t action_stride, int num_rows, std::uint64_t /*seed*/,
           std::uint32_t /*step*/) const noexcept override {
    for (int row = 0; row < num_rows; ++row) {
      const float* const in = observation + row * observation_stride;
      // the pull is linear near the goal, constant far from it
      Vec3 v = pilot_.approach(policy::read_vec3(in + goal_), speed_mps_);
      for (int k = 0; k < num_neighbors_; ++k) {
        const float* const columns = in + neighbors_ + k * kNeighborColumns;
        const Vec3 offset = policy::read_vec3(columns);
        const float distance_m = policy::norm(offset);
        if (columns[6] == 0 || distance_m < 1e-4F) continue;
        const float speed = push_mps(distance_m - 2 * radius_m_, kAgentReachM, kAgentPush);
        v = v - offset * (speed / distance_m);
      }
      if (avoidance_) {
        avoidance_->for_each_beam(in, [&](Vec3 towards_w, float range_m) {
          v = v - towards_w * push_mps(range_m - radius_m_, kObstacleReachM, kObstaclePush);
        });
      }
      pilot_.fly(pilot_.read(in), policy::limited(v, speed_mps_), action + row * action_stride);
    }
  }

 private:
  policy::Pilot pilot_;
  std::optional<policy::Avoidance> avoidance_;  // where there are beams
  float radius_m_, speed_mps_;
  int goal_, neighbors_;
  int num_neighbors_;
};

}  // namespace

extern const PolicyEntry policy_potential_field;
const PolicyEntry policy_potential_field{
    .name = "potential_field",
    .doc = "Artificial potential field: pulled by the goal, pushed by neighbors and obstacles.",
    .make = [](const PolicyContext& context) -> std::unique_ptr<Policy> {
      return std::make_unique<PotentialFieldPolicy>(context);
    }};

}  // namespace volery
