#include "view/loads.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "view/live_engine.hpp"
#include "volery/error.hpp"

namespace volery::view {
namespace {

// velocities of 1 m/s in float32
constexpr float kTol = 1e-5F;

BatchConfig formation() {
  BatchConfig config;
  config.task = "formation";
  config.num_agents = 3;
  return config;
}

std::vector<float> rows_of(const Batch& batch, const char* field, std::size_t width) {
  std::vector<float> out(static_cast<std::size_t>(batch.num_agents()) * width);
  batch.state(0, field, out);
  return out;
}

Intervention load_on(Intervention::Kind kind, int agent, Vec3 size) {
  return {.kind = kind, .world = 0, .agent = agent, .delta_w = size};
}

TEST(Loads, AForceChangesVelocityByItsImpulse) {
  LiveEngine engine(formation());
  const Batch& batch = *engine.batch();
  const auto before = rows_of(batch, "velocity_w_mps", 3);
  engine.intervene(load_on(Intervention::Kind::kForce, 1, {0.1F, 0, -0.2F}));
  const auto after = rows_of(batch, "velocity_w_mps", 3);
  const float per_n = batch.facts().step_s / batch.fleet().vehicle_of(1).config.mass_kg;
  EXPECT_NEAR(after[3] - before[3], 0.1F * per_n, kTol);
  EXPECT_NEAR(after[5] - before[5], -0.2F * per_n, kTol);
  EXPECT_EQ(after[0], before[0]);
  EXPECT_EQ(after[6], before[6]);
}

TEST(Loads, ATorqueTurnsAboutItsAxisInTheWorld) {
  LiveEngine engine(formation());
  const Batch& batch = *engine.batch();
  const Vec3 torque_nm{0, 0, 2e-4F};
  const auto before = rows_of(batch, "omega_b_radps", 3);
  const auto quat = rows_of(batch, "quat_wb_xyzw", 4);
  engine.intervene(load_on(Intervention::Kind::kTorque, 2, torque_nm));
  const auto after = rows_of(batch, "omega_b_radps", 3);
  const Quat q{quat[8], quat[9], quat[10], quat[11]};
  const Vec3 torque_b = rotate_inverse(q, torque_nm);
  const std::vector<float>& inertia = batch.fleet().vehicle_of(2).config.inertia_b_kgm2;
  const float parts[] = {torque_b.x, torque_b.y, torque_b.z};
  for (std::size_t i = 0; i < 3; ++i) {
    const float expected = parts[i] / inertia[i] * batch.facts().step_s;
    EXPECT_NEAR(after[6 + i] - before[6 + i], expected, kTol);
  }
  EXPECT_EQ(after[0], before[0]);
}

TEST(Loads, WhatIsHeldIsOneEventAndIsDoneAgain) {
  LiveEngine engine(formation());
  for (int i = 0; i < 20; ++i) {
    engine.intervene(load_on(Intervention::Kind::kForce, 0, {0, 0.2F, 0}));
    engine.step();
  }
  ASSERT_EQ(engine.events().size(), 1U);
  EXPECT_EQ(engine.events()[0].position, 0U);
  const std::uint64_t hash = engine.batch()->state_hash();
  engine.seek(3);
  engine.seek(20);
  EXPECT_EQ(engine.batch()->state_hash(), hash);
  // and again after a pause is another event
  engine.step();
  engine.step();
  engine.intervene(load_on(Intervention::Kind::kForce, 0, {0, 0.2F, 0}));
  EXPECT_EQ(engine.events().size(), 2U);
}

TEST(Loads, WhatCannotBeIsRefused) {
  LiveEngine engine(formation());
  const auto force = Intervention::Kind::kForce;
  EXPECT_THROW(engine.intervene(load_on(force, 3, {1, 0, 0})), Error);
  EXPECT_THROW(engine.intervene(load_on(force, -1, {1, 0, 0})), Error);
  EXPECT_THROW(engine.intervene(load_on(force, 0, {std::nanf(""), 0, 0})), Error);
}

}  // namespace
}  // namespace volery::view
