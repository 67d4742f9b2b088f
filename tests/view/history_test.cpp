#include "view/history.hpp"

#include <gtest/gtest.h>

namespace volery::view {
namespace {

std::vector<std::uint8_t> bytes(std::size_t count) {
  return std::vector<std::uint8_t>(count);
}

TEST(History, FindsTheLastOneAtOrBefore) {
  History history(1);
  history.add(0, bytes(1));
  history.add(10, bytes(1));
  EXPECT_EQ(history.at_or_before(9)->position, 0U);
  EXPECT_EQ(history.at_or_before(10)->position, 10U);
  EXPECT_EQ(history.at_or_before(99)->position, 10U);
}

TEST(History, ForgetsTheOldestBeyondItsBudget) {
  History history(0.001);  // 1000 bytes
  for (std::uint64_t p = 0; p < 10; ++p) history.add(p, bytes(300));
  EXPECT_LE(history.bytes(), 1000U);
  EXPECT_EQ(history.first(), 7U);
  EXPECT_EQ(history.last(), 9U);
  EXPECT_EQ(history.at_or_before(6), nullptr);
}

TEST(History, KeepsTwoHoweverLarge) {
  History history(0.001);
  for (std::uint64_t p = 0; p < 4; ++p) history.add(p, bytes(5000));
  EXPECT_EQ(history.size(), 2U);
}

TEST(History, CutForgetsTheFuture) {
  History history(1);
  for (std::uint64_t p = 0; p < 50; p += 10) history.add(p, bytes(100));
  history.cut(20);
  EXPECT_EQ(history.last(), 20U);
  EXPECT_EQ(history.bytes(), 300U);
}

}  // namespace
}  // namespace volery::view
