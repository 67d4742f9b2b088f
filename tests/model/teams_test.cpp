#include "model/teams.hpp"

#include <gtest/gtest.h>

#include "volery/error.hpp"

namespace volery {
namespace {

TEST(Teams, AreNumberedInTheOrderOfTheirNames) {
  const Teams teams({"hunter", "hunter", "prey", "hunter"});
  EXPECT_EQ(teams.names(), (std::vector<std::string>{"hunter", "prey"}));
  EXPECT_EQ(teams.count(), 2);
  EXPECT_EQ(teams.of(0), 0);
  EXPECT_EQ(teams.of(2), 1);
  EXPECT_EQ(teams.of(3), 0);
}

TEST(Teams, OfShortListsAreTakenInTurn) {
  const Teams teams({"red", "blue"});
  EXPECT_EQ(teams.of(4), 0);
  EXPECT_EQ(teams.of(7), 1);
}

TEST(Teams, AreOneWhereNoneAreGiven) {
  const Teams teams;
  EXPECT_FALSE(teams.given());
  EXPECT_EQ(teams.count(), 1);
  EXPECT_EQ(teams.of(12), 0);
}

TEST(Teams, RefuseNamesThatAreEmpty) {
  try {
    (void)Teams({"red", ""});
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("config.teams[1]"), std::string::npos);
  }
}

}  // namespace
}  // namespace volery
