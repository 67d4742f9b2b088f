// transport: go behind the load and push it towards its goal.
//
// In the manner of Chen, Gauci, Li, Kolling, Gross, "Occlusion-based cooperative transport with a
// swarm of miniature mobile robots" (IEEE Transactions on Robotics 31(2), 2015): who stands where
// the load is between itself and the goal pushes, everyone else goes round the load until that is
// so. Nobody talks.
#include <algorithm>
#include <cmath>

#include "policy/pilot_common.hpp"
#include "policy/spacing_common.hpp"
#include "state/task_columns.hpp"
#include "volery/policy.hpp"

namespace volery {

namespace {

// Pushes where the cosine of the angle between "behind" and "where I am" is above this.
constexpr float kBehind = 0.75F;
// Way around the load, as far outside of it and as fast as this.
constexpr float kRoundM = 0.2F;
constexpr float kRoundMps = 1.0F;
// Pulls back to the middle of the load's back, and apart from the others there.
constexpr float kCenterPerS = 1.0F;
constexpr float kAcrossPerS = 4.0F;
constexpr float kHalfBackM = 0.25F;
constexpr float kApartM = 0.16F;
constexpr float kApartPerS = 3.0F;

class TransportPolicy final : public Policy {
 public:
  explicit TransportPolicy(const PolicyContext& context)
      : pilot_(context, "transport"),
        spacing_(context, "transport", 0.03F),
        task_(policy::need_group(context, "transport", "task", kNumLoadColumns)) {}

  void act(const float* observation, std::ptrdiff_t observation_stride, float* action,
           std::ptrdiff_t action_stride, int num_rows, std::uint64_t /*seed*/,
           std::uint32_t /*step*/) const noexcept override {
    for (int row = 0; row < num_rows; ++row) {
      const float* const in = observation + row * observation_stride;
      const float* const seen = in + task_;
      const Vec3 from_load{-seen[kLoadX], -seen[kLoadY], 0};
      const Vec3 to_goal{seen[kLoadGoalX], seen[kLoadGoalY], 0};
      const float radius_m = policy::norm(from_load), way_m = policy::norm(to_goal);
      const Vec3 ahead = way_m > 1e-3F ? to_goal * (1 / way_m) : Vec3{1, 0, 0};
      const Vec3 out = radius_m > 1e-3F ? from_load * (1 / radius_m) : Vec3{-1, 0, 0};
      const bool behind = -dot(out, ahead) > kBehind;
      Vec3 v = behind ? push(in, from_load, ahead)
                      : spacing_.keep(in, round(seen, out, ahead, radius_m));
      v.z = pilot_.approach({0, 0, seen[kLoadZ]}, kRoundMps).z;
      pilot_.fly(pilot_.read(in), policy::limited(v, pilot_.max_speed_mps()),
                 action + row * action_stride);
    }
  }

 private:
  [[nodiscard]] Vec3 push(const float* in, Vec3 from_load, Vec3 ahead) const noexcept {
    const Vec3 left{-ahead.y, ahead.x, 0};
    const float aside_m = dot(from_load, left);
    const float excess_m = std::fabs(aside_m) - kHalfBackM;
    // who stands aside of the load's back would miss it: across first, then ahead
    const bool misses = excess_m > 0;
    float aside_mps = -(misses ? kAcrossPerS : kCenterPerS) * aside_m;
    for (int k = 0; k < spacing_.num_slots(); ++k) {
      Vec3 offset;
      if (!spacing_.neighbor(in, k, offset) || policy::norm(offset) > 2 * kApartM) continue;
      const float beside_m = dot(offset, left);
      const float lack_m = kApartM - std::fabs(beside_m);
      if (lack_m > 0) aside_mps -= kApartPerS * (beside_m > 0 ? lack_m : -lack_m);
    }
    const float ahead_mps = misses ? 0.0F : pilot_.max_speed_mps();
    return ahead * ahead_mps + left * aside_mps;
  }
  // the shorter way round, at some distance from the load
  [[nodiscard]] static Vec3 round(const float* seen, Vec3 out, Vec3 ahead,
                                  float radius_m) noexcept {
    const Vec3 left{-out.y, out.x, 0};
    // behind is at -ahead: turn towards it
    const Vec3 along = dot(left, ahead) > 0 ? left * -1.0F : left;
    const float wished_m = seen[kLoadRadius] + kRoundM;
    const Vec3 inwards = out * (2 * (wished_m - radius_m));
    // who is far comes near first
    const float share = radius_m > 2 * wished_m ? 0.3F : 1.0F;
    return along * (share * kRoundMps) + policy::limited(inwards, kRoundMps);
  }

  policy::Pilot pilot_;
  policy::Spacing spacing_;
  int task_;
};

}  // namespace

extern const PolicyEntry policy_transport;
const PolicyEntry policy_transport{
    .name = "transport",
    .doc = "Goes behind the load and pushes it towards its goal, without talking.",
    .make = [](const PolicyContext& context) -> std::unique_ptr<Policy> {
      return std::make_unique<TransportPolicy>(context);
    }};

}  // namespace volery
