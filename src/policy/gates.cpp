// gates: fly through the goals that lead through each gate, as fast as the next turn allows, and
// give way to racers nearby as in orca.
//
// The goal stands before a gate until the racer is on its axis, then behind it. Which way it turns
// there is not known, so that every goal is passed at a speed that can be turned in a meter or so.
#include <algorithm>
#include <cmath>

#include "policy/orca_common.hpp"
#include "policy/pilot_common.hpp"
#include "state/neighbor_columns.hpp"
#include "volery/policy.hpp"

namespace volery {

namespace {

constexpr int kMostNeighbors = 16;
// Share of the greatest speed, of which some is left for corrections.
constexpr float kCruise = 0.9F;
// Speed at goals: a turn within the meter between two of them takes 2 m/s^2.
constexpr float kTurnShare = 0.5F;
constexpr float kTurnMps = 1.3F;
// Share of the acceleration at the greatest tilt that braking counts on.
constexpr float kGrip = 0.4F;
constexpr float kMargin = 0.5F;  // beside the radius, as a share of it
constexpr float kHorizonS = 1;
// Who is nearer to the same goal goes first: others keep this far behind, in radii of both, and
// close up no faster than the rest of the gap allows.
constexpr float kQueueRadii = 2.5F;
constexpr float kQueueS = 0.5F;

class GatesPolicy final : public Policy {
 public:
  explicit GatesPolicy(const PolicyContext& context)
      : pilot_(context, "gates"),
        radius_m_(context.vehicle.bounding_radius_m),
        safe_radius_m_((1 + kMargin) * context.vehicle.bounding_radius_m),
        speed_mps_(kCruise * pilot_.max_speed_mps()),
        goal_(policy::need_group(context, "gates", "goal", 3)),
        velocity_(policy::need_group(context, "gates", "velocity", 3)) {
    brake_mps2_ = kGrip * kGravityMps2 * context.vehicle.gains.max_tilt_rad;
    const ColumnRange neighbors = context.group("neighbors");
    neighbors_ = neighbors.first;
    num_neighbors_ = std::min(neighbors.count / kNeighborColumns, kMostNeighbors);
  }

  void act(const float* observation, std::ptrdiff_t observation_stride, float* action,
           std::ptrdiff_t action_stride, int num_rows, std::uint64_t /*seed*/,
           std::uint32_t /*step*/) const noexcept override {
    for (int row = 0; row < num_rows; ++row) {
      const float* const in = observation + row * observation_stride;
      const Vec3 own_w_mps = policy::read_vec3(in + velocity_);
      const Vec3 offset_w_m = policy::read_vec3(in + goal_);
      const Vec3 wish_w_mps =
          policy::limited(wish(offset_w_m, own_w_mps), queue_speed(in, offset_w_m));
      pilot_.fly(pilot_.read(in), clear_of_others(in, own_w_mps, wish_w_mps),
                 action + row * action_stride);
    }
  }

 private:
  [[nodiscard]] Vec3 wish(Vec3 offset_w_m, Vec3 own_w_mps) const noexcept {
    const float distance_m = policy::norm(offset_w_m);
    if (distance_m < 1e-4F) return own_w_mps;
    const Vec3 towards = offset_w_m * (1 / distance_m);
    const Vec3 aside = own_w_mps - towards * dot(own_w_mps, towards);
    const float turn_mps = std::min(kTurnShare * speed_mps_, kTurnMps);
    const float most_mps = std::sqrt(turn_mps * turn_mps + 2 * brake_mps2_ * distance_m);
    return towards * std::min(speed_mps_, most_mps) - aside * 0.5F;
  }

  // slow behind those who are nearer to the goal: a gate lets one through at a time
  [[nodiscard]] float queue_speed(const float* in, Vec3 goal_w_m) const noexcept {
    float most_mps = pilot_.max_speed_mps();
    const float own_m = policy::norm(goal_w_m);
    for (int k = 0; k < num_neighbors_; ++k) {
      const float* const columns = in + neighbors_ + k * kNeighborColumns;
      const Vec3 offset = policy::read_vec3(columns);
      const bool ahead = policy::norm(goal_w_m - offset) < own_m && dot(offset, goal_w_m) > 0;
      if (columns[6] == 0 || !ahead) continue;
      const float gap_m = policy::norm(offset) - 2 * kQueueRadii * radius_m_;
      most_mps = std::min(most_mps, std::max(0.0F, gap_m) / kQueueS);
    }
    return most_mps;
  }

  [[nodiscard]] Vec3 clear_of_others(const float* in, Vec3 own_w_mps,
                                     Vec3 wish_w_mps) const noexcept {
    policy::HalfSpace spaces[kMostNeighbors];
    int num = 0;
    for (int k = 0; k < num_neighbors_; ++k) {
      const float* const columns = in + neighbors_ + k * kNeighborColumns;
      if (columns[6] == 0) continue;
      spaces[num++] = policy::orca_half_space({.offset_m = policy::read_vec3(columns),
                                               .closing_mps = policy::read_vec3(columns + 3) * -1,
                                               .radius_m = 2 * safe_radius_m_,
                                               .horizon_s = kHorizonS,
                                               .tallness = 2},
                                              own_w_mps, 0.5F);
    }
    return policy::safest_velocity(spaces, num, 0, pilot_.max_speed_mps(), wish_w_mps);
  }

  policy::Pilot pilot_;
  float radius_m_, safe_radius_m_, speed_mps_;
  float brake_mps2_ = 0;
  int goal_, velocity_, neighbors_ = -1;
  int num_neighbors_ = 0;
};

}  // namespace

extern const PolicyEntry policy_gates;
const PolicyEntry policy_gates{
    .name = "gates",
    .doc = "Flies through gates as fast as turns allow, and gives way to other racers.",
    .make = [](const PolicyContext& context) -> std::unique_ptr<Policy> {
      return std::make_unique<GatesPolicy>(context);
    }};

}  // namespace volery
