// orca: to the goal by the velocity nearest to the wish that keeps clear of everyone seen, all of
// whom do the same (orca_common.hpp). Bodies do not follow velocities at once, so that they keep a
// tracking error's width apart, rotorcraft more above and below (downwash), and look ahead no
// shorter than braking takes. Where a crowd leaves no such velocity, the least that has to give way
// does; but nobody ever closes in on another faster than half of what their gap over a braking
// time allows. Standing still always obeys that, and where both do they never touch.
#include <algorithm>
#include <optional>

#include "policy/avoid_common.hpp"
#include "policy/orca_common.hpp"
#include "policy/pilot_common.hpp"
#include "state/neighbor_columns.hpp"
#include "volery/policy.hpp"

namespace volery {

namespace {

using policy::HalfSpace;

// Two half spaces for each neighbor, one for each beam that is near something.
constexpr int kMostNeighbors = 32;
constexpr int kMostBeams = policy::kMostHalfSpaces - 2 * kMostNeighbors;
// What a rotorcraft strays from the velocity that it was told, as a share of its radius; measured
// with cf2x in goal_swap. A particle lags by its response alone, which is far less.
constexpr float kRotorcraftMargin = 0.7F;
constexpr float kParticleMargin = 0.3F;
// Rotorcraft keep this many times more apart above and below: the ellipsoid of J. Preiss et al.,
// "Downwash-aware trajectory planning for large quadrotor teams", IROS 2017, is 2.5 times as tall.
constexpr float kTallness = 2;
constexpr float kLeastHorizonS = 1.5F;
constexpr float kCruiseMps = 1.5F;
// Room to what a beam meets, beside the radius, and how fast it may be used up; the speed where
// obstacles are this near.
constexpr float kObstacleMarginM = 0.05F;
constexpr float kObstaclePerS = 1.2F;
constexpr float kMostRetreatMps = 0.5F;
constexpr float kObstacleNearM = 1.2F;
constexpr float kObstacleMps = 0.8F;
// The gap to another agent may close by half of its share of this time each; at four times the lag
// of the velocity it does so without overshoot.
constexpr float kGapS = 0.5F;
// Changes of velocity are asked for this many times larger than wished: a shorter lag, as far as
// the acceleration goes.
constexpr float kRotorcraftLead = 1.4F;
constexpr float kParticleLagS = 0.1F;
// Where somebody is in the way the wish is turned right by this much: breaks the ties of perfect
// symmetry, the same way for all.
constexpr float kTurnRight = 0.2F;

class OrcaPolicy final : public Policy {
 public:
  explicit OrcaPolicy(const PolicyContext& context)
      : pilot_(context, "orca"),
        radius_m_(context.vehicle.bounding_radius_m),
        speed_mps_(std::min(kCruiseMps, pilot_.max_speed_mps())),
        goal_(policy::need_group(context, "orca", "goal", 3)),
        velocity_(policy::need_group(context, "orca", "velocity", 3)),
        neighbors_(policy::need_group(context, "orca", "neighbors", kNeighborColumns)),
        num_neighbors_(
            std::min(context.group("neighbors").count / kNeighborColumns, kMostNeighbors)) {
    const bool flies = context.vehicle.kind() == VehicleKind::kRotorcraft;
    safe_radius_m_ = radius_m_ * (1 + (flies ? kRotorcraftMargin : kParticleMargin));
    tallness_ = flies ? kTallness : 1.0F;
    lead_ = flies ? kRotorcraftLead
                  : std::max(1.0F, context.vehicle.config.particle.response_s / kParticleLagS);
    // closing by distance over horizon takes a deceleration of speed over horizon
    const float brake_mps2 = flies ? kGravityMps2 * context.vehicle.gains.max_tilt_rad
                                   : context.vehicle.config.particle.max_acceleration_mps2;
    horizon_s_ = std::max(kLeastHorizonS, 2 * speed_mps_ / brake_mps2);
    const bool has_beams =
        context.group("rangefinder").count > 1 ||
        (context.group("rangefinder").count == 1 && context.group("lidar").count > 0);
    if (has_beams && context.group("pose").count > 0) {
      avoidance_.emplace(context, "orca");
    }
  }

  void act(const float* observation, std::ptrdiff_t observation_stride, float* action,
           std::ptrdiff_t action_stride, int num_rows, std::uint64_t /*seed*/,
           std::uint32_t /*step*/) const noexcept override {
    for (int row = 0; row < num_rows; ++row) {
      const float* const in = observation + row * observation_stride;
      const Vec3 own_w_mps = policy::read_vec3(in + velocity_);
      const Vec3 v = own_w_mps + (safe_velocity(in, own_w_mps) - own_w_mps) * lead_;
      pilot_.fly(pilot_.read(in), v, action + row * action_stride);
    }
  }

 private:
  [[nodiscard]] Vec3 safe_velocity(const float* in, Vec3 own_w_mps) const noexcept {
    const Vec3 offset_w_m = policy::read_vec3(in + goal_);
    // what does not give way comes first: obstacles, then gaps to agents
    HalfSpace spaces[policy::kMostHalfSpaces];
    float speed_mps = speed_mps_;
    int num = avoidance_ ? obstacle_spaces(in, spaces, &speed_mps) : 0;
    Vec3 wish_w_mps = pilot_.approach(offset_w_m, speed_mps);
    if (avoidance_) wish_w_mps = avoidance_->thread(in, offset_w_m, wish_w_mps);
    num += gap_spaces(in, spaces + num);
    const int first_soft = num;

    bool in_the_way = false;
    for (int k = 0; k < num_neighbors_; ++k) {
      const float* const columns = in + neighbors_ + k * kNeighborColumns;
      if (columns[6] == 0) continue;
      spaces[num] = policy::orca_half_space({.offset_m = policy::read_vec3(columns),
                                             .closing_mps = policy::read_vec3(columns + 3) * -1,
                                             .radius_m = 2 * safe_radius_m_,
                                             .horizon_s = horizon_s_,
                                             .tallness = tallness_},
                                            own_w_mps, 0.5F);
      in_the_way |= dot(wish_w_mps - spaces[num].point_mps, spaces[num].normal) < 0;
      ++num;
    }
    if (in_the_way) {
      // a way straight up or down has no right: the east will do
      const Vec3 right{wish_w_mps.y + 0.5F * wish_w_mps.z, -wish_w_mps.x, 0};
      wish_w_mps = wish_w_mps + right * kTurnRight;
    }
    return policy::safest_velocity(spaces, num, first_soft, speed_mps, wish_w_mps);
  }

  // half of what the gap allows, straight towards each agent
  int gap_spaces(const float* in, HalfSpace* spaces) const noexcept {
    int num = 0;
    for (int k = 0; k < num_neighbors_; ++k) {
      const float* const columns = in + neighbors_ + k * kNeighborColumns;
      const Vec3 offset = policy::read_vec3(columns);
      const float distance_m = policy::norm(offset);
      if (columns[6] == 0 || distance_m < 1e-4F) continue;
      const float gap_m = std::max(0.0F, distance_m - 2 * safe_radius_m_);
      const Vec3 towards = offset * (1 / distance_m);
      spaces[num++] = {towards * (0.5F * gap_m / kGapS), towards * -1};
    }
    return num;
  }

  // no faster towards what a beam meets than its distance allows
  int obstacle_spaces(const float* in, HalfSpace* spaces, float* speed_mps) const noexcept {
    int num = 0;
    avoidance_->for_each_beam(in, [&](Vec3 towards_w, float range_m) {
      const float allowed_mps =
          std::max(kObstaclePerS * (range_m - radius_m_ - kObstacleMarginM), -kMostRetreatMps);
      if (range_m < kObstacleNearM && towards_w.z == 0) {
        *speed_mps = std::min(speed_mps_, kObstacleMps);
      }
      if (allowed_mps > speed_mps_ || num == kMostBeams) return;
      spaces[num++] = {towards_w * allowed_mps, towards_w * -1};
    });
    return num;
  }

  policy::Pilot pilot_;
  std::optional<policy::Avoidance> avoidance_;  // where there are beams
  float radius_m_, speed_mps_;
  float safe_radius_m_ = 0, tallness_ = 1, horizon_s_ = 0, lead_ = 1;
  int goal_, velocity_, neighbors_;
  int num_neighbors_;
};

}  // namespace

extern const PolicyEntry policy_orca;
const PolicyEntry policy_orca{
    .name = "orca",
    .doc =
        "Optimal reciprocal collision avoidance in 3-D to the goal, with neighbors and, where "
        "there is one, the rangefinder.",
    .make = [](const PolicyContext& context) -> std::unique_ptr<Policy> {
      return std::make_unique<OrcaPolicy>(context);
    }};

}  // namespace volery
