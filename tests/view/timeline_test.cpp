#include "view/timeline.hpp"

#include <gtest/gtest.h>

namespace volery::view {
namespace {

constexpr double kStep_s = 0.05;

Timeline recording(std::uint64_t last = 1000) {
  return Timeline(kStep_s, {0, last, false});
}
Timeline live(std::uint64_t last = 0) {
  return Timeline(kStep_s, {0, last, true});
}

TEST(Timeline, PlayMovesByWallTimeAndSpeed) {
  Timeline t = recording();
  t.advance(1);
  EXPECT_EQ(t.position(), 0U);
  t.toggle_play();
  t.advance(1);
  EXPECT_EQ(t.position(), 20U);
  t.faster();
  t.advance(1);
  EXPECT_EQ(t.position(), 60U);
  t.set_speed(0.25);
  t.advance(1);
  EXPECT_EQ(t.position(), 65U);
}

TEST(Timeline, SpeedStaysBetweenASixtyFourthAndSixtyFour) {
  Timeline t = recording();
  for (int i = 0; i < 20; ++i) t.faster();
  EXPECT_DOUBLE_EQ(t.speed(), 64);
  for (int i = 0; i < 40; ++i) t.slower();
  EXPECT_DOUBLE_EQ(t.speed(), 1.0 / 64);
}

TEST(Timeline, StepsPauseInBothDirections) {
  Timeline t = recording();
  t.toggle_play();
  t.advance(0.5);
  t.step(1);
  EXPECT_EQ(t.position(), 11U);
  EXPECT_FALSE(t.playing());
  t.step(-2);
  EXPECT_EQ(t.position(), 9U);
  t.seek(0);
  t.step(-1);
  EXPECT_EQ(t.position(), 0U);
  t.seek(1000);
  t.step(1);
  EXPECT_EQ(t.position(), 1000U);
}

TEST(Timeline, ALiveRunStepsBeyondItsNewest) {
  Timeline t = live(5);
  t.seek(5);
  t.step(1);
  EXPECT_EQ(t.position(), 6U);
}

TEST(Timeline, SeeksKeepThePlayState) {
  Timeline t = recording();
  t.skip(10);
  EXPECT_EQ(t.position(), 200U);
  EXPECT_FALSE(t.playing());
  t.toggle_play();
  t.skip(-1);
  EXPECT_EQ(t.position(), 180U);
  EXPECT_TRUE(t.playing());
  t.go_start();
  EXPECT_TRUE(t.playing());
}

TEST(Timeline, ADragHoldsPlaybackAndGivesItBack) {
  Timeline t = recording();
  t.toggle_play();
  t.begin_drag();
  t.seek(100);
  t.advance(1);
  EXPECT_EQ(t.position(), 100U);
  EXPECT_FALSE(t.playing());
  t.end_drag();
  EXPECT_TRUE(t.playing());
  t.advance(1);
  EXPECT_EQ(t.position(), 120U);
}

TEST(Timeline, JKLGoBackStopAndGoForwardFasterEachTime) {
  Timeline t = recording();
  t.seek(500);
  t.play_backward();
  EXPECT_DOUBLE_EQ(t.speed(), -1);
  t.play_backward();
  EXPECT_DOUBLE_EQ(t.speed(), -2);
  t.advance(1);
  EXPECT_EQ(t.position(), 460U);
  t.pause();
  t.advance(1);
  EXPECT_EQ(t.position(), 460U);
  t.play_forward();
  EXPECT_DOUBLE_EQ(t.speed(), 1);
  t.play_forward();
  EXPECT_DOUBLE_EQ(t.speed(), 2);
}

TEST(Timeline, TheEndStopsAndReplayStartsOver) {
  Timeline t = recording(10);
  t.toggle_play();
  t.advance(5);
  EXPECT_EQ(t.position(), 10U);
  EXPECT_FALSE(t.playing());
  EXPECT_TRUE(t.at_end());
  t.toggle_play();
  EXPECT_EQ(t.position(), 0U);
  EXPECT_TRUE(t.playing());
}

TEST(Timeline, ALoopRunsBetweenItsEnds) {
  Timeline t = recording();
  t.seek(100);
  t.set_in();
  t.seek(200);
  t.set_out();
  EXPECT_TRUE(t.loop());
  t.seek(190);
  t.toggle_play();
  t.advance(1);  // 20 steps: 10 to the end, 10 from the beginning
  EXPECT_EQ(t.position(), 110U);
  t.set_speed(-1);
  t.advance(1);
  EXPECT_EQ(t.position(), 190U);
  t.toggle_loop();
  t.set_speed(1);
  t.advance(1);
  EXPECT_EQ(t.position(), 210U);
}

TEST(Timeline, AnInBehindTheOutDropsTheOut) {
  Timeline t = recording();
  t.seek(50);
  t.set_out();
  t.seek(80);
  t.set_in();
  EXPECT_FALSE(t.out());
  EXPECT_EQ(*t.in(), 80U);
}

TEST(Timeline, EventsAndBookmarksAreWalkedInOrder) {
  const std::vector<TimeEvent> events{{30, 0, 1, TimeEvent::Kind::kCrash},
                                      {30, 0, 2, TimeEvent::Kind::kCrash},
                                      {90, 0, -1, TimeEvent::Kind::kReset}};
  Timeline t = recording();
  t.seek(60);
  t.toggle_bookmark();
  t.seek(0);
  for (const std::uint64_t expected : {30U, 60U, 90U}) {
    EXPECT_TRUE(t.go_event(1, events));
    EXPECT_EQ(t.position(), expected);
  }
  EXPECT_FALSE(t.go_event(1, events));
  EXPECT_EQ(t.position(), 90U);
  EXPECT_TRUE(t.go_event(-1, events));
  EXPECT_EQ(t.position(), 60U);
  t.toggle_bookmark();
  EXPECT_TRUE(t.bookmarks().empty());
}

TEST(Timeline, TypedTimesAndStepsAreSought) {
  Timeline t = recording();
  EXPECT_TRUE(t.go_typed("12.5"));
  EXPECT_EQ(t.position(), 250U);
  EXPECT_TRUE(t.go_typed("#300"));
  EXPECT_EQ(t.position(), 300U);
  EXPECT_TRUE(t.go_typed("1:02.5"));  // beyond the end
  EXPECT_EQ(t.position(), 1000U);
  EXPECT_FALSE(t.go_typed("soon"));
}

TEST(Timeline, GoingLivePlaysTheNewest) {
  Timeline t = live(100);
  t.seek(40);
  t.go_newest();
  EXPECT_EQ(t.position(), 100U);
  EXPECT_TRUE(t.playing());
  Timeline r = recording();
  r.go_newest();
  EXPECT_FALSE(r.playing());
}

TEST(Timeline, ForgottenStepsMoveTheHead) {
  Timeline t = live(100);
  t.seek(10);
  t.set_range({50, 200, true});
  EXPECT_EQ(t.position(), 50U);
}

}  // namespace
}  // namespace volery::view
