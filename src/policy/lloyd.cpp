// lloyd: move to the centroid of the own Voronoi cell, among the neighbors seen (Cortes et al.,
// 2004), which descends the locational cost. Neighbors beyond the sensor's reach do not cut the
// cell.
#include <algorithm>

#include "policy/pilot_common.hpp"
#include "policy/spacing_common.hpp"
#include "policy/voronoi_common.hpp"
#include "state/task_columns.hpp"
#include "volery/policy.hpp"

namespace volery {

namespace {

constexpr float kCruiseMps = 1.0F;

class LloydPolicy final : public Policy {
 public:
  explicit LloydPolicy(const PolicyContext& context)
      : pilot_(context, "lloyd"),
        spacing_(context, "lloyd"),
        area_(policy::need_group(context, "lloyd", "task", kNumAreaColumns)),
        speed_mps_(std::min(kCruiseMps, pilot_.max_speed_mps())) {}

  void act(const float* observation, std::ptrdiff_t observation_stride, float* action,
           std::ptrdiff_t action_stride, int num_rows, std::uint64_t /*seed*/,
           std::uint32_t /*step*/) const noexcept override {
    for (int row = 0; row < num_rows; ++row) {
      const float* const in = observation + row * observation_stride;
      const float* const area = in + area_;
      policy::Polygon cell =
          policy::rectangle(-area[kAreaWest], -area[kAreaSouth], area[kAreaEast], area[kAreaNorth]);
      for (int k = 0; k < spacing_.num_slots(); ++k) {
        Vec3 offset;
        if (spacing_.neighbor(in, k, offset)) policy::cut_nearer_to(cell, offset.x, offset.y);
      }
      const policy::Centroid c = policy::centroid_of(cell);
      const Vec3 way{c.x, c.y, area[kAreaClimb]};
      const Vec3 safe = spacing_.keep(in, pilot_.approach(way, speed_mps_));
      pilot_.fly(pilot_.read(in), policy::limited(safe, pilot_.max_speed_mps()),
                 action + row * action_stride);
    }
  }

 private:
  policy::Pilot pilot_;
  policy::Spacing spacing_;
  int area_;
  float speed_mps_;
};

}  // namespace

extern const PolicyEntry policy_lloyd;
const PolicyEntry policy_lloyd{
    .name = "lloyd",
    .doc = "Moves to the centroid of its Voronoi cell; reads neighbors and the task's area.",
    .make = [](const PolicyContext& context) -> std::unique_ptr<Policy> {
      return std::make_unique<LloydPolicy>(context);
    }};

}  // namespace volery
