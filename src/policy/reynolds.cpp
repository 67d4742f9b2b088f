// reynolds: separation, alignment and cohesion, as one flock (flock_common.hpp), between walls that
// push like those of vasarhelyi. Constants are for 5 m/s; slower vehicles fly them at the same
// times and at lengths in proportion to their speed.
#include "policy/flock_view_common.hpp"
#include "volery/policy.hpp"

namespace volery {

namespace {

// Of the walls, as in vasarhelyi.
constexpr float kSmallTime = 0.3F;

class ReynoldsPolicy final : public Policy {
 public:
  explicit ReynoldsPolicy(const PolicyContext& context) : view_(context, "reynolds") {
    const float speed_mps = view_.max_speed_mps();
    if (view_.is_full_size()) return;
    params_ = params_.scaled(speed_mps / params_.most_mps, 1);
    walls_ = walls_.scaled(speed_mps / walls_.most_mps * kSmallTime, kSmallTime);
  }

  void act(const float* observation, std::ptrdiff_t observation_stride, float* action,
           std::ptrdiff_t action_stride, int num_rows, std::uint64_t /*seed*/,
           std::uint32_t /*step*/) const noexcept override {
    policy::FlockView::Known known;
    for (int row = 0; row < num_rows; ++row) {
      const float* const in = observation + row * observation_stride;
      const policy::Flock flock = view_.read(in, known);
      const Vec3 a = policy::reynolds_acceleration(params_, flock);
      const Vec3 v = policy::cruising(params_, flock.velocity_mps + a * view_.lag_s()) +
                     policy::wall_velocity(walls_, flock);
      view_.fly(in, v, action + row * action_stride);
    }
  }

 private:
  policy::FlockView view_;
  policy::ReynoldsParams params_;
  policy::VasarhelyiParams walls_;
};

}  // namespace

extern const PolicyEntry policy_reynolds;
const PolicyEntry policy_reynolds{
    .name = "reynolds",
    .doc = "Boids: separation, alignment and cohesion, pushed off walls.",
    .make = [](const PolicyContext& context) -> std::unique_ptr<Policy> {
      return std::make_unique<ReynoldsPolicy>(context);
    },
    .speaks = true};

}  // namespace volery
