#include "batch/fold.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "tests/batch/rig.hpp"
#include "volery/journal.hpp"

namespace volery::test {
namespace {

struct Fold {
  std::vector<std::uint64_t> worlds;
  std::vector<std::uint32_t> fields;
  friend bool operator==(const Fold&, const Fold&) = default;
};

Fold fold_of(const Batch& batch) {
  const StateFold fold = batch.fold();
  return {{fold.worlds.begin(), fold.worlds.end()}, {fold.fields.begin(), fold.fields.end()}};
}

// Keeps what each step was folded to on the way.
class Watcher final : public Journal {
 public:
  [[nodiscard]] bool wants_fold() const noexcept override { return true; }
  void step(const Batch& batch, std::span<const float>, const StepOutputs&) override {
    folds.push_back(fold_of(batch));
  }
  std::vector<Fold> folds;
};

BatchConfig crowd(int worlds, int agents, int threads, int slab_agents) {
  BatchConfig config;
  config.num_worlds = worlds;
  config.num_agents = agents;
  config.num_threads = threads;
  config.slab_agents = slab_agents;
  config.episode_s = 0.5F;
  return config;
}

std::vector<Fold> folds_of(const BatchConfig& config, bool on_the_way) {
  Rig rig(config);
  const auto watcher = std::make_shared<Watcher>();
  if (on_the_way) rig.batch.attach(watcher);
  rig.reset(3);
  std::vector<Fold> afterwards;
  for (int i = 0; i < 25; ++i) {
    rig.draw_actions(0, i);
    rig.step();
    if (!on_the_way) afterwards.push_back(fold_of(rig.batch));
  }
  return on_the_way ? watcher->folds : afterwards;
}

TEST(Fold, IsTheSameOnAnyThreadsAndSlabsOnTheWayAndAfterwards) {
  for (const auto& [worlds, agents] : {std::pair{7, 3}, {33, 1}, {1, 1500}, {5, 16}}) {
    const std::vector<Fold> folds = folds_of(crowd(worlds, agents, 1, 0), true);
    ASSERT_EQ(folds.size(), 25U);
    EXPECT_EQ(folds, folds_of(crowd(worlds, agents, 1, 0), false));
    EXPECT_EQ(folds, folds_of(crowd(worlds, agents, 2, 0), true));
    EXPECT_EQ(folds, folds_of(crowd(worlds, agents, 2, 16), true));
  }
}

TEST(Fold, TellsWhichWorldAndFieldChanged) {
  Rig rig(crowd(6, 3, 1, 0));
  rig.reset(1);
  const std::vector<std::string> names = rig.batch.fold_names();
  const Fold before = fold_of(rig.batch);
  ASSERT_EQ(before.fields.size(), names.size());
  ASSERT_EQ(before.worlds.size(), 6U);
  std::vector<float> velocity(9);
  rig.batch.state(4, "velocity_w_mps", velocity);
  // the smallest change there is, in one number
  velocity[5] = std::nextafter(velocity[5], 10.0F);
  rig.batch.set_state(4, "velocity_w_mps", velocity);
  const Fold after = fold_of(rig.batch);
  for (std::size_t w = 0; w < 6; ++w) EXPECT_EQ(before.worlds[w] != after.worlds[w], w == 4) << w;
  for (std::size_t f = 0; f < names.size(); ++f)
    EXPECT_EQ(before.fields[f] != after.fields[f], names[f] == "velocity_w_mps") << names[f];
}

// Flipped signs are the changes that cancel most easily: of one number, of two in a row, of a whole
// quaternion, of the same number of two agents.
TEST(Fold, SeesSignsThatFlipTogether) {
  Rig rig(crowd(2, 4, 1, 0));
  rig.reset(1);
  std::vector<float> velocity(12, 0.5F);
  std::set<std::uint64_t> worlds;
  std::set<std::uint32_t> fields;
  const auto names = rig.batch.fold_names();
  const auto field = static_cast<std::size_t>(
      std::find(names.begin(), names.end(), "velocity_w_mps") - names.begin());
  std::size_t tried = 0;
  for (int first = 0; first < 12; ++first) {
    for (int second = first; second < 12; ++second) {
      std::vector<float> flipped = velocity;
      flipped[static_cast<std::size_t>(first)] *= -1;
      if (second != first) flipped[static_cast<std::size_t>(second)] *= -1;
      rig.batch.set_state(1, "velocity_w_mps", flipped);
      const Fold fold = fold_of(rig.batch);
      worlds.insert(fold.worlds[1]);
      fields.insert(fold.fields[field]);
      ++tried;
    }
  }
  EXPECT_EQ(worlds.size(), tried);
  EXPECT_EQ(fields.size(), tried);
}

TEST(Fold, SeesAgentsThatChangePlaces) {
  Rig rig(crowd(2, 2, 1, 0));
  rig.reset(1);
  const std::vector<float> one{1, 2, 3, 4, 5, 6};
  const std::vector<float> other{4, 5, 6, 1, 2, 3};
  rig.batch.set_state(0, "velocity_w_mps", one);
  rig.batch.set_state(1, "velocity_w_mps", other);
  const Fold before = fold_of(rig.batch);
  rig.batch.set_state(0, "velocity_w_mps", other);
  rig.batch.set_state(1, "velocity_w_mps", one);
  const Fold after = fold_of(rig.batch);
  EXPECT_NE(before.worlds[0], after.worlds[0]);
  EXPECT_NE(before.worlds[1], after.worlds[1]);
  EXPECT_NE(before.fields, after.fields);
}

}  // namespace
}  // namespace volery::test
