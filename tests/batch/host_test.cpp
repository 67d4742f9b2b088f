// Steps of tasks that the host scores: the same step as that of a built-in task, cut in two.
#include "volery/host_task.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

#include "tests/batch/rig.hpp"

namespace volery::test {
namespace {

Value text(const char* value) {
  return Value(std::string(value));
}

Value named(const char* name) {
  return Value::Table{{"name", text(name)}};
}

// Stays where `hover` starts; the host's own field counts the steps.
HostTask declared(bool places = false) {
  return host_task(Value::Table{
      {"name", text("mine")},
      {"terms", Value::Array{named("pay")}},
      {"metrics", Value::Array{named("seen")}},
      {"fields",
       Value::Array{named("count"), Value::Table{{"name", text("goal_w_m")}, {"width", Value(3)}}}},
      {"sensors", Value::Array{text("pose"), text("goal")}},
      {"places", Value(places)}});
}

BatchConfig config_of(int num_worlds, int num_agents, bool places = false) {
  BatchConfig config;
  config.task = "mine";
  config.num_worlds = num_worlds;
  config.num_agents = num_agents;
  config.episode_s = 1;
  config.host_task = std::make_shared<const HostTask>(declared(places));
  return config;
}

struct HostRig : Rig {
  explicit HostRig(const BatchConfig& config)
      : Rig(config), terms(batch.layout().num_rows()), metrics(batch.layout().num_rows()) {}
  [[nodiscard]] HostScores scores() const { return {terms.data(), metrics.data()}; }
  void host_step(int index, const PlaceAgents& place = {}) {
    draw_actions(0, index);
    batch.advance(actions);
    batch.finish(scores(), outputs(), place);
  }
  std::vector<float> terms, metrics;
};

ErrorKind kind_of(const std::function<void()>& call, std::string* message = nullptr) {
  try {
    call();
  } catch (const Error& error) {
    if (message != nullptr) *message = error.what();
    return error.kind();
  }
  ADD_FAILURE() << "nothing was refused";
  return ErrorKind::kMemory;
}

TEST(HostTask, MovesBodiesAsABuiltInTaskDoes) {
  BatchConfig built_in;
  built_in.num_worlds = 5;
  built_in.num_agents = 3;
  built_in.episode_s = 1;
  built_in.on_crash = "continue";
  built_in.task_config = Value::Table{{"start", Value::Table{{"attitude_rad", Value(0.0)},
                                                             {"velocity_mps", Value(0.0)},
                                                             {"rates_radps", Value(0.0)}}}};
  BatchConfig hosted = config_of(5, 3);
  hosted.on_crash = "continue";
  Rig native(built_in);
  HostRig host(hosted);
  native.reset(3);
  host.reset(3);
  // beyond the end of an episode, where worlds are reset
  for (int i = 0; i < 50; ++i) {
    native.draw_actions(0, i);
    native.step();
    host.host_step(i);
    ASSERT_EQ(native.state("position_w_m", 3), host.state("position_w_m", 3)) << i;
    ASSERT_EQ(native.state("rotor_speed_radps", 4), host.state("rotor_speed_radps", 4)) << i;
  }
}

TEST(HostTask, PaysWhatTheHostScores) {
  HostRig rig(config_of(7, 3));
  rig.reset(0);
  for (std::size_t i = 0; i < rig.terms.size(); ++i) rig.terms[i] = static_cast<float>(i);
  rig.host_step(0);
  EXPECT_EQ(rig.reward, rig.terms);
  EXPECT_EQ(rig.reward_terms, rig.terms);
  rig.draw_actions(0, 1);
  rig.batch.advance(rig.actions);
  rig.batch.finish({}, rig.outputs());
  EXPECT_EQ(rig.reward, std::vector<float>(rig.terms.size(), 0.0F));
}

TEST(HostTask, ReportsReturnsAndFlags) {
  HostRig rig(config_of(2, 2));
  rig.reset(0);
  rig.terms.assign(4, 1);
  const auto flags = std::make_unique<bool[]>(4);
  flags[0] = flags[1] = flags[2] = true;
  HostScores scores = rig.scores();
  scores.terminated = flags.get();
  rig.draw_actions(0, 0);
  rig.batch.advance(rig.actions);
  rig.batch.finish(scores, rig.outputs());
  EXPECT_TRUE(rig.terminated[0] && rig.terminated[1] && rig.terminated[2]);
  EXPECT_FALSE(rig.terminated[3]);
  EXPECT_EQ(rig.batch.events().num_ended, 1);
  EXPECT_EQ(rig.batch.events().episode_return[0], 1);
}

TEST(HostTask, KeepsItsOwnFieldsInSnapshotsAndHashes) {
  HostRig rig(config_of(3, 2));
  rig.reset(0);
  rig.draw_actions(0, 0);
  rig.batch.advance(rig.actions);
  const std::uint64_t before = [&] {
    HostRig twin(config_of(3, 2));
    twin.reset(0);
    twin.host_step(0);
    return twin.batch.state_hash();
  }();
  const std::vector<float> counts{1, 2, 3, 4, 5, 6};
  rig.batch.set_columns("count", counts);
  rig.batch.finish({}, rig.outputs());
  EXPECT_NE(rig.batch.state_hash(), before);
  const std::vector<std::uint8_t> kept = rig.batch.snapshot({});
  HostRig other(config_of(3, 2));
  other.batch.restore(kept, {});
  EXPECT_EQ(other.state("count", 1), counts);
}

TEST(HostTask, LetsTheHostPlaceWorldsThatBegin) {
  HostRig rig(config_of(4, 2, true));
  std::vector<int> begun;
  const PlaceAgents place = [&](std::span<const int> worlds) {
    begun.assign(worlds.begin(), worlds.end());
    std::vector<float> positions(worlds.size() * 6);
    rig.batch.rows("position_w_m", positions);
    for (float& p : positions) p = 2;
    for (std::size_t i = 3; i < positions.size(); i += 6) positions[i] = 3;
    rig.batch.set_rows("position_w_m", positions);
    rig.batch.set_rows("goal_w_m", positions);
  };
  const std::vector<std::uint8_t> mask{1, 0, 1, 1};
  rig.batch.reset({.seed = 0}, rig.outputs(), place);
  rig.batch.reset({.mask = mask}, rig.outputs(), place);
  EXPECT_EQ(begun, (std::vector<int>{0, 2, 3}));
  EXPECT_EQ(rig.state("position_w_m", 3)[3], 3);
  // what was placed is what is seen: the first column is x, the goal is where the agent stands
  const auto size = static_cast<std::size_t>(rig.batch.layout().observation_size());
  EXPECT_EQ(rig.observation[size], 3);
  EXPECT_EQ(rig.observation[size - 3], 0);
  // an episode takes a second of 30 steps, and next_step resets in the step after its end
  for (int i = 0; i < 40; ++i) {
    begun.clear();
    rig.host_step(i, place);
    if (!begun.empty()) break;
  }
  EXPECT_FALSE(begun.empty());
}

TEST(HostTask, CompletesTheStepWhatEverTheHostThrows) {
  HostRig rig(config_of(2, 1, true));
  const PlaceAgents broken = [](std::span<const int>) { throw std::runtime_error("no"); };
  EXPECT_THROW(rig.batch.reset({.seed = 0}, rig.outputs(), broken), std::runtime_error);
  rig.host_step(0);
  EXPECT_NE(rig.batch.state_hash(), 0U);
}

TEST(HostTask, DrawsTheSameBitsForTheSameSeed) {
  std::vector<float> drawn[2];
  for (std::vector<float>& numbers : drawn) {
    HostRig rig(config_of(3, 2));
    rig.reset(9);
    rig.draw_actions(0, 0);
    rig.batch.advance(rig.actions);
    numbers.resize(12);
    rig.batch.draw(0, numbers);
    // drawing one by one gives the numbers of drawing two at once
    std::vector<float> second(6);
    rig.batch.draw(1, second);
    for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(second[i], numbers[2 * i + 1]);
    EXPECT_NE(numbers[0], numbers[2]);
    rig.batch.finish({}, rig.outputs());
  }
  EXPECT_EQ(drawn[0], drawn[1]);
}

TEST(HostTask, RefusesScoresThatAreNotFinite) {
  HostRig rig(config_of(3, 2));
  rig.reset(0);
  rig.terms[3] = std::numeric_limits<float>::quiet_NaN();
  rig.draw_actions(0, 0);
  rig.batch.advance(rig.actions);
  std::string message;
  const auto finish = [&] { rig.batch.finish(rig.scores(), rig.outputs()); };
  EXPECT_EQ(kind_of(finish, &message), ErrorKind::kValue);
  EXPECT_NE(message.find("\"pay\"[1, 1]"), std::string::npos) << message;
  rig.terms[3] = 0;
  finish();
  rig.host_step(1);
}

TEST(HostTask, RefusesCallsOutOfOrder) {
  HostRig rig(config_of(2, 1));
  rig.reset(0);
  rig.draw_actions(0, 0);
  std::vector<float> own(2);
  EXPECT_EQ(kind_of([&] { rig.step(); }), ErrorKind::kState);
  EXPECT_EQ(kind_of([&] { rig.batch.finish({}, rig.outputs()); }), ErrorKind::kState);
  EXPECT_EQ(kind_of([&] { rig.batch.set_columns("count", own); }), ErrorKind::kState);
  EXPECT_EQ(kind_of([&] { rig.batch.draw(0, own); }), ErrorKind::kState);
  rig.batch.advance(rig.actions);
  EXPECT_EQ(kind_of([&] { rig.batch.advance(rig.actions); }), ErrorKind::kState);
  EXPECT_EQ(kind_of([&] { rig.reset(0); }), ErrorKind::kState);
  EXPECT_EQ(kind_of([&] { (void)rig.batch.snapshot({}); }), ErrorKind::kState);
  const Value longer = Value::Table{{"episode_s", Value(20.0)}};
  EXPECT_EQ(kind_of([&] { rig.batch.set_config(longer, {}, When::kNow); }), ErrorKind::kState);
  EXPECT_EQ(kind_of([&] { rig.batch.set_jammers(0, {}); }), ErrorKind::kState);
  EXPECT_EQ(kind_of([&] { rig.batch.set_columns("motors_on", own); }), ErrorKind::kValue);
  EXPECT_EQ(kind_of([&] { rig.batch.set_columns("cuont", own); }), ErrorKind::kValue);
  EXPECT_EQ(kind_of([&] { rig.batch.set_columns("count", {}); }), ErrorKind::kValue);
  rig.batch.finish({}, rig.outputs());
}

TEST(HostTask, RefusesNamesOfTheEnginesFields) {
  for (const char* name : {"position_w_m", "alive", "action"}) {
    Value table = Value::Table{
        {"name", text("mine")},
        {"terms", Value::Array{named("pay")}},
        {"sensors", Value::Array{text("pose")}},
        {"fields", Value::Array{Value::Table{{"name", text(name)},
                                             {"width", Value(name[0] == 'p'   ? 3
                                                             : name[1] == 'c' ? 4
                                                                              : 1)}}}}};
    BatchConfig config;
    config.task = "mine";
    config.host_task = std::make_shared<const HostTask>(host_task(table));
    EXPECT_EQ(kind_of([&] { Batch batch(config); }), ErrorKind::kValue) << name;
  }
}

TEST(HostTask, RefusesWhatWholeWorldStartsCannotDo) {
  BatchConfig config = config_of(1, 1, true);
  config.on_crash = "respawn";
  EXPECT_EQ(kind_of([&] { Batch batch(config); }), ErrorKind::kValue);
}

TEST(HostTask, RefusesAnotherTaskConfigWhileItRuns) {
  HostRig rig(config_of(2, 1));
  const Value changes = Value::Table{{"task_config", Value::Table{{"a", Value(1)}}}};
  EXPECT_EQ(kind_of([&] { rig.batch.set_config(changes, {}); }), ErrorKind::kValue);
  rig.batch.set_config(Value::Table{{"episode_s", Value(2.0)}}, {});
}

}  // namespace
}  // namespace volery::test
