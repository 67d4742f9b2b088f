// patrol: fly to the cell nearby that has waited longest for its distance.
//
// A local rule without memory, in the manner of ants that mark where they were (Glad, Simonin,
// Buffet, Charpillet, "Theoretical study of ant-based algorithms for multi-agent patrolling", ECAI
// 2008): only the marks around the agent are read. A cell to which a neighbor has the shorter way
// is left to it.
#include <algorithm>

#include "policy/pilot_common.hpp"
#include "policy/spacing_common.hpp"
#include "state/task_columns.hpp"
#include "volery/policy.hpp"

namespace volery {

namespace {

constexpr float kCruiseMps = 1.2F;
// What a meter of way is worth in seconds of age, and a cell ahead against one behind.
constexpr float kWayS = 3.0F;
constexpr float kCourseS = 2.0F;
// Ages of cells that are a neighbor's, as a share.
constexpr float kForeign = 0.3F;
// Aims this far beyond the cell's middle, so that the speed does not go to nothing at it.
constexpr float kOvershootM = 0.4F;

class PatrolPolicy final : public Policy {
 public:
  explicit PatrolPolicy(const PolicyContext& context)
      : pilot_(context, "patrol"),
        spacing_(context, "patrol", 0.3F),
        velocity_(policy::need_group(context, "patrol", "velocity", 3)),
        task_(policy::need_group(context, "patrol", "task", kNumPatrolColumns)),
        speed_mps_(std::min(kCruiseMps, pilot_.max_speed_mps())) {}

  void act(const float* observation, std::ptrdiff_t observation_stride, float* action,
           std::ptrdiff_t action_stride, int num_rows, std::uint64_t /*seed*/,
           std::uint32_t /*step*/) const noexcept override {
    for (int row = 0; row < num_rows; ++row) {
      const float* const in = observation + row * observation_stride;
      Vec3 way = target(in);
      const float distance_m = policy::norm(way);
      if (distance_m > 1e-3F) way = way * (1 + kOvershootM / distance_m);
      way.z = in[task_ + kAreaClimb];
      const Vec3 safe = spacing_.keep(in, pilot_.approach(way, speed_mps_));
      pilot_.fly(pilot_.read(in), policy::limited(safe, pilot_.max_speed_mps()),
                 action + row * action_stride);
    }
  }

 private:
  [[nodiscard]] bool is_foreign(const float* in, Vec3 cell) const noexcept {
    const float own2 = dot(cell, cell);
    for (int k = 0; k < spacing_.num_slots(); ++k) {
      Vec3 offset;
      if (!spacing_.neighbor(in, k, offset)) continue;
      const Vec3 apart{cell.x - offset.x, cell.y - offset.y, 0};
      if (dot(apart, apart) < own2) return true;
    }
    return false;
  }

  // the way to the cell to visit, level
  [[nodiscard]] Vec3 target(const float* in) const noexcept {
    const float* const columns = in + task_;
    const Vec3 course = policy::limited(policy::read_vec3(in + velocity_), 1);
    const float size_m = columns[kPatrolCellSize];
    constexpr int kReach = kPatrolWindow / 2;
    float most = -1e9F;
    Vec3 best;
    for (int i = 0; i < kPatrolWindow * kPatrolWindow; ++i) {
      float age_s = columns[kPatrolAges + i];
      if (age_s < 0) continue;
      const Vec3 cell{
          columns[kPatrolCellX] + size_m * static_cast<float>(i % kPatrolWindow - kReach),
          columns[kPatrolCellY] + size_m * static_cast<float>(i / kPatrolWindow - kReach), 0};
      const float distance_m = policy::norm(cell);
      if (is_foreign(in, cell)) age_s *= kForeign;
      const float ahead = distance_m > 1e-3F ? dot(cell, course) / distance_m : 0.0F;
      const float worth = age_s - kWayS * distance_m + kCourseS * ahead;
      if (worth <= most) continue;
      most = worth;
      best = cell;
    }
    return best;
  }

  policy::Pilot pilot_;
  policy::Spacing spacing_;
  int velocity_, task_;
  float speed_mps_;
};

}  // namespace

extern const PolicyEntry policy_patrol;
const PolicyEntry policy_patrol{
    .name = "patrol",
    .doc = "Flies to the oldest cell nearby that no neighbor is nearer to; reads the marks around.",
    .make = [](const PolicyContext& context) -> std::unique_ptr<Policy> {
      return std::make_unique<PatrolPolicy>(context);
    }};

}  // namespace volery
