// dispatch: take the job that is nearest, unless a neighbor is nearer still, and charge in time.
//
// Greedy and local: an agent knows of others only where they are. A job is left to a neighbor that
// has the shorter way until it has waited a while, since that neighbor may be busy.
#include <algorithm>

#include "policy/pilot_common.hpp"
#include "policy/spacing_common.hpp"
#include "state/task_columns.hpp"
#include "volery/policy.hpp"

namespace volery {

namespace {

// That of the dispatcher who knows all arrivals.
constexpr float kCruiseMps = 1.0F;
// Below the first an agent goes to charge, above the second it may leave its station.
constexpr float kLowCharge = 0.4F;
constexpr float kGoodCharge = 0.9F;
constexpr float kAtHomeM = 0.3F;
// A job is left to a nearer neighbor for so long.
constexpr float kPatienceS = 4.0F;

class DispatchPolicy final : public Policy {
 public:
  explicit DispatchPolicy(const PolicyContext& context)
      : pilot_(context, "dispatch"),
        spacing_(context, "dispatch", 0.25F),
        task_(policy::need_group(context, "dispatch", "task", kNumDispatchColumns)),
        speed_mps_(std::min(kCruiseMps, pilot_.max_speed_mps())) {}

  void act(const float* observation, std::ptrdiff_t observation_stride, float* action,
           std::ptrdiff_t action_stride, int num_rows, std::uint64_t /*seed*/,
           std::uint32_t /*step*/) const noexcept override {
    for (int row = 0; row < num_rows; ++row) {
      const float* const in = observation + row * observation_stride;
      Vec3 way = target(in);
      way.z = in[task_ + kAreaClimb];
      const Vec3 safe = spacing_.keep(in, pilot_.approach(way, speed_mps_));
      pilot_.fly(pilot_.read(in), policy::limited(safe, pilot_.max_speed_mps()),
                 action + row * action_stride);
    }
  }

 private:
  [[nodiscard]] Vec3 target(const float* in) const noexcept {
    const float* const seen = in + task_;
    const Vec3 home{seen[kDispatchHomeX], seen[kDispatchHomeY], 0};
    if (seen[kDispatchCarrying] != 0) return {seen[kDispatchToX], seen[kDispatchToY], 0};
    const bool at_home = policy::norm(home) < kAtHomeM;
    if (seen[kDispatchCharge] < (at_home ? kGoodCharge : kLowCharge)) return home;
    Vec3 best = home;
    float least_m = 1e9F;
    for (int k = 0; k < kShownJobs; ++k) {
      const float* const job = seen + kDispatchJobs + k * kNumJobColumns;
      if (job[kJobOpen] == 0) continue;
      const Vec3 way{job[kJobFromX], job[kJobFromY], 0};
      if (policy::norm(way) >= least_m) continue;
      if (job[kJobAge] < kPatienceS && is_foreign(in, way)) continue;
      least_m = policy::norm(way);
      best = way;
    }
    return best;
  }
  [[nodiscard]] bool is_foreign(const float* in, Vec3 way) const noexcept {
    for (int k = 0; k < spacing_.num_slots(); ++k) {
      Vec3 offset;
      if (!spacing_.neighbor(in, k, offset)) continue;
      const Vec3 theirs{way.x - offset.x, way.y - offset.y, 0};
      if (dot(theirs, theirs) < dot(way, way)) return true;
    }
    return false;
  }

  policy::Pilot pilot_;
  policy::Spacing spacing_;
  int task_;
  float speed_mps_;
};

}  // namespace

extern const PolicyEntry policy_dispatch;
const PolicyEntry policy_dispatch{
    .name = "dispatch",
    .doc = "Takes the nearest job that no neighbor is nearer to, and charges in time.",
    .make = [](const PolicyContext& context) -> std::unique_ptr<Policy> {
      return std::make_unique<DispatchPolicy>(context);
    }};

}  // namespace volery
