#include "view/track.hpp"

#include <gtest/gtest.h>

namespace volery::view {
namespace {

TEST(Track, ShowsTheWholeRangeUntilItIsZoomed) {
  TrackView track;
  track.update({0, 1000, true}, 1000);
  track.update({0, 2000, true}, 2000);
  EXPECT_FALSE(track.zoomed());
  EXPECT_EQ(track.low(), 0);
  EXPECT_EQ(track.high(), 2000);
}

TEST(Track, ANotchKeepsWhatIsUnderTheCursor) {
  TrackView track;
  track.update({0, 1000, false}, 500);
  track.zoom(1, 400);
  EXPECT_TRUE(track.zoomed());
  EXPECT_DOUBLE_EQ(track.high() - track.low(), 1000 / TrackView::kStep);
  EXPECT_DOUBLE_EQ((400 - track.low()) / (track.high() - track.low()), 0.4);
}

TEST(Track, TheHeadStaysInView) {
  TrackView track;
  track.update({0, 10000, false}, 100);
  track.zoom(10, 9000);
  const double span = track.high() - track.low();
  EXPECT_LE(track.low(), 100) << "zooming far from the head shows the head as well";
  for (const double head : {100.0, 3000.0, 10000.0, 0.0, 5000.0}) {
    track.update({0, 10000, false}, head);
    EXPECT_LE(track.low(), head);
    EXPECT_GE(track.high(), head);
    EXPECT_NEAR(track.high() - track.low(), span, 1e-9);
    EXPECT_GE(track.low(), 0);
    EXPECT_LE(track.high(), 10000);
  }
}

TEST(Track, ZoomingOutEndsWithEverything) {
  TrackView track;
  track.update({0, 1000, false}, 500);
  track.zoom(5, 500);
  track.zoom(-20, 500);
  EXPECT_FALSE(track.zoomed());
  EXPECT_EQ(track.high(), 1000);
}

TEST(Track, NoZoomShowsLessThanAFewSteps) {
  TrackView track;
  track.update({0, 1000, false}, 500);
  track.zoom(100, 500);
  EXPECT_DOUBLE_EQ(track.high() - track.low(), TrackView::kLeastSteps);
  // a range shorter than that cannot be zoomed
  track.show_all();
  track.update({0, 5, true}, 5);
  track.zoom(3, 2);
  EXPECT_FALSE(track.zoomed());
}

}  // namespace
}  // namespace volery::view
