#include "view/commands.hpp"

#include <gtest/gtest.h>

#include <set>

namespace volery::view {
namespace {

TEST(Commands, NoTwoShareAKey) {
  for (const std::string& clash : clashes(commands())) ADD_FAILURE() << clash;
}

TEST(Commands, AClashIsFound) {
  const CommandRow rows[] = {{Command::kPlayPause, "a", "Sim", "A", {{kKeySpace}}},
                             {Command::kStop, "b", "Sim", "B", {{'K'}, {kKeySpace}}}};
  ASSERT_EQ(clashes(rows).size(), 1U);
  EXPECT_EQ(clashes(rows).front(), "Space: a and b");
}

TEST(Commands, NamesAreUniqueAndLabelsSaySomething) {
  std::set<std::string> names;
  for (const CommandRow& row : commands()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_GT(std::string(row.label).size(), 3U) << row.name;
    EXPECT_EQ(row_of(row.command).name, row.name);
  }
}

TEST(Commands, KeysFindTheirCommand) {
  ASSERT_NE(command_of({kKeySpace, kModNone}), nullptr);
  EXPECT_EQ(command_of({kKeySpace, kModNone})->command, Command::kPlayPause);
  EXPECT_EQ(command_of({'R', kModCtrl | kModShift})->command, Command::kVideo);
  EXPECT_EQ(command_of({kKeyPad0 + 7, kModNone})->command, Command::kTop);
  EXPECT_EQ(command_of({'7', kModAlt})->command, Command::kTop);
  EXPECT_EQ(command_of({'R', kModNone}), nullptr);
}

TEST(Commands, LettersThatFlyTheCameraAreFree) {
  for (const int key : {'W', 'A', 'S', 'D', 'Q', 'E'}) {
    EXPECT_EQ(command_of({key, kModNone}), nullptr) << static_cast<char>(key);
    EXPECT_EQ(command_of({key, kModShift}), nullptr) << static_cast<char>(key);
  }
}

TEST(Commands, KeysReadAsPeopleWriteThem) {
  EXPECT_EQ(chord_text({'R', kModCtrl | kModShift}), "Ctrl+Shift+R");
  EXPECT_EQ(chord_text({kKeyPageDown, kModShift}), "Shift+PgDn");
  EXPECT_EQ(chord_text({kKeyF1 + 10}), "F11");
  EXPECT_EQ(keys_text(row_of(Command::kTop)), "Pad 7 or Alt+7");
  EXPECT_EQ(chord_text({}), "");
}

TEST(Commands, AFewLettersFindACommand) {
  const auto found = search_commands("foll");
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found.front()->command, Command::kFollow);
  EXPECT_EQ(search_commands("").size(), commands().size());
  EXPECT_TRUE(search_commands("xyzzy").empty());
}

}  // namespace
}  // namespace volery::view
