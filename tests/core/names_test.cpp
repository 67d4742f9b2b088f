#include <gtest/gtest.h>

#include "core/described.hpp"

namespace volery {
namespace {

TEST(NearestName, FindsSlipsOfTheFinger) {
  const std::vector<std::string> names{"hover", "formation", "waypoints"};
  EXPECT_EQ(nearest_name("hoover", names), "hover");
  EXPECT_EQ(nearest_name("hovre", names), "hover");
  EXPECT_EQ(nearest_name("Formation", names), "formation");
  EXPECT_EQ(nearest_name("waypoint", names), "waypoints");
  EXPECT_EQ(nearest_name("form", names), "formation") << "a beginning is enough where it is unique";
}

TEST(NearestName, FindsNothingFarAway) {
  EXPECT_EQ(nearest_name("banana", {"hover", "formation"}), "");
  EXPECT_EQ(nearest_name("mass", {"mass_kg", "mass_lb"}), "") << "two candidates begin so";
  EXPECT_EQ(nearest_name("ab", {"abcdef"}), "");
  EXPECT_EQ(nearest_name("x", {}), "");
}

TEST(DidYouMean, ListsWhatThereIsWhereNothingIsNear) {
  EXPECT_EQ(did_you_mean("hoover", {"hover"}), " (did you mean 'hover'?)");
  EXPECT_EQ(did_you_mean("banana", {"hover", "race"}), " (there are: hover, race)");
  EXPECT_EQ(did_you_mean("banana", {}), " (there are none)");
}

}  // namespace
}  // namespace volery
