// foraging: take what is in sight, carry it home, go back to where there was more, else wander.
//
// A simpler rule than CPFA (Hecker, Moses, "Beyond pheromones: evolving error-tolerant, flexible,
// and scalable ant-inspired robot swarms", Swarm Intelligence 9, 2015): its site fidelity with the
// rate 4.27 of the example file of CPFA-ARGoS, and a correlated random walk in place of its two
// modes of search; no pheromones, since nobody is told anything.
#include <algorithm>
#include <cmath>

#include "core/math.hpp"
#include "core/rng.hpp"
#include "policy/pilot_common.hpp"
#include "policy/spacing_common.hpp"
#include "state/task_columns.hpp"
#include "volery/policy.hpp"

namespace volery {

namespace {

constexpr float kCruiseMps = 1.2F;
// An agent goes back to its last site where the Poisson distribution function of the items seen
// there exceeds a draw.
constexpr float kSiteRate = 4.27F;
// Spread of the rate of turn while wandering, drawn anew every second.
constexpr float kTurnRadps = 0.5F;
// The course that is steered is that of so much later.
constexpr float kLeadS = 0.5F;
// Edges nearer than this turn a wanderer inwards.
constexpr float kEdgeM = 0.8F;

// exp(-rate) * sum of rate^i / i! for i up to k
float poisson_at_most(float k, float rate) noexcept {
  float term = 1, sum = 1;
  for (float i = 1; i <= k && i < 100; i += 1) {
    term *= rate / i;
    sum += term;
  }
  return sum * exp(-rate);
}

class ForagingPolicy final : public Policy {
 public:
  explicit ForagingPolicy(const PolicyContext& context)
      : pilot_(context, "foraging"),
        spacing_(context, "foraging", 0.25F),
        velocity_(policy::need_group(context, "foraging", "velocity", 3)),
        task_(policy::need_group(context, "foraging", "task", kNumForagingColumns)),
        steps_per_turn_(static_cast<std::uint32_t>(std::max(1.0F, 1 / context.step_s + 0.5F))),
        speed_mps_(std::min(kCruiseMps, pilot_.max_speed_mps())) {}

  void act(const float* observation, std::ptrdiff_t observation_stride, float* action,
           std::ptrdiff_t action_stride, int num_rows, std::uint64_t seed,
           std::uint32_t step) const noexcept override {
    for (int row = 0; row < num_rows; ++row) {
      const float* const in = observation + row * observation_stride;
      const float* const seen = in + task_;
      Vec3 wished;
      if (seen[kForagingCarrying] != 0) {
        wished = towards(seen, kForagingNestX);
      } else if (seen[kForagingSeen] != 0) {
        wished = towards(seen, kForagingItemX);
      } else if (seen[kForagingSiteKnown] != 0 && returns(seen, row, seed)) {
        wished = towards(seen, kForagingSiteX);
      } else {
        wished = wander(in, row, seed, step);
      }
      const Vec3 safe = spacing_.keep(in, wished);
      pilot_.fly(pilot_.read(in), policy::limited(safe, pilot_.max_speed_mps()),
                 action + row * action_stride);
    }
  }

 private:
  [[nodiscard]] Vec3 towards(const float* seen, int column) const noexcept {
    return pilot_.approach({seen[column], seen[column + 1], seen[kAreaClimb]}, speed_mps_);
  }
  // the same answer for the whole way out
  [[nodiscard]] static bool returns(const float* seen, int row, std::uint64_t seed) noexcept {
    Rng rng(seed, 0, Stream::kAction, static_cast<std::uint32_t>(row),
            0x80000000U | static_cast<std::uint32_t>(seen[kForagingTrips]));
    return poisson_at_most(seen[kForagingSiteCount], kSiteRate) > rng.uniform();
  }
  // on along the present course, turning at a rate that lasts a second
  [[nodiscard]] Vec3 wander(const float* in, int row, std::uint64_t seed,
                            std::uint32_t step) const noexcept {
    const float* const seen = in + task_;
    Rng rng(seed, 0, Stream::kAction, static_cast<std::uint32_t>(row), step / steps_per_turn_);
    const float turn_rad = kTurnRadps * kLeadS * normal(rng);
    Vec3 course{in[velocity_], in[velocity_ + 1], 0};
    const float speed_mps = policy::norm(course);
    if (speed_mps < 0.1F) {
      const float heading_rad = rng.uniform(-kPi, kPi);
      course = {cos(heading_rad), sin(heading_rad), 0};
    } else {
      course = course * (1 / speed_mps);
    }
    const float c = cos(turn_rad), s = sin(turn_rad);
    course = {c * course.x - s * course.y, s * course.x + c * course.y, 0};
    if (seen[kAreaEast] < kEdgeM) course.x = -std::fabs(course.x) - 0.3F;
    if (seen[kAreaWest] < kEdgeM) course.x = std::fabs(course.x) + 0.3F;
    if (seen[kAreaNorth] < kEdgeM) course.y = -std::fabs(course.y) - 0.3F;
    if (seen[kAreaSouth] < kEdgeM) course.y = std::fabs(course.y) + 0.3F;
    const Vec3 climb = pilot_.approach({0, 0, seen[kAreaClimb]}, speed_mps_);
    const Vec3 level = policy::limited(course * (2 * speed_mps_), speed_mps_);
    return {level.x, level.y, climb.z};
  }

  policy::Pilot pilot_;
  policy::Spacing spacing_;
  int velocity_, task_;
  std::uint32_t steps_per_turn_;
  float speed_mps_;
};

}  // namespace

extern const PolicyEntry policy_foraging;
const PolicyEntry policy_foraging{
    .name = "foraging",
    .doc = "Carries items in sight home, returns to rich sites, else wanders.",
    .make = [](const PolicyContext& context) -> std::unique_ptr<Policy> {
      return std::make_unique<ForagingPolicy>(context);
    }};

}  // namespace volery
