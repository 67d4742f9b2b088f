#include "view/numbers.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace volery::view {
namespace {

TEST(Numbers, EachUnitHasItsDecimals) {
  EXPECT_EQ(quantity(1.2, "m"), "1.20 m");
  EXPECT_EQ(quantity(-0.001, "m"), "0.00 m");
  EXPECT_EQ(quantity(87.4, "%"), "87 %");
  EXPECT_EQ(quantity(12.34, "deg"), "12.3 deg");
  EXPECT_EQ(quantity(0.25, "rad"), "0.250 rad");
  EXPECT_EQ(quantity(3, ""), "3");
  EXPECT_EQ(quantity(0.5, ""), "0.500");
  EXPECT_EQ(quantity(0.0000213, "kg m^2"), "2.13e-05 kg m^2");
}

TEST(Numbers, LargeOnesAreShortAndWrongOnesAreFlagged) {
  EXPECT_EQ(quantity(12345, "rad/s"), "12.3k rad/s");
  EXPECT_EQ(count_text(9998), "9998");
  EXPECT_EQ(count_text(10000), "10.0k");
  EXPECT_EQ(count_text(1234567), "1.2M");
  EXPECT_EQ(quantity(std::nan(""), "m"), "NaN !");
  EXPECT_EQ(quantity(std::numeric_limits<double>::infinity(), "m"), "inf ! m");
}

TEST(Numbers, CopiesAreInFull) {
  EXPECT_EQ(full_text(static_cast<double>(0.1F)), "0.1");
  EXPECT_EQ(full_text(static_cast<double>(1.0F / 3)), "0.33333334");
}

TEST(Numbers, TimesReadAsClocks) {
  EXPECT_EQ(time_text(12.5), "00:12.500");
  EXPECT_EQ(time_text(62.0004), "01:02.000");
  EXPECT_EQ(time_text(3661.25), "1:01:01.250");
  EXPECT_EQ(time_text(-1), "-00:01.000");
}

TEST(Numbers, TypedTimesAreSecondsClocksOrSteps) {
  EXPECT_DOUBLE_EQ(*parse_time("12.5")->time_s, 12.5);
  EXPECT_DOUBLE_EQ(*parse_time(" 12.5 s")->time_s, 12.5);
  EXPECT_DOUBLE_EQ(*parse_time("1:02.5")->time_s, 62.5);
  EXPECT_DOUBLE_EQ(*parse_time("1:00:02")->time_s, 3602);
  EXPECT_EQ(*parse_time("#3000")->step, 3000U);
  EXPECT_FALSE(parse_time("#3000")->time_s);
}

TEST(Numbers, WhatIsNoTimeIsRefused) {
  for (const char* text : {"", "abc", "1:", ":5", "1:60", "-3", "1.5:3", "#", "#1.5", "1:2:3:4",
                           "1e3", "..", "12 m"}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

TEST(Numbers, SpeedsAreFractionsBelowOne) {
  EXPECT_EQ(speed_text(1), "x1");
  EXPECT_EQ(speed_text(64), "x64");
  EXPECT_EQ(speed_text(0.25), "x1/4");
  EXPECT_EQ(speed_text(-2), "x-2");
  EXPECT_EQ(speed_text(-1.0 / 64), "x-1/64");
}

}  // namespace
}  // namespace volery::view
