#include "state/fields.hpp"

#include <gtest/gtest.h>

#include "volery/error.hpp"

namespace volery {
namespace {

TEST(FieldTable, PacksRowsInTheOrderOfDeclaration) {
  FieldTable table;
  EXPECT_EQ(table.num_rows(), 0);
  const FieldRef goal = table.add({.name = "goal_w_m", .width = 3});
  const FieldRef clock = table.add({.name = "clock_s"});
  EXPECT_EQ(goal.row, 0);
  EXPECT_EQ(goal.width, 3);
  EXPECT_EQ(clock.row, 3);
  EXPECT_EQ(clock.width, 1);
  EXPECT_EQ(table.num_rows(), 4);
  EXPECT_EQ(table.row_of(1), 3);
  EXPECT_EQ(table.fields()[1].name, "clock_s");
}

TEST(FieldTable, GivesTheSameRowsToASecondDeclarer) {
  FieldTable table;
  (void)table.add({.name = "clock_s"});
  const FieldRef first = table.add({.name = "goal_w_m", .width = 3, .writer = "task a"});
  const FieldRef second = table.add({.name = "goal_w_m", .width = 3, .writer = "task b"});
  EXPECT_EQ(first.row, second.row);
  EXPECT_EQ(table.num_rows(), 4);
  EXPECT_EQ(table.fields().size(), 2U);
}

TEST(FieldTable, RefusesOneNameWithTwoWidths) {
  FieldTable table;
  (void)table.add({.name = "goal_w_m", .width = 3, .writer = "task a"});
  try {
    (void)table.add({.name = "goal_w_m", .width = 4, .writer = "task b"});
    FAIL() << "the second width was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kValue);
    EXPECT_STREQ(error.what(), "field 'goal_w_m': declared 4 wide by task b but 3 wide by task a");
  }
  EXPECT_EQ(table.num_rows(), 3);
}

TEST(FieldTable, FindsFieldsByName) {
  FieldTable table;
  (void)table.add({.name = "clock_s"});
  (void)table.add({.name = "goal_w_m", .width = 3});
  EXPECT_EQ(table.find("goal_w_m").row, 1);
  EXPECT_EQ(table.find("goal_w_m").width, 3);
  EXPECT_EQ(table.find("goal").row, -1);
  EXPECT_EQ(table.find("goal").width, 0);
}

}  // namespace
}  // namespace volery
