#include "task/search_common.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace volery {
namespace {

using task::Record;
using task::RecordMemory;

const task::Area kHall{-7.5F, -5.5F, 7.5F, 5.5F, 1.6F};

struct Memory {
  Memory() { rows.resize(static_cast<std::size_t>(kRows * kLanes)); }
  static constexpr int kRows = 2 + kMostRecords * kSearchRecordSize;
  [[nodiscard]] Blocks blocks() { return {rows.data(), 1, kRows, kLanes}; }
  std::vector<float> rows;
};

Record record(float x, float y, float code) {
  return {{x, y, code}};
}

TEST(SearchRecords, TellWhereATargetIsAcrossTheArea) {
  const float target[task::kNumTargetFields] = {7.5F, -5.5F, 0.4F, 0.3F, 0, 0};
  const Record found = task::record_of(target, kHall);
  EXPECT_FLOAT_EQ(found.value[kRecordX], 1);
  EXPECT_FLOAT_EQ(found.value[kRecordY], -1);
  EXPECT_EQ(found.value[kRecordCode], 0.3F);
}

TEST(SearchRecords, AreTheSameWithinWhatARadioRounds) {
  const Record one = record(0.5F, -0.5F, 0.25F);
  EXPECT_TRUE(one.same_as(record(0.503F, -0.497F, 0.253F)));
  EXPECT_FALSE(one.same_as(record(0.505F, -0.5F, 0.25F)));
  EXPECT_FALSE(one.same_as(record(0.5F, -0.5F, 0.255F)));
  EXPECT_TRUE(record(0.3F, 0.3F, 0).is_empty());
}

TEST(SearchRecords, AreKeptOnceAndCountedWhenSent) {
  Memory memory;
  const Blocks blocks = memory.blocks();
  const RecordMemory kept(blocks, 3, 2);
  kept.keep(record(0.1F, 0.2F, 0.3F));
  kept.keep(record(0.1F, 0.2F, 0.301F));  // the same, heard over a coarse radio
  kept.keep(record(0.4F, 0.5F, 0.6F));
  EXPECT_EQ(kept.at(0).value[kRecordCode], 0.3F);
  EXPECT_EQ(kept.at(1).value[kRecordCode], 0.6F);
  EXPECT_TRUE(kept.at(2).is_empty());
  kept.count_sent(record(0.4F, 0.5F, 0.6F));
  kept.count_sent(record(0.9F, 0.9F, 0.9F));  // not known
  EXPECT_EQ(blocks.at(3, 2 + kRecordSize), 0);
  EXPECT_EQ(blocks.at(3, 2 + kSearchRecordSize + kRecordSize), 1);
  // nobody else's
  EXPECT_TRUE(RecordMemory(blocks, 4, 2).at(0).is_empty());
}

TEST(SearchRecords, BeyondTheMemoryAreLetGo) {
  Memory memory;
  const Blocks blocks = memory.blocks();
  const RecordMemory kept(blocks, 0, 2);
  for (int i = 0; i <= kMostRecords; ++i)
    kept.keep(record(0, 0, 0.05F * static_cast<float>(i + 1)));
  EXPECT_FLOAT_EQ(kept.at(kMostRecords - 1).value[kRecordCode], 0.05F * kMostRecords);
}

TEST(SearchRecords, AreReadFromEveryFilledSlotOfTheInbox) {
  // two slots of valid, age, seven numbers: two records and a number that is none
  constexpr int kSlot = 9;
  std::vector<float> rows(static_cast<std::size_t>(2 * kSlot * kLanes));
  const Blocks blocks{rows.data(), 1, 2 * kSlot, kLanes};
  MessageRows messages;
  messages.data = 0;
  messages.size = 7;
  messages.inbox = 0;
  messages.slots = 2;
  messages.slot_size = kSlot;
  const int body = 5;
  const auto write = [&](int slot, std::array<float, 7> payload) {
    for (std::size_t i = 0; i < payload.size(); ++i)
      blocks.at(body, slot * kSlot + 2 + static_cast<int>(i)) = payload[i];
  };
  write(0, {0.1F, 0.2F, 0.3F, 0.4F, 0.5F, 0, 0.7F});
  write(1, {0.1F, 0.2F, 0.9F, 0.4F, 0.5F, 0.6F, 0.7F});
  blocks.at(body, 0) = 1;
  std::vector<float> codes;
  const auto hear = [&] {
    codes.clear();
    task::for_each_heard(blocks, body, messages,
                         [&](const Record& r) { codes.push_back(r.value[kRecordCode]); });
    return codes;
  };
  EXPECT_EQ(hear(), (std::vector<float>{0.3F})) << "a code of 0 is no record, slot 1 is empty";
  blocks.at(body, kSlot) = 1;
  EXPECT_EQ(hear(), (std::vector<float>{0.3F, 0.9F, 0.6F}));
}

TEST(SearchTargets, LieFreeInsideTheAreaWithACode) {
  const Scene hall(load_scene("hall"));
  Rng rng(1, 0, Stream::kGoal);
  for (int i = 0; i < 200; ++i) {
    float target[task::kNumTargetFields];
    task::draw_target(kHall, hall, 0.4F, 0.3F, rng, target);
    EXPECT_EQ(hall.near_primitives({target[0], target[1], target[2]}, 0.3F, nullptr, 0), 0);
    EXPECT_LE(std::abs(target[task::kTargetX]), 7.2F);
    EXPECT_LE(std::abs(target[task::kTargetY]), 5.2F);
    EXPECT_GE(std::abs(target[task::kTargetCode]), 0.05F);
    EXPECT_LE(std::abs(target[task::kTargetCode]), 1.0F);
    EXPECT_EQ(target[task::kTargetSeen] + target[task::kTargetHome], 0);
  }
}

}  // namespace
}  // namespace volery
