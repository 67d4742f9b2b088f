// olfati_saber: a lattice of equal spacing around the goal (Olfati-Saber, 2006; flock_common.hpp).
//
// His d = 7 is 7 m for vehicles that fly 6 m/s, and 0.7 m per m/s of slower ones, whose times are
// 1.2 of his, so that his forces are accelerations they can fly.
#include "policy/flock_view_common.hpp"
#include "volery/policy.hpp"

namespace volery {

namespace {

constexpr float kSmallLengthS = 0.1F;
constexpr float kSmallTime = 1.2F;

class OlfatiSaberPolicy final : public Policy {
 public:
  explicit OlfatiSaberPolicy(const PolicyContext& context) : view_(context, "olfati_saber") {
    if (view_.is_full_size()) return;
    length_ = kSmallLengthS * view_.max_speed_mps();
    time_ = kSmallTime;
  }

  void act(const float* observation, std::ptrdiff_t observation_stride, float* action,
           std::ptrdiff_t action_stride, int num_rows, std::uint64_t /*seed*/,
           std::uint32_t /*step*/) const noexcept override {
    policy::FlockView::Known known;
    for (int row = 0; row < num_rows; ++row) {
      const float* const in = observation + row * observation_stride;
      const policy::Flock flock = view_.read(in, known);
      // into his units and back
      const float per_length = 1 / length_, per_speed = time_ / length_;
      policy::Flock own = flock;
      for (int i = 0; i < own.num_mates; ++i) {
        known.mates[i].offset_m = known.mates[i].offset_m * per_length;
        known.mates[i].velocity_mps = known.mates[i].velocity_mps * per_speed;
      }
      for (int i = 0; i < own.num_walls; ++i) known.walls[i].distance_m *= per_length;
      own.velocity_mps = flock.velocity_mps * per_speed;
      const policy::Leader leader{view_.goal(in) * per_length, own.velocity_mps * -1};
      const Vec3 u = policy::olfati_saber_acceleration(params_, own, leader);
      const Vec3 a = u * (length_ / (time_ * time_));
      const Vec3 v = flock.velocity_mps + a * view_.lag_s();
      view_.fly(in, v, action + row * action_stride);
    }
  }

 private:
  policy::FlockView view_;
  policy::OlfatiSaberParams params_;
  float length_ = 1, time_ = 1;  // of his units
};

}  // namespace

extern const PolicyEntry policy_olfati_saber;
const PolicyEntry policy_olfati_saber{
    .name = "olfati_saber",
    .doc = "Flocking of Olfati-Saber, 2006: a lattice round the goal.",
    .make = [](const PolicyContext& context) -> std::unique_ptr<Policy> {
      return std::make_unique<OlfatiSaberPolicy>(context);
    },
    .speaks = true};

}  // namespace volery
