// vicsek: everyone at the same speed, in the mean direction of those seen, with noise (Vicsek et
// al., 1995; flock_common.hpp), between walls that push like those of vasarhelyi. Nothing keeps its
// points apart: with bodies they collide, which is what to compare the other rules with.
#include <algorithm>

#include "core/rng.hpp"
#include "policy/flock_view_common.hpp"
#include "volery/policy.hpp"

namespace volery {

namespace {

constexpr float kNoiseRad = 0.5F;
constexpr float kCruise = 2.0F / 3;  // of the greatest speed, as in vasarhelyi
constexpr float kFullMps = 4;        // and no faster
constexpr float kSightM = 1e6F;      // all that the sensor tells of
constexpr float kSmallTime = 0.3F;

class VicsekPolicy final : public Policy {
 public:
  explicit VicsekPolicy(const PolicyContext& context) : view_(context, "vicsek") {
    cruise_mps_ = std::min(kCruise * view_.max_speed_mps(), kFullMps);
    const float speed = view_.max_speed_mps() / walls_.most_mps;
    if (!view_.is_full_size()) walls_ = walls_.scaled(speed * kSmallTime, kSmallTime);
  }

  void act(const float* observation, std::ptrdiff_t observation_stride, float* action,
           std::ptrdiff_t action_stride, int num_rows, std::uint64_t seed,
           std::uint32_t step) const noexcept override {
    policy::FlockView::Known known;
    for (int row = 0; row < num_rows; ++row) {
      const float* const in = observation + row * observation_stride;
      const policy::Flock flock = view_.read(in, known);
      Rng rng(seed, 0, Stream::kAction, static_cast<std::uint32_t>(row), step);
      const Vec3 heading = policy::vicsek_heading(flock, kSightM, kNoiseRad, rng);
      const Vec3 v = heading * cruise_mps_ + policy::wall_velocity(walls_, flock);
      view_.fly(in, v, action + row * action_stride);
    }
  }

 private:
  policy::FlockView view_;
  policy::VasarhelyiParams walls_;
  float cruise_mps_ = 0;
};

}  // namespace

extern const PolicyEntry policy_vicsek;
const PolicyEntry policy_vicsek{
    .name = "vicsek",
    .doc = "Vicsek model: constant speed in the mean direction of neighbors with noise; collides.",
    .make = [](const PolicyContext& context) -> std::unique_ptr<Policy> {
      return std::make_unique<VicsekPolicy>(context);
    },
    .speaks = true};

}  // namespace volery
