// Snapshots continue exactly, in other batches too, and bad ones are refused whole.
#include <gtest/gtest.h>

#include <cstring>

#include "tests/batch/rig.hpp"

namespace volery {
namespace {

using test::crowd;
using test::Rig;

void expect_refused(Rig& rig, const std::vector<std::uint8_t>& snapshot,
                    const std::string& reason) {
  const std::uint64_t before = rig.batch.state_hash();
  try {
    rig.batch.restore(snapshot, {});
    FAIL() << "restored: " << reason;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kValue);
    EXPECT_NE(std::string(error.what()).find(reason), std::string::npos) << error.what();
  }
  EXPECT_EQ(rig.batch.state_hash(), before) << "a refused snapshot must change nothing";
}

TEST(Snapshot, ContinuesExactly) {
  Rig rig(crowd(6, 8));
  rig.reset(1);
  rig.run(40);
  const std::vector<std::uint8_t> snapshot = rig.batch.snapshot({});
  rig.run(30, 0, 40);
  const std::uint64_t expected = rig.batch.state_hash();
  rig.batch.restore(snapshot, {});
  rig.run(30, 0, 40);
  EXPECT_EQ(rig.batch.state_hash(), expected);
}

TEST(Snapshot, ContinuesInABatchOfOtherWidthAndThreads) {
  Rig rig(crowd(6, 8));
  rig.reset(1);
  rig.run(40);
  const int taken[] = {4, 1};
  const std::vector<std::uint8_t> snapshot = rig.batch.snapshot(taken);
  BatchConfig config = crowd(3, 8);
  config.num_threads = 2;
  config.slab_agents = 8;
  Rig other(config);
  other.reset(99);
  const int places[] = {2, 0};
  other.batch.restore(snapshot, places);
  EXPECT_EQ(other.batch.state_hash(2), rig.batch.state_hash(4));
  EXPECT_EQ(other.batch.state_hash(0), rig.batch.state_hash(1));
  // the same actions for a world and its copy
  const auto copy_actions = [&](int from, int to) {
    const std::size_t size = rig.actions.size() / 6;
    std::memcpy(other.actions.data() + static_cast<std::size_t>(to) * size,
                rig.actions.data() + static_cast<std::size_t>(from) * size, size * sizeof(float));
  };
  for (int i = 40; i < 70; ++i) {
    rig.draw_actions(0, i);
    copy_actions(4, 2);
    copy_actions(1, 0);
    rig.step();
    other.step();
  }
  EXPECT_EQ(other.batch.state_hash(2), rig.batch.state_hash(4));
  EXPECT_EQ(other.batch.state_hash(0), rig.batch.state_hash(1));
}

TEST(Snapshot, OfAWorldThatWasNeverResetCannotBeStepped) {
  BatchConfig config;
  Rig rig(config);
  const std::vector<std::uint8_t> fresh = rig.batch.snapshot({});
  rig.reset(0);
  rig.run(2);
  rig.batch.restore(fresh, {});
  EXPECT_THROW(rig.step(), Error);
  rig.reset(0);
  EXPECT_NO_THROW(rig.step());
}

TEST(Snapshot, RefusesWhatIsNotWhole) {
  Rig rig(crowd(2, 4));
  rig.reset(1);
  rig.run(20);
  const std::vector<std::uint8_t> good = rig.batch.snapshot({});
  rig.run(5, 0, 20);

  std::vector<std::uint8_t> bad = good;
  bad[0] = 'X';
  expect_refused(rig, bad, "not a snapshot");
  bad = good;
  bad[8] = 200;  // the format version
  expect_refused(rig, bad, "format 200");
  bad = good;
  bad[good.size() / 2] ^= 1U;
  expect_refused(rig, bad, "damaged");
  bad.assign(good.begin(), good.begin() + 10);
  expect_refused(rig, bad, "cut short");
  bad.assign(good.begin(), good.end() - 1);
  expect_refused(rig, bad, "damaged");
  expect_refused(rig, {}, "cut short");
}

TEST(Snapshot, RefusesOtherBatches) {
  Rig rig(crowd(2, 4));
  rig.reset(1);
  Rig more_agents(crowd(2, 5));
  more_agents.reset(1);
  expect_refused(rig, more_agents.batch.snapshot({}), "other fields");
  BatchConfig config = crowd(2, 4);
  config.physics_rate_hz = 480;
  config.control_rate_hz = 480;
  Rig faster(config);
  faster.reset(1);
  expect_refused(rig, faster.batch.snapshot({}), "another config");
  const int one[] = {0};
  expect_refused(rig, rig.batch.snapshot(one), "holds 1 worlds");
}

}  // namespace
}  // namespace volery
