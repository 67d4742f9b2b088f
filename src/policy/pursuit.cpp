// pursuit: lead the evader and spread out, in the manner of M. Janosov et al., "Group chasing
// tactics", New Journal of Physics 2017, with the constants of its use against the evader of de
// Souza et al., 2021: a lead of at most 2 s, pushes within 2.5 m from one chaser to another, half
// as strong as the chase.
#include <algorithm>

#include "policy/pilot_common.hpp"
#include "state/neighbor_columns.hpp"
#include "volery/policy.hpp"

namespace volery {

namespace {

constexpr float kMostLeadS = 2;
constexpr float kSpreadReachM = 2.5F;
constexpr float kSpreadGain = 0.5F;
// Nearer than this to the evader chasers no longer make room for each other.
constexpr float kDiveM = 0.8F;
// The neighbor within this distance of the goal is the evader, whose velocity is so known.
constexpr float kSameM = 0.05F;

class PursuitPolicy final : public Policy {
 public:
  explicit PursuitPolicy(const PolicyContext& context)
      : pilot_(context, "pursuit"),
        velocity_(policy::need_group(context, "pursuit", "velocity", 3)),
        goal_(policy::need_group(context, "pursuit", "goal", 3)),
        neighbors_(policy::need_group(context, "pursuit", "neighbors", kNeighborColumns)),
        num_neighbors_(context.group("neighbors").count / kNeighborColumns) {}

  void act(const float* observation, std::ptrdiff_t observation_stride, float* action,
           std::ptrdiff_t action_stride, int num_rows, std::uint64_t /*seed*/,
           std::uint32_t /*step*/) const noexcept override {
    for (int row = 0; row < num_rows; ++row) {
      const float* const in = observation + row * observation_stride;
      pilot_.fly(pilot_.read(in), chase(in), action + row * action_stride);
    }
  }

 private:
  [[nodiscard]] Vec3 chase(const float* in) const noexcept {
    const Vec3 evader_m = policy::read_vec3(in + goal_);
    const Vec3 own_w_mps = policy::read_vec3(in + velocity_);
    const float distance_m = policy::norm(evader_m);
    const float speed_mps = pilot_.max_speed_mps();
    Vec3 evader_w_mps, spread;
    for (int k = 0; k < num_neighbors_; ++k) {
      const float* const columns = in + neighbors_ + k * kNeighborColumns;
      if (columns[6] == 0) continue;
      const Vec3 offset = policy::read_vec3(columns);
      if (policy::norm(offset - evader_m) < kSameM) {
        evader_w_mps = own_w_mps + policy::read_vec3(columns + 3);
        continue;
      }
      const float apart_m = policy::norm(offset);
      if (apart_m < 1e-4F || apart_m > kSpreadReachM) continue;
      spread = spread - offset * ((1 - apart_m / kSpreadReachM) / apart_m);
    }

    // where it will be when this chaser can be there
    const float lead_s = std::min(kMostLeadS, distance_m / speed_mps);
    const Vec3 ahead = evader_m + evader_w_mps * lead_s;
    const float ahead_m = policy::norm(ahead);
    // past the chaser, or very near: straight at it
    const bool straight = distance_m < kDiveM || ahead_m < 1e-3F || dot(ahead, evader_m) <= 0;
    const Vec3 target = straight ? evader_m : ahead;
    const float target_m = std::max(policy::norm(target), 1e-4F);
    const float gain = distance_m < kDiveM ? 0.0F : kSpreadGain;
    const Vec3 wish = target * (1 / target_m) + spread * gain;
    return wish * (speed_mps / std::max(policy::norm(wish), 1e-4F));
  }

  policy::Pilot pilot_;
  int velocity_, goal_, neighbors_;
  int num_neighbors_;
};

}  // namespace

extern const PolicyEntry policy_pursuit;
const PolicyEntry policy_pursuit{
    .name = "pursuit",
    .doc = "Chases the goal with a lead, and spreads out from other chasers.",
    .make = [](const PolicyContext& context) -> std::unique_ptr<Policy> {
      return std::make_unique<PursuitPolicy>(context);
    }};

}  // namespace volery
