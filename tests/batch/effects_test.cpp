// Optional effects of flight through a whole batch: planned faults, disturbances, resets, and the
// same bits however the work is cut.
#include "batch/effects.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "core/isa.hpp"
#include "tests/batch/rig.hpp"

namespace volery {
namespace {

using test::crowd;
using test::Rig;

constexpr int kSteps = 60;

/// Everything on and strong, in a crowd that crashes.
BatchConfig stormy_crowd(int num_worlds, int num_agents) {
  BatchConfig config = crowd(num_worlds, num_agents);
  flight::FlightConfig& f = config.flight;
  f.wind = f.downwash = f.ceiling_effect = f.axial_inflow = f.battery = true;
  f.command_delay_s = 0.01F;
  f.command_levels = 2000;
  f.disturbance.enabled = true;
  f.disturbance.force_std_n = 0.15F;
  f.disturbance.torque_std_nm = 3e-4F;
  f.disturbance.impulses.resize(1);
  f.disturbance.impulses[0].time_s = 0.5F;
  f.disturbance.impulses[0].force_w_ns = {0.05F, 0, 0.02F};
  f.faults.resize(1);
  f.faults[0] = {.time_s = 1, .agent = 1, .rotor = -1, .effectiveness = 0.3F};
  return config;
}

/// Winds that differ between agents, as a wind model would write them before a step.
void blow(Rig& rig, int step) {
  const int agents = rig.batch.num_agents();
  std::vector<float> wind(static_cast<std::size_t>(agents) * 3);
  for (int w = 0; w < rig.batch.num_worlds(); ++w) {
    Rng rng(99, 0, Stream::kWind, static_cast<std::uint32_t>(w), static_cast<std::uint32_t>(step));
    for (float& v : wind) v = rng.uniform(-15, 15);
    rig.batch.set_state(w, "wind_w_mps", wind);
  }
}

std::uint64_t hash_after(const BatchConfig& config) {
  Rig rig(config);
  rig.reset(7);
  for (int step = 0; step < kSteps; ++step) {
    blow(rig, step);
    rig.run(1, 0, step);
  }
  EXPECT_GT(rig.batch.stats().touching_share, 0);
  return rig.batch.state_hash();
}

TEST(EffectsInABatch, CulledEqualsAll) {
  BatchConfig config = stormy_crowd(6, 12);
  const std::uint64_t culled = hash_after(config);
  config.contacts = contact::ContactMode::kAll;
  EXPECT_EQ(hash_after(config), culled);
}

TEST(EffectsInABatch, TheAuditFindsNothing) {
  BatchConfig config = stormy_crowd(4, 12);
  config.audit = true;
  Rig rig(config);
  rig.reset(3);
  for (int step = 0; step < kSteps; ++step) {
    blow(rig, step);
    rig.run(1, 0, step);
  }
  EXPECT_EQ(rig.batch.stats().audit_failures, 0U);
}

TEST(EffectsInABatch, ThreadsSlabsAndInstructionSetsDoNotChangeTheBits) {
  BatchConfig config = stormy_crowd(12, 8);
  const std::uint64_t best = hash_after(config);
  config.num_threads = 3;
  EXPECT_EQ(hash_after(config), best);
  config.num_threads = 1;
  config.slab_agents = 16;
  EXPECT_EQ(hash_after(config), best);
  for (const std::string& isa : available_isas()) {
    limit_isa(isa);
    EXPECT_EQ(hash_after(config), best) << isa;
  }
  limit_isa("auto");
}

TEST(EffectsInABatch, FleetsOfSeveralTypesFlyWithThem) {
  BatchConfig config = stormy_crowd(4, 8);
  config.vehicle = Value::Array{"cf2x", "racer"};
  Rig rig(config);
  rig.reset(7);
  // each type has its own pack
  const std::vector<float> volts = rig.state("battery_voltage_v", 1);
  EXPECT_FLOAT_EQ(volts[0], 4.2F);
  EXPECT_FLOAT_EQ(volts[1], 16.8F);
  const std::uint64_t culled = hash_after(config);
  config.contacts = contact::ContactMode::kAll;
  EXPECT_EQ(hash_after(config), culled);
  config.slab_agents = 8;
  EXPECT_EQ(hash_after(config), culled);
}

TEST(EffectsInABatch, AWorldAloneEqualsItsTwinInABatch) {
  Rig many(stormy_crowd(4, 8));
  many.reset(100);
  many.run(kSteps, 100);
  for (const int world : {0, 3}) {
    Rig alone(stormy_crowd(1, 8));
    alone.reset(100 + static_cast<std::uint64_t>(world));
    alone.run(kSteps, 100 + static_cast<std::uint64_t>(world));
    EXPECT_EQ(alone.batch.state_hash(0), many.batch.state_hash(world)) << world;
  }
}

TEST(EffectsInABatch, AFaultBeginsAtItsTimeAndEndsWithTheEpisode) {
  BatchConfig config = crowd(2, 3);
  config.flight.faults.resize(1);
  config.flight.faults[0] = {.time_s = 0.2F, .agent = 1, .rotor = 2, .effectiveness = 0.25F};
  Rig rig(config);
  rig.reset(1);
  // 0.2 s at 30 Hz: the seventh step is the first that starts then
  rig.run(6);
  for (const float e : rig.state("rotor_effectiveness", 4)) EXPECT_EQ(e, 1);
  rig.run(1, 0, 6);
  std::vector<float> expected(2 * 3 * 4, 1);
  expected[1 * 4 + 2] = expected[(3 + 1) * 4 + 2] = 0.25F;
  EXPECT_EQ(rig.state("rotor_effectiveness", 4), expected);
  rig.reset(1);
  for (const float e : rig.state("rotor_effectiveness", 4)) EXPECT_EQ(e, 1);
}

TEST(EffectsInABatch, AnImpulseChangesTheMomentumByItsValue) {
  BatchConfig config;
  config.flight.disturbance.enabled = true;
  config.flight.disturbance.impulses.resize(1);
  config.flight.disturbance.impulses[0].time_s = 0.1F;
  config.flight.rotor_drag = config.flight.body_drag = false;
  Rig calm(config);
  config.flight.disturbance.impulses[0].force_w_ns = {0.01F, -0.005F, 0};
  Rig pushed(config);
  const float mass_kg = load_vehicle("cf2x").config.mass_kg;
  for (Rig* rig : {&calm, &pushed}) {
    rig->reset(4);
    for (int step = 0; step < 3; ++step) rig->step();
  }
  EXPECT_EQ(calm.state("velocity_w_mps", 3), pushed.state("velocity_w_mps", 3));
  calm.step();
  pushed.step();
  const std::vector<float> before = calm.state("velocity_w_mps", 3);
  const std::vector<float> after = pushed.state("velocity_w_mps", 3);
  // eight substeps of an eighth each
  EXPECT_NEAR(after[0] - before[0], 0.01F / mass_kg, 1e-5);
  EXPECT_NEAR(after[1] - before[1], -0.005F / mass_kg, 1e-5);
  EXPECT_NEAR(after[2] - before[2], 0, 1e-5);
  // over in the next step
  pushed.step();
  for (const float f : pushed.state("disturbance_force_w_n", 3)) EXPECT_EQ(f, 0);
}

TEST(EffectsInABatch, DrawsHaveTheirSpread) {
  BatchConfig config;
  config.num_worlds = 500;
  config.flight.disturbance.enabled = true;
  config.flight.disturbance.force_w_n = {0.02F, 0, 0};
  config.flight.disturbance.force_std_n = 0.1F;
  config.flight.disturbance.torque_std_nm = 1e-3F;
  Rig rig(config);
  rig.reset(1);
  rig.step();
  const std::vector<float> force = rig.state("disturbance_force_w_n", 3);
  const std::vector<float> torque = rig.state("disturbance_torque_b_nm", 3);
  double mean[3] = {0, 0, 0}, square = 0, torque_square = 0;
  for (std::size_t i = 0; i < force.size(); ++i) {
    mean[i % 3] += force[i] / 500.0;
    const double deviation = force[i] - (i % 3 == 0 ? 0.02 : 0);
    square += deviation * deviation / static_cast<double>(force.size());
    torque_square += static_cast<double>(torque[i]) * torque[i] / static_cast<double>(force.size());
  }
  // four standard errors of 500 and of 1500 draws
  EXPECT_NEAR(mean[0], 0.02, 4 * 0.1 / std::sqrt(500.0));
  EXPECT_NEAR(mean[1], 0, 4 * 0.1 / std::sqrt(500.0));
  EXPECT_NEAR(std::sqrt(square), 0.1, 4 * 0.1 / std::sqrt(3000.0));
  EXPECT_NEAR(std::sqrt(torque_square), 1e-3, 4e-3 / std::sqrt(3000.0));
  rig.step();
  EXPECT_NE(rig.state("disturbance_force_w_n", 3), force);
}

TEST(EffectsInABatch, RowsThatNoConfigWritesKeepWhatSetStateWrote) {
  BatchConfig config;
  config.flight.disturbance.enabled = true;
  config.flight.rotor_faults = true;
  Rig rig(config);
  rig.reset(2);
  const std::vector<float> force{0.1F, 0, 0}, share{1, 0, 1, 0.5F};
  rig.batch.set_state(0, "disturbance_force_w_n", force);
  rig.batch.set_state(0, "rotor_effectiveness", share);
  const float start_mps = rig.state("velocity_w_mps", 3)[0];
  for (int i = 0; i < 3; ++i) rig.step();
  EXPECT_EQ(rig.state("disturbance_force_w_n", 3), force);
  EXPECT_EQ(rig.state("rotor_effectiveness", 4), share);
  EXPECT_GT(rig.state("velocity_w_mps", 3)[0], start_mps + 0.1F);
}

TEST(EffectsInABatch, AResetFillsTheBatteryAndTheCommandLine) {
  BatchConfig config;
  config.flight.battery = true;
  config.flight.battery_soc = 0.8F;
  config.flight.command_delay_s = 0.0125F;
  Rig rig(config);
  rig.reset(2);
  for (int i = 0; i < 20; ++i) rig.step();
  EXPECT_LT(rig.state("battery_soc", 1)[0], 0.8F);
  EXPECT_GT(rig.state("battery_energy_j", 1)[0], 1);
  rig.reset(2);
  EXPECT_EQ(rig.state("battery_soc", 1)[0], 0.8F);
  EXPECT_EQ(rig.state("battery_energy_j", 1)[0], 0);
  EXPECT_FLOAT_EQ(rig.state("battery_voltage_v", 1)[0], 4.04F);
  const std::vector<float> command = rig.state("rotor_command_radps", 4);
  const std::vector<float> waiting = rig.state("rotor_command_delayed_radps", 12);
  for (std::size_t i = 0; i < 12; ++i) EXPECT_EQ(waiting[i], command[i % 4]) << i;
  EXPECT_GT(command[0], 1000);
}

TEST(EffectsInABatch, ASnapshotHoldsThem) {
  Rig rig(stormy_crowd(3, 6));
  rig.reset(5);
  rig.run(20);
  const auto saved = rig.batch.snapshot({});
  rig.run(20, 0, 20);
  const std::uint64_t later = rig.batch.state_hash();
  rig.batch.restore(saved, {});
  rig.run(20, 0, 20);
  EXPECT_EQ(rig.batch.state_hash(), later);
}

TEST(EffectsInABatch, RefusesAgentsThatNoWorldHas) {
  const auto refusal = [](const BatchConfig& config) -> std::string {
    try {
      const Batch batch(config);
      return "";
    } catch (const Error& error) {
      return error.what();
    }
  };
  BatchConfig config = crowd(1, 3);
  config.flight.faults.resize(1);
  config.flight.faults[0].agent = 3;
  EXPECT_EQ(refusal(config),
            "config.flight.faults[0].agent = 3: worlds have agents 0 to 2 (-1: all)");
  config.flight.faults.clear();
  config.flight.disturbance.enabled = true;
  config.flight.disturbance.impulses.resize(2);
  config.flight.disturbance.impulses[1].agent = 7;
  EXPECT_EQ(refusal(config),
            "config.flight.disturbance.impulses[1].agent = 7: worlds have agents 0 to 2 (-1: all)");
}

TEST(FlightReach, GrowsWithWhatTheEffectsCanDo) {
  const Vehicle vehicle = load_vehicle("cf2x");
  flight::FlightConfig config;
  const contact::FlightReach plain = batch::flight_reach(config, {}, {&vehicle.config, 1});
  EXPECT_EQ(plain.thrust_factor, 1);
  EXPECT_EQ(plain.force_n, 0);
  EXPECT_EQ(plain.air_speed_mps, 0);
  flight::EffectRows rows;
  rows.ceiling = rows.force = rows.wind = 1;
  rows.axial_inflow = true;
  rows.force_limit_n = 1;
  const contact::FlightReach reach = batch::flight_reach(config, rows, {&vehicle.config, 1});
  EXPECT_GE(reach.thrust_factor, 1.5F * (0.5F + 0.5F * std::sqrt(3.0F)));
  EXPECT_GE(reach.force_n, std::sqrt(3.0F));
  EXPECT_GE(reach.air_speed_mps, 30 * std::sqrt(3.0F) - 1e-3F);
  // 1.03e-6 kg * 4 * 2501 rad/s / 27 g
  EXPECT_NEAR(reach.drag_per_s, 0.382, 1e-3);
}

}  // namespace
}  // namespace volery
