// vasarhelyi: optimized flocking in confined places (Vasarhelyi et al., 2018; flock_common.hpp).
//
// The column of parameters that they found for 4 m/s with a maximum of 6 m/s. Slower vehicles fly
// the same flock at 0.3 of its times, as their own lag is about 0.3 of the paper's 1 s, and at
// lengths in proportion to their speed: a Crazyflie at 0.1 of its lengths.
#include "policy/flock_view_common.hpp"
#include "volery/policy.hpp"

namespace volery {

namespace {

constexpr float kSmallTime = 0.3F;

class VasarhelyiPolicy final : public Policy {
 public:
  explicit VasarhelyiPolicy(const PolicyContext& context) : view_(context, "vasarhelyi") {
    const float speed = view_.max_speed_mps() / params_.most_mps;
    if (!view_.is_full_size()) params_ = params_.scaled(speed * kSmallTime, kSmallTime);
  }

  void act(const float* observation, std::ptrdiff_t observation_stride, float* action,
           std::ptrdiff_t action_stride, int num_rows, std::uint64_t /*seed*/,
           std::uint32_t /*step*/) const noexcept override {
    policy::FlockView::Known known;
    for (int row = 0; row < num_rows; ++row) {
      const float* const in = observation + row * observation_stride;
      const policy::Flock flock = view_.read(in, known);
      const Vec3 v = policy::vasarhelyi_velocity(params_, flock);
      view_.fly(in, v, action + row * action_stride);
    }
  }

 private:
  policy::FlockView view_;
  policy::VasarhelyiParams params_;
};

}  // namespace

extern const PolicyEntry policy_vasarhelyi;
const PolicyEntry policy_vasarhelyi{
    .name = "vasarhelyi",
    .doc =
        "Optimized flocking of Vasarhelyi et al., 2018: self-propulsion, repulsion, friction, "
        "walls.",
    .make = [](const PolicyContext& context) -> std::unique_ptr<Policy> {
      return std::make_unique<VasarhelyiPolicy>(context);
    },
    .speaks = true};

}  // namespace volery
