// transport_slung: fly to the own place over the load, leaning against its pull.
//
// The law of the vehicle knows nothing of a cable: without help it would sink under the weight and
// be drawn to the middle. The pull of a load at rest follows from where it hangs and from its share
// of the agents' mass, so the velocity asked for is put beyond the wished one by what that pull
// takes off.
#include <algorithm>

#include "policy/pilot_common.hpp"
#include "state/task_columns.hpp"
#include "volery/policy.hpp"

namespace volery {

namespace {

// Faster than the load travels by default, slow enough not to make it swing.
constexpr float kCruiseMps = 1.0F;
// A load that hangs less below than this is not carried; it lies, or swings over the agent.
constexpr float kLeastDropM = 0.2F;

class SlungPolicy final : public Policy {
 public:
  explicit SlungPolicy(const PolicyContext& context)
      : pilot_(context, "transport_slung"),
        goal_(policy::need_group(context, "transport_slung", "goal", 3)),
        task_(policy::need_group(context, "transport_slung", "task", kNumLoadColumns)),
        speed_mps_(std::min(kCruiseMps, pilot_.max_speed_mps())) {}

  void act(const float* observation, std::ptrdiff_t observation_stride, float* action,
           std::ptrdiff_t action_stride, int num_rows, std::uint64_t /*seed*/,
           std::uint32_t /*step*/) const noexcept override {
    for (int row = 0; row < num_rows; ++row) {
      const float* const in = observation + row * observation_stride;
      Vec3 v = pilot_.approach(policy::read_vec3(in + goal_), speed_mps_);
      const Vec3 load = policy::read_vec3(in + task_ + kLoadX);
      if (load.z < -kLeastDropM) {
        // the cable pulls along itself, and its upright part carries a share of the weight
        const float pull_mps2 = in[task_ + kLoadShare] * kGravityMps2;
        const Vec3 pull = load * (pull_mps2 / -load.z);
        v.x -= pull.x / pilot_.velocity_per_s();
        v.y -= pull.y / pilot_.velocity_per_s();
        v.z -= pull.z / pilot_.climb_velocity_per_s();
      }
      pilot_.fly(pilot_.read(in), policy::limited(v, pilot_.max_speed_mps()),
                 action + row * action_stride);
    }
  }

 private:
  policy::Pilot pilot_;
  int goal_, task_;
  float speed_mps_;
};

}  // namespace

extern const PolicyEntry policy_transport_slung;
const PolicyEntry policy_transport_slung{
    .name = "transport_slung",
    .doc = "Flies to its place over the load, leaning against the pull of the cable.",
    .make = [](const PolicyContext& context) -> std::unique_ptr<Policy> {
      return std::make_unique<SlungPolicy>(context);
    }};

}  // namespace volery
