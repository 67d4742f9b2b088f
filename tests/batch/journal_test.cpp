#include "volery/journal.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "tests/batch/rig.hpp"

namespace volery::test {
namespace {

// Writes down what it was told.
class Listener : public Journal {
 public:
  void attached(const Batch&) override { heard += "attached "; }
  void detached(const Batch&) override { heard += "detached "; }
  void reset(const Batch& batch, const ResetRequest&) override {
    heard += "reset ";
    (void)batch.state_hash();  // may be read
  }
  void step(const Batch& batch, std::span<const float> actions, const StepOutputs& out) override {
    heard += "step ";
    (void)batch.snapshot({});
    EXPECT_EQ(actions.size(), batch.layout().action_count());
    EXPECT_NE(out.observation, nullptr);
  }
  void set_state(const Batch&, int, const std::string& field, std::span<const float>) override {
    heard += "set_state:" + field + " ";
  }
  void set_goal(const Batch&, std::span<const float>, std::span<const std::uint8_t>) override {
    heard += "set_goal ";
  }
  void set_config(const Batch&, const Value&, std::span<const std::uint8_t>, When when) override {
    heard += when == When::kNow ? "set_config:now " : "set_config ";
  }
  void set_jammers(const Batch&, int world, std::span<const Jammer> jammers) override {
    heard += "set_jammers:" + std::to_string(world) + ":" + std::to_string(jammers.size()) + " ";
  }
  void restore(const Batch&, std::span<const std::uint8_t>, std::span<const int>) override {
    heard += "restore ";
  }
  void branch(const Batch&, std::span<const std::uint8_t>) override { heard += "branch "; }
  std::string heard;
};

BatchConfig two_worlds() {
  BatchConfig config;
  config.num_worlds = 2;
  config.radio = "disc";
  return config;
}

TEST(Journal, HearsWhatWasDoneInOrder) {
  Rig rig(two_worlds());
  const auto listener = std::make_shared<Listener>();
  rig.batch.attach(listener);
  rig.reset(1);
  rig.draw_actions(0, 0);
  rig.step();
  rig.batch.set_state(0, "velocity_w_mps", std::vector<float>(3, 0.0F));
  rig.batch.set_goal(std::vector<float>(6, 1.0F), {});
  rig.batch.set_config(Value::Table{{"episode_s", Value(2.0)}}, {});
  rig.batch.set_config(Value::Table{{"episode_s", Value(3.0)}}, {}, When::kNow);
  rig.batch.set_jammers(1, std::vector<Jammer>(2));
  const int world = 0;
  rig.batch.restore(rig.batch.snapshot({}), {});
  rig.batch.branch(rig.batch.snapshot({&world, 1}));
  rig.batch.attach(nullptr);
  rig.step();
  EXPECT_EQ(listener->heard,
            "attached reset step set_state:velocity_w_mps set_goal set_config set_config:now "
            "set_jammers:1:2 restore branch "
            "detached ");
}

TEST(Journal, HearsNothingOfWhatWasRefused) {
  Rig rig(two_worlds());
  const auto listener = std::make_shared<Listener>();
  rig.reset(1);
  rig.batch.attach(listener);
  const std::vector<std::uint8_t> snapshot = rig.batch.snapshot({});
  const std::vector<std::uint8_t> damaged(snapshot.begin(), snapshot.end() - 1);
  const std::vector<float> bad(rig.actions.size(), std::nanf(""));
  EXPECT_THROW(rig.batch.step(bad, rig.outputs()), Error);
  EXPECT_THROW(rig.batch.step({}, rig.outputs()), Error);
  EXPECT_THROW(rig.batch.restore(damaged, {}), Error);
  EXPECT_THROW(rig.batch.branch(snapshot), Error);
  EXPECT_THROW(rig.batch.set_state(0, "nothing", {}), Error);
  EXPECT_THROW(rig.batch.set_config(Value::Table{{"task", Value("x")}}, {}), Error);
  EXPECT_THROW(rig.batch.set_config(Value::Table{{"task_config", Value::Table{}}}, {}, When::kNow),
               Error);
  EXPECT_THROW(rig.batch.set_jammers(7, {}), Error);
  EXPECT_EQ(listener->heard, "attached ");
}

TEST(Journal, ThatThrowsLeavesTheBatchWhole) {
  class Angry final : public Journal {
    void step(const Batch&, std::span<const float>, const StepOutputs&) override {
      throw std::runtime_error("no");
    }
  };
  Rig rig(two_worlds());
  Rig calm(two_worlds());
  rig.reset(1);
  calm.reset(1);
  rig.batch.attach(std::make_shared<Angry>());
  for (int i = 0; i < 5; ++i) {
    rig.draw_actions(0, i);
    calm.draw_actions(0, i);
    EXPECT_THROW(rig.step(), std::runtime_error);
    calm.step();
    EXPECT_EQ(rig.batch.state_hash(), calm.batch.state_hash());
  }
}

TEST(Journal, ThatRefusesIsNotAttached) {
  class Unwilling final : public Journal {
    void attached(const Batch&) override { throw std::runtime_error("no"); }
    void step(const Batch&, std::span<const float>, const StepOutputs&) override {
      ADD_FAILURE() << "told of a step";
    }
  };
  Rig rig(two_worlds());
  rig.reset(1);
  EXPECT_THROW(rig.batch.attach(std::make_shared<Unwilling>()), std::runtime_error);
  rig.draw_actions(0, 0);
  rig.step();
}

// The mask that is at hand after a step lies in the batch itself.
TEST(Journal, HearsTheMaskAsItWasGiven) {
  class Masks final : public Journal {
   public:
    void reset(const Batch&, const ResetRequest& request) override {
      mask.assign(request.mask.begin(), request.mask.end());
    }
    std::vector<std::uint8_t> mask;
  };
  BatchConfig config = two_worlds();
  config.autoreset = Autoreset::kDisabled;
  config.episode_s = 0.1F;
  Rig rig(config);
  const auto masks = std::make_shared<Masks>();
  rig.batch.attach(masks);
  rig.reset(1);
  rig.draw_actions(0, 0);
  while (rig.batch.events().num_ended == 0) rig.step();
  const WorldEvents& events = rig.batch.events();
  const std::vector<std::uint8_t> ended(events.ended.begin(), events.ended.end());
  rig.batch.reset({.mask = events.ended}, rig.outputs());
  EXPECT_EQ(masks->mask, ended);
}

}  // namespace
}  // namespace volery::test
