#include "view/moment.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>

namespace volery::view {
namespace {

// A batch with the buffers that its steps write.
struct World {
  explicit World(BatchConfig config) : batch(std::move(config)) {
    const Layout& layout = batch.layout();
    observation.resize(layout.observation_count());
    reward.resize(layout.num_rows());
    action.resize(layout.action_count());
    flags = std::make_unique<bool[]>(2 * layout.num_rows());
    batch.reset({.seed = 3}, outputs());
  }
  StepOutputs outputs() {
    return {.observation = observation.data(),
            .reward = reward.data(),
            .terminated = flags.get(),
            .truncated = flags.get() + reward.size()};
  }
  void step() { batch.step(action, outputs()); }

  Batch batch;
  std::vector<float> observation, reward, action;
  std::unique_ptr<bool[]> flags;
};

BatchConfig config_of(const char* task, int worlds, int agents) {
  BatchConfig config;
  config.task = task;
  config.num_worlds = worlds;
  config.num_agents = agents;
  return config;
}

TEST(Moment, HoldsTheStateOfItsWorld) {
  World world(config_of("formation", 3, 5));
  world.step();
  Reader reader(world.batch);
  Moment moment;
  reader.read(world.batch, 2, 1, moment);
  ASSERT_EQ(moment.agents.size(), 5U);
  std::vector<float> position(3 * 5 * 3);
  world.batch.state("position_w_m", position);
  for (std::size_t a = 0; a < 5; ++a) {
    EXPECT_EQ(moment.agents[a].position_w_m.x, position[(2 * 5 + a) * 3]);
    EXPECT_EQ(moment.agents[a].position_w_m.z, position[(2 * 5 + a) * 3 + 2]);
    EXPECT_TRUE(moment.agents[a].alive && moment.agents[a].present);
    EXPECT_GT(moment.agents[a].rotor_speed_radps, 0);
  }
  EXPECT_EQ(moment.goals_w_m.size(), 5U);
  EXPECT_EQ(moment.world, 2);
  EXPECT_DOUBLE_EQ(moment.time_s, static_cast<double>(world.batch.facts().step_s));
}

TEST(Moment, CutsWhereTheWorldWasReset) {
  World world(config_of("hover", 2, 1));
  Reader reader(world.batch);
  Moment moment;
  reader.read(world.batch, 0, 0, moment);
  EXPECT_TRUE(moment.cut);
  world.step();
  reader.read(world.batch, 0, 1, moment);
  EXPECT_FALSE(moment.cut);
  reader.read(world.batch, 1, 1, moment);
  EXPECT_TRUE(moment.cut) << "another world";
  const std::uint8_t second[] = {0, 1};
  world.batch.reset({.mask = second}, {.observation = world.observation.data()});
  reader.read(world.batch, 1, 2, moment);
  EXPECT_TRUE(moment.cut);
}

TEST(Moment, TellsThePacketsOfItsWorldWhereTheyAreTraced) {
  BatchConfig config = config_of("flocking", 2, 8);
  config.radio = Value(Value::Table{{"base", "flock"}, {"trace", true}});
  World world(config);
  // everybody sends
  std::fill(world.action.begin(), world.action.end(), 1.0F);
  world.step();
  Reader reader(world.batch);
  Moment moment;
  reader.read(world.batch, 1, 1, moment);
  std::size_t expected = 0;
  for (const Packet& packet : world.batch.packets()) expected += packet.world == 1 ? 1 : 0;
  EXPECT_GT(expected, 0U);
  EXPECT_EQ(moment.packets.size(), expected);
  for (const Packet& packet : moment.packets) EXPECT_EQ(packet.world, 1);
}

TEST(Moment, TellsRaysAndAirOfWhoIsAskedFor) {
  BatchConfig config = config_of("formation", 1, 3);
  config.wind.mean_w_mps = {3, 0, 0};
  config.flight.wind = true;
  config.sensors = {"pose", "rangefinder"};
  World world(config);
  world.step();
  Reader reader(world.batch);
  Moment moment;
  const int asked[] = {1, 99};
  reader.read(world.batch, 0, 1, moment, asked);
  // the task has eight level beams and one down, from the agent itself
  ASSERT_EQ(moment.beams.size(), 9U);
  EXPECT_EQ(moment.beams[0].from_w_m, moment.agents[1].position_w_m);
  EXPECT_TRUE(moment.beams[8].meets) << "the ground is below";
  EXPECT_FLOAT_EQ(moment.beams[8].range_m, moment.agents[1].position_w_m.z);
  EXPECT_FLOAT_EQ(moment.agents[2].air_w_mps.x, 3);
}

TEST(Moment, NamesTheTargetsOfASearch) {
  World world(config_of("search_relay", 1, 6));
  Reader reader(world.batch);
  Moment moment;
  reader.read(world.batch, 0, 0, moment);
  int targets = 0, bases = 0;
  for (const Landmark& landmark : moment.landmarks) {
    targets += landmark.kind == Landmark::Kind::kTarget ? 1 : 0;
    bases += landmark.kind == Landmark::Kind::kZone ? 1 : 0;
    EXPECT_EQ(landmark.state, Landmark::State::kOpen);
  }
  EXPECT_GT(targets, 0);
  EXPECT_EQ(bases, 1);
}

TEST(Interpolation, GoesAlongTheWayAndTurnsAlongTheShorterArc) {
  Moment a, b, middle;
  a.agents.resize(1);
  b.agents.resize(1);
  b.time_s = 1;
  b.agents[0].position_w_m = {2, 0, 4};
  // half a turn about z, written with the opposite sign: the same attitude
  a.agents[0].quat_wb = {0, 0, 0, 1};
  b.agents[0].quat_wb = {0, 0, -0.70710678F, -0.70710678F};
  interpolate(a, b, 0.5, middle);
  EXPECT_FLOAT_EQ(middle.agents[0].position_w_m.x, 1);
  EXPECT_FLOAT_EQ(middle.agents[0].position_w_m.z, 2);
  EXPECT_DOUBLE_EQ(middle.time_s, 0.5);
  // a quarter turn halves to 45 degrees
  EXPECT_NEAR(std::abs(middle.agents[0].quat_wb.z), 0.38268343F, 1e-6F);
}

TEST(Interpolation, JumpsAcrossACut) {
  Moment a, b, middle;
  a.agents.resize(1);
  b.agents.resize(1);
  b.agents[0].position_w_m = {2, 0, 4};
  b.cut = true;
  interpolate(a, b, 0.5, middle);
  EXPECT_FLOAT_EQ(middle.agents[0].position_w_m.x, 2);
}

TEST(Scenery, KnowsVehiclesAndTeams) {
  BatchConfig config = config_of("pursuit", 1, 4);
  const Batch batch(config);
  const Scenery scenery = scenery_of(batch);
  ASSERT_EQ(scenery.vehicle_of.size(), 4U);
  EXPECT_EQ(scenery.stage.vehicles.size(), batch.fleet().types().size());
  EXPECT_EQ(scenery.team_of.size(), 4U);
}

}  // namespace
}  // namespace volery::view
