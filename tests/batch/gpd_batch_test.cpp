#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <vector>

#include "core/rng.hpp"
#include "tests/core/allocations.hpp"
#include "volery/gpd.hpp"

namespace volery {
namespace {

/// A batch with its arrays.
struct Rig {
  explicit Rig(const GpdConfig& config) : batch(config) {
    const auto worlds = static_cast<std::size_t>(batch.num_worlds());
    const std::size_t rows = worlds * static_cast<std::size_t>(batch.num_agents());
    const std::size_t width = rows * static_cast<std::size_t>(batch.observation_size());
    observation.resize(width);
    final_observation.resize(width);
    state.resize(rows * 20);
    actions.resize(rows * static_cast<std::size_t>(batch.action_size()));
    reward.resize(worlds);
    flags = std::make_unique<bool[]>(2 * worlds);
  }
  GpdOutputs outputs() {
    GpdOutputs out;
    out.observation = observation.data();
    out.state = state.data();
    out.reward = reward.data();
    out.terminated = flags.get();
    out.truncated = flags.get() + batch.num_worlds();
    out.final_observation = final_observation.data();
    return out;
  }
  void reset(bool fresh = true) { batch.reset({.fresh = fresh}, outputs()); }
  void step() { batch.step(actions, outputs()); }
  void draw(int step, double spread = 1) {
    const std::size_t row = actions.size() / reward.size();
    for (std::size_t w = 0; w < reward.size(); ++w) {
      Rng rng(w, 0, Stream::kAction, 0, static_cast<std::uint32_t>(step));
      for (std::size_t i = 0; i < row; ++i) {
        actions[w * row + i] = spread * static_cast<double>(rng.uniform(-1, 1));
      }
    }
  }
  void run(int first, int last) {
    for (int i = first; i < last; ++i) {
      draw(i);
      step();
    }
  }
  [[nodiscard]] std::vector<std::uint64_t> hashes() const {
    std::vector<std::uint64_t> all;
    for (int w = 0; w < batch.num_worlds(); ++w) all.push_back(batch.state_hash(w));
    return all;
  }

  GpdBatch batch;
  std::vector<float> observation, final_observation;
  std::vector<double> state, actions, reward;
  std::unique_ptr<bool[]> flags;
};

GpdConfig multi(int worlds, GpdAction action = GpdAction::kPid) {
  return {.task = GpdTask::kMultiHover,
          .physics = GpdPhysics::kPybGndDragDw,
          .action = action,
          .num_worlds = worlds,
          .num_agents = 3};
}

TEST(GpdBatch, TheHoverTaskHasTheOriginalsEpisode) {
  // steps and returns of gym-pybullet-drones; 1e-6 is the tolerance they were recorded with
  struct Case {
    GpdAction action;
    std::vector<double> row;
    int steps;
    double total, tolerance;
  };
  for (const Case& c : {Case{GpdAction::kRpm, {0.1, 0.1, 0.1, 0.1}, 197, 348.9290, 5e-3},
                        Case{GpdAction::kOneDRpm, {0.1}, 197, 348.9290, 5e-3},
                        Case{GpdAction::kPid, {0, 0, 1}, 242, 481.17567132, 1e-6}}) {
    Rig rig({.action = c.action, .autoreset = Autoreset::kDisabled});
    rig.reset();
    rig.actions = c.row;
    double total = 0;
    int steps = 0;
    while (steps < 1000 && rig.batch.events().num_ended == 0) {
      rig.step();
      total += rig.reward[0];
      ++steps;
    }
    EXPECT_EQ(steps, c.steps);
    EXPECT_NEAR(total, c.total, c.tolerance);
    EXPECT_FALSE(rig.flags[0]);
    EXPECT_TRUE(rig.flags[1]);
    EXPECT_EQ(rig.batch.events().length[0], steps);
    EXPECT_EQ(rig.batch.events().episode_return[0], total);
    EXPECT_THROW(rig.step(), Error);
  }
}

TEST(GpdBatch, ResultsDoNotDependOnThreadsNorOnTheBatch) {
  Rig one(multi(70));
  GpdConfig config = multi(70);
  config.num_threads = 4;
  Rig four(config);
  Rig few(multi(3));
  for (Rig* rig : {&one, &four, &few}) {
    rig->reset();
    rig->run(0, 60);
  }
  const auto hashes = one.hashes();
  EXPECT_EQ(hashes, four.hashes());
  EXPECT_EQ(one.observation, four.observation);
  EXPECT_EQ(one.reward, four.reward);
  EXPECT_EQ(std::vector(hashes.begin(), hashes.begin() + 3), few.hashes());
  EXPECT_NE(hashes[0], hashes[1]);
}

TEST(GpdBatch, ASnapshotContinuesExactly) {
  Rig rig(multi(5));
  rig.reset();
  rig.run(0, 20);
  const auto snapshot = rig.batch.snapshot({});
  rig.run(20, 50);
  const auto hashes = rig.hashes();
  rig.batch.restore(snapshot, {});
  rig.run(20, 50);
  EXPECT_EQ(rig.hashes(), hashes);

  // one world of it, in a batch of another size
  rig.batch.restore(snapshot, {});
  const int third[] = {2};
  Rig other(multi(1));
  other.reset();
  other.batch.restore(rig.batch.snapshot(third), {});
  EXPECT_EQ(other.batch.state_hash(0), rig.batch.state_hash(2));
}

TEST(GpdBatch, DamagedAndForeignSnapshotsAreRefused) {
  Rig rig(multi(2));
  rig.reset();
  auto bytes = rig.batch.snapshot({});
  const auto hash = rig.batch.state_hash(0);
  bytes[60] ^= 1U;
  EXPECT_THROW(rig.batch.restore(bytes, {}), Error);
  bytes[60] ^= 1U;
  EXPECT_THROW(rig.batch.restore(std::span(bytes).first(20), {}), Error);
  bytes[0] = 'X';
  EXPECT_THROW(rig.batch.restore(bytes, {}), Error);
  bytes[0] = 'V';
  const int one[] = {1};
  EXPECT_THROW(rig.batch.restore(bytes, one), Error);
  const int far[] = {0, 2};
  EXPECT_THROW(rig.batch.restore(bytes, far), Error);
  EXPECT_THROW(Rig(multi(2, GpdAction::kRpm)).batch.restore(bytes, {}), Error);
  EXPECT_EQ(rig.batch.state_hash(0), hash);
  rig.batch.restore(bytes, {});
}

TEST(GpdBatch, AResetKeepsPidsAndActionsUnlessItIsFresh) {
  Rig rig({.action = GpdAction::kPid, .autoreset = Autoreset::kDisabled});
  rig.reset();
  const auto fresh = rig.observation;
  // near enough for the torques to stay off their limits, which would hide the difference
  rig.actions = {0.002, 0.001, 0.15};
  rig.step();
  const auto first = rig.state;
  for (int i = 0; i < 20; ++i) rig.step();
  rig.reset(false);
  EXPECT_NE(rig.observation, fresh);
  EXPECT_EQ(rig.observation.back(), 0.15F);
  rig.step();
  EXPECT_NE(rig.state, first);
  rig.reset(true);
  EXPECT_EQ(rig.observation, fresh);
  rig.step();
  EXPECT_EQ(rig.state, first);

  Rig forgetful({.action = GpdAction::kPid, .forget_on_reset = true});
  forgetful.reset();
  forgetful.actions = {0.2, 0.1, 1};
  forgetful.step();
  forgetful.reset(false);
  EXPECT_EQ(forgetful.observation, fresh);
}

TEST(GpdBatch, TheObservationEndsWithTheLastActionsOldestFirst) {
  Rig rig({});
  rig.reset();
  ASSERT_EQ(rig.observation.size(), 12U + 15 * 4);
  for (int i = 1; i <= 17; ++i) {
    rig.actions.assign(4, 0.001 * i);
    rig.step();
  }
  for (int i = 0; i < 15; ++i) {
    EXPECT_EQ(rig.observation[static_cast<std::size_t>(12 + 4 * i)],
              static_cast<float>(0.001 * (i + 3)));
  }
  EXPECT_EQ(rig.observation[2], static_cast<float>(rig.state[2]));
  EXPECT_EQ(rig.observation[3], static_cast<float>(rig.state[7]));
  EXPECT_EQ(rig.observation[11], static_cast<float>(rig.state[15]));
}

TEST(GpdBatch, ATiltAboveFourTenthsOfARadianTruncates) {
  // on both sides of the limit, where sine and tangent no longer tell
  for (const double angle : {0.3999, 0.39999999, 0.40000001, 0.4001, 1.0, 2.0, 3.1}) {
    for (const int axis : {0, 1}) {
      Value::Array rpy{0.0, 0.0, 0.7};
      rpy[static_cast<std::size_t>(axis)] = angle;
      GpdConfig config{.physics = GpdPhysics::kDyn, .control_rate_hz = 240};
      config.initial_rpys = Value::Array{rpy};
      Rig rig(config);
      rig.reset();
      rig.step();
      EXPECT_EQ(rig.flags[1], angle > 0.4) << angle << " about axis " << axis;
    }
  }
}

TEST(GpdBatch, AutoresetModesEndAndStartAsGymnasiumSays) {
  for (const Autoreset mode : {Autoreset::kNextStep, Autoreset::kSameStep}) {
    Rig rig({.action = GpdAction::kOneDRpm, .autoreset = mode});
    rig.reset();
    rig.actions = {0.1};
    for (int i = 0; i < 197; ++i) rig.step();
    EXPECT_EQ(rig.batch.events().ended[0], 1);
    EXPECT_TRUE(rig.flags[1]);
    const bool same = mode == Autoreset::kSameStep;
    const float shown = same ? rig.final_observation[2] : rig.observation[2];
    EXPECT_GT(shown, 2.0F);
    EXPECT_EQ(rig.observation[2] < 0.2F, same);
    rig.step();
    EXPECT_EQ(rig.batch.events().just_reset[0], same ? 0 : 1);
    EXPECT_EQ(rig.reward[0] == 0, !same);
    EXPECT_LT(rig.observation[2], 0.2F);
    EXPECT_EQ(rig.batch.events().ended[0], 0);
  }
}

TEST(GpdBatch, CtrlClipsRotorSpeedsAndNeverEnds) {
  Rig rig({.task = GpdTask::kCtrl, .num_agents = 2, .control_rate_hz = 48});
  rig.reset();
  EXPECT_EQ(rig.batch.observation_size(), 20);
  rig.actions.assign(8, 1e9);
  rig.actions[0] = -5;
  rig.step();
  EXPECT_EQ(rig.state[16], 0);
  EXPECT_NEAR(rig.state[17], 21702.64377525105, 1e-11);
  EXPECT_EQ(rig.reward[0], -1);
  EXPECT_FALSE(rig.flags[0] || rig.flags[1]);
}

TEST(GpdBatch, TheMultiHoverTaskScoresAllDronesTogether) {
  Rig rig({.task = GpdTask::kMultiHover, .action = GpdAction::kPid});
  rig.reset();
  EXPECT_EQ(rig.batch.num_agents(), 2);
  // targets in the original's order: a meter above the first start, half a meter above the second
  const auto& start = rig.batch.start_xyzs();
  const double wanted[] = {start[2] + 1, start[5] + 0.5};
  for (int i = 0; i < 200; ++i) {
    rig.actions = {start[0], start[1], wanted[0], start[3], start[4], wanted[1]};
    rig.step();
  }
  double expected = 0;
  for (int i = 0; i < 2; ++i) {
    const double* p = rig.state.data() + static_cast<std::ptrdiff_t>(20) * i;
    const double* s = start.data() + static_cast<std::ptrdiff_t>(3) * i;
    const double e2 = (p[0] - s[0]) * (p[0] - s[0]) + (p[1] - s[1]) * (p[1] - s[1]) +
                      (p[2] - wanted[i]) * (p[2] - wanted[i]);
    expected += 2 - e2 * e2;
  }
  EXPECT_NEAR(rig.reward[0], expected, 1e-12);
  EXPECT_GT(expected, 3.99);
}

TEST(GpdBatch, ADivergedWorldIsTruncatedAndTheOthersStay) {
  Rig rig({.physics = GpdPhysics::kDyn, .num_worlds = 2});
  rig.reset();
  Rig alone({.physics = GpdPhysics::kDyn});
  alone.reset();
  for (int i = 0; i < 3; ++i) {
    rig.draw(i, 0.1);
    alone.draw(i, 0.1);
    for (std::size_t c = 4; c < 8; ++c) rig.actions[c] = 1e300;
    rig.step();
    alone.step();
    EXPECT_TRUE(std::isfinite(rig.observation[2]));
  }
  EXPECT_EQ(rig.batch.state_hash(0), alone.batch.state_hash(0));
  for (const float x : rig.observation) EXPECT_FALSE(std::isnan(x));
}

TEST(GpdBatch, StepsAllocateNothing) {
  Rig rig(multi(8));
  rig.reset();
  rig.run(0, 5);
  const long before = num_allocations();
  rig.run(5, 40);
  EXPECT_EQ(num_allocations(), before);
}

TEST(GpdBatch, StateCanBePlaced) {
  Rig rig({.task = GpdTask::kCtrl});
  rig.reset();
  std::vector<double> state(20);
  state[0] = 1;
  state[2] = 3;
  state[6] = 2;  // not normalised
  state[10] = 0.5;
  rig.batch.set_state(0, 0, state);
  rig.batch.observe(rig.outputs());
  EXPECT_EQ(rig.state[0], 1);
  EXPECT_EQ(rig.state[6], 1);
  EXPECT_EQ(rig.state[10], 0.5);
  state[6] = 0;
  EXPECT_THROW(rig.batch.set_state(0, 0, state), Error);
  state[6] = std::nan("");
  EXPECT_THROW(rig.batch.set_state(0, 0, state), Error);
  EXPECT_THROW(rig.batch.set_state(1, 0, state), Error);
  EXPECT_THROW(rig.batch.set_state(0, 1, state), Error);
}

/// The message with which a config is refused.
std::string refusal(const GpdConfig& config) {
  try {
    const GpdBatch batch(config);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(GpdBatch, BadConfigsAreRefusedWithPathAndRange) {
  const auto has = [](const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
  };
  EXPECT_TRUE(has(refusal({.num_agents = 2}), "gpd.num_agents = 2: must be 1"));
  EXPECT_TRUE(has(refusal({.num_worlds = 0}), "gpd.num_worlds = 0"));
  EXPECT_TRUE(has(refusal({.control_rate_hz = 1}), "must be at least 2"));
  EXPECT_TRUE(has(refusal({.control_rate_hz = 7}), "must divide physics_rate_hz = 240"));
  EXPECT_TRUE(has(refusal({.model = GpdModel::kRace, .action = GpdAction::kPid}), "gpd.model"));
  EXPECT_TRUE(has(refusal({.action = GpdAction::kMotorRpm}), "belongs to task ctrl"));
  GpdConfig config;
  config.initial_xyzs = Value::Array{Value::Array{1.0, 2.0}};
  EXPECT_TRUE(has(refusal(config), "gpd.initial_xyzs[0]: must be 3 numbers"));
  config.initial_xyzs = Value::Array{Value::Array{1.0, 2.0, 1e9}};
  EXPECT_TRUE(has(refusal(config), "gpd.initial_xyzs[0][2]"));
  config.initial_xyzs = Value::Array{Value::Array{1.0, 2.0, "up"}};
  EXPECT_TRUE(has(refusal(config), "must be a number"));
  config.initial_xyzs = Value::Array{Value::Array{}, Value::Array{}};
  EXPECT_TRUE(has(refusal(config), "has 2 rows, must have 1"));
  config.initial_xyzs = 3.0;
  EXPECT_TRUE(has(refusal(config), "must be an array of rows"));
  EXPECT_THROW((void)gpd_config(Value::Table{{"forces", "pyb"}}), Error);
}

TEST(GpdBatch, BadCallsAreRefusedBeforeAnythingIsWritten) {
  Rig rig({.num_worlds = 2});
  EXPECT_THROW(rig.step(), Error);
  rig.reset();
  const auto hashes = rig.hashes();
  rig.actions[5] = std::nan("");
  try {
    rig.step();
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "step: actions[1, 0, 1] is not finite");
  }
  rig.actions.pop_back();
  EXPECT_THROW(rig.step(), Error);
  const std::vector<std::uint8_t> mask(3, 1);
  EXPECT_THROW(rig.batch.reset({.mask = mask}, rig.outputs()), Error);
  EXPECT_EQ(rig.hashes(), hashes);
}

TEST(GpdBatch, AMaskResetsItsWorldsAlone) {
  Rig rig(multi(3));
  rig.reset();
  const auto fresh = rig.hashes();
  rig.run(0, 5);
  const auto flown = rig.hashes();
  const std::vector<std::uint8_t> mask{0, 1, 0};
  rig.batch.reset({.mask = mask, .fresh = true}, rig.outputs());
  EXPECT_EQ(rig.hashes(), (std::vector<std::uint64_t>{flown[0], fresh[1], flown[2]}));
}

}  // namespace
}  // namespace volery
