// The lane solver against Bullet's own, island by island.
#include "contact/single_solver.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "contact/bullet_solver.hpp"
#include "contact/pair_update.hpp"
#include "tests/contact/crash_worlds.hpp"

namespace volery::contact::test {
namespace {

struct Outcome {
  SolvedBody body;
  float impulse_ns = 0;
};

// A body in a random pose that touches the floor at its rim, with random velocities.
class Solvers : public testing::Test {
 protected:
  Solvers() {
    config_.scene.statics = {floor_plane()};
    config_.vehicle = small_drone();
    config_.num_worlds = 500;
    rig_ = std::make_unique<Rig>(config_);
    vehicle_ = std::make_unique<Vehicle>(config_.vehicle);
    scene_ = std::make_unique<Scene>(config_.scene);
    model_ = std::make_unique<ContactModel>(ContactConfig{}, *scene_, *vehicle_, 9.80665F,
                                            1.0F / 240, 8);
  }

  // how: largest speed before, and how far the points may be in the floor
  void scatter_contacts(float speed, float depth_m) {
    PairUpdate update(model_->impl());
    const SlabBodies bodies(rig_->slab());
    for (int w = 0; w < config_.num_worlds; ++w) {
      Rng rng(3, 0, Stream::kSpawn, static_cast<std::uint32_t>(w));
      const bool flat = w % 2 == 0;
      const float turn = flat ? 0.0F : 1.0F;
      const Quat q = turned(
          Quat{}, Vec3{rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(-1, 1)} * turn, 1);
      const Mat3 m = rotation(q);
      const float low = 0.06F * std::sqrt(m.x.z * m.x.z + m.y.z * m.y.z) + 0.0125F * abs_of(m.z.z);
      rig_->place(w, {0, 0, low - rng.uniform(-0.0005F, depth_m)},
                  {rng.uniform(-speed, speed), rng.uniform(-speed, speed),
                   rng.uniform(-speed, 0.2F * speed)},
                  q);
      rig_->slab().agents.set_vec3(
          w, kOmega,
          Vec3{rng.uniform(-10, 10), rng.uniform(-10, 10), rng.uniform(-10, 10)} * speed);
      update.begin(bodies, w);
      update.visit(0, 1);
    }
  }

  std::vector<Outcome> by_bullet() {
    BulletSolver bullet(model_->impl());
    std::vector<Outcome> out(500);
    each_island([&](const Island& island) {
      // on a copy: the solver writes impulses into the pairs
      std::vector<ContactPair> copies;
      for (const ContactPair* pair : island.pairs) copies.push_back(*pair);
      std::vector<ContactPair*> pointers;
      for (ContactPair& pair : copies) pointers.push_back(&pair);
      const SolvedIsland solved =
          bullet.solve(SlabBodies(rig_->slab()), {island.world, island.bodies, pointers});
      out[static_cast<std::size_t>(island.world)] = {solved.bodies[0],
                                                     solved.impulses[0].normal_ns};
    });
    return out;
  }

  std::vector<Outcome> by_lanes() {
    SingleSolver singles(model_->impl());
    std::vector<Outcome> out(500);
    each_island([&](const Island& island) {
      ASSERT_TRUE(SingleSolver::takes(island));
      singles.add(island);
    });
    singles.solve(SlabBodies(rig_->slab()), [&](const Island& island, const SolvedIsland& solved) {
      out[static_cast<std::size_t>(island.world)] = {solved.bodies[0],
                                                     solved.impulses[0].normal_ns};
    });
    return out;
  }

  template <class Visit>
  void each_island(Visit&& visit) {
    for (int w = 0; w < config_.num_worlds; ++w)
      builder_.build(SlabBodies(rig_->slab()), w, {}, visit);
  }

  // compares, in units of `speed`; prints the worst
  void compare(float speed, float tolerance) {
    const std::vector<Outcome> expected = by_bullet();
    const std::vector<Outcome> found = by_lanes();
    float worst = 0;
    int solved = 0;
    for (std::size_t w = 0; w < expected.size(); ++w) {
      if (rig_->slab().contacts[w].pairs.empty()) continue;
      ++solved;
      const SolvedBody& e = expected[w].body;
      const SolvedBody& f = found[w].body;
      const float arm_m = 0.06F;
      float off = length(e.velocity_w_mps - f.velocity_w_mps) / speed;
      off = max_of(off, length(e.omega_b_radps - f.omega_b_radps) * arm_m / speed);
      off = max_of(off, length(e.push_w_mps - f.push_w_mps));
      off = max_of(off, length(e.turn_b_radps - f.turn_b_radps) * arm_m);
      off = max_of(off, abs_of(expected[w].impulse_ns - found[w].impulse_ns) / (0.027F * speed));
      EXPECT_LT(off, tolerance) << "world " << w;
      worst = max_of(worst, off);
    }
    EXPECT_GT(solved, 300);
    RecordProperty("worst_ppm", static_cast<int>(worst * 1e6F));
  }

  RigConfig config_;
  std::unique_ptr<Rig> rig_;
  std::unique_ptr<Vehicle> vehicle_;
  std::unique_ptr<Scene> scene_;
  std::unique_ptr<ContactModel> model_;
  IslandBuilder builder_;
};

// Both run the same rows in the same order, but round differently (lanes work in the body frame).
constexpr float kRounding = 1e-5F;

TEST_F(Solvers, AgreeOnImpacts) {
  scatter_contacts(2, 0.005F);
  compare(2, kRounding);
}

TEST_F(Solvers, AgreeOnSlowContacts) {
  scatter_contacts(0.1F, 0.0005F);
  compare(0.1F, kRounding);
}

TEST_F(Solvers, AgreeOnDeepPenetration) {
  scatter_contacts(0.5F, 0.03F);
  compare(0.5F, kRounding);
}

}  // namespace
}  // namespace volery::contact::test
