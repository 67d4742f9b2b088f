#include "view/window_layout.hpp"

#include <gtest/gtest.h>

namespace volery::view {
namespace {

double scene_share(const WindowLayout& layout, double width, double height) {
  return static_cast<double>(layout.scene.width) * static_cast<double>(layout.scene.height) /
         (width * height);
}

TEST(WindowLayout, TheSceneHasSixtyPercentOfASmallWindow) {
  EXPECT_GE(scene_share(lay_out(1280, 720, Panels{}, 1), 1280, 720), 0.6);
}

TEST(WindowLayout, PartsMeetWithoutGapsOrOverlap) {
  Panels panels;
  panels.drawer = true;
  for (const float scale : {0.75F, 1.0F, 2.0F, 2.5F}) {
    const WindowLayout a = lay_out(1280, 720, panels, scale);
    EXPECT_FLOAT_EQ(a.left.width, a.scene.x);
    EXPECT_FLOAT_EQ(a.scene.x + a.scene.width, a.right.x);
    EXPECT_FLOAT_EQ(a.right.x + a.right.width, 1280);
    EXPECT_FLOAT_EQ(a.bar.height, a.scene.y);
    EXPECT_FLOAT_EQ(a.scene.y + a.scene.height, a.drawer.y);
    EXPECT_FLOAT_EQ(a.drawer.y + a.drawer.height, a.time.y);
    EXPECT_FLOAT_EQ(a.time.y + a.time.height, 720);
  }
}

TEST(WindowLayout, HiddenPanelsLeaveEverythingToTheScene) {
  Panels panels;
  panels.hidden = true;
  EXPECT_DOUBLE_EQ(scene_share(lay_out(1280, 720, panels, 1), 1280, 720), 1);
  for (const Splitter which : kSplitters) {
    EXPECT_EQ(splitter_area(lay_out(1280, 720, panels, 1), which, 1).width, 0);
  }
}

TEST(WindowLayout, ADraggedEdgeGoesWhereTheHandIs) {
  Panels panels;
  panels.drawer = true;
  for (const float scale : {1.0F, 1.5F}) {
    WindowLayout layout = lay_out(1280, 720, panels, scale);
    drag_splitter(panels, Splitter::kLeft, 330, layout, scale);
    drag_splitter(panels, Splitter::kRight, 1280 - 350, layout, scale);
    drag_splitter(panels, Splitter::kDrawer, 300, layout, scale);
    layout = lay_out(1280, 720, panels, scale);
    // areas are whole pixels
    EXPECT_NEAR(layout.left.width, 330, 0.5);
    EXPECT_NEAR(layout.right.x, 1280 - 350, 0.5);
    EXPECT_NEAR(layout.drawer.y, 300, 0.5);
    const Area edge = splitter_area(layout, Splitter::kDrawer, scale);
    EXPECT_NEAR(edge.y + edge.height / 2, layout.drawer.y, 1);
  }
  reset_splitter(panels, Splitter::kLeft);
  EXPECT_EQ(panels.left_px, Panels{}.left_px);
}

TEST(WindowLayout, NoPanelIsDraggedOutOfItsLimits) {
  Panels panels;
  panels.drawer = true;
  const WindowLayout layout = lay_out(3840, 2160, panels, 1);
  for (const float to : {-500.0F, 0.0F, 1900.0F, 9000.0F}) {
    drag_splitter(panels, Splitter::kLeft, to, layout, 1);
    drag_splitter(panels, Splitter::kRight, to, layout, 1);
    drag_splitter(panels, Splitter::kDrawer, to, layout, 1);
    EXPECT_GE(panels.left_px, kLeftLimits.least_px);
    EXPECT_LE(panels.left_px, kLeftLimits.most_px);
    EXPECT_GE(panels.right_px, kRightLimits.least_px);
    EXPECT_LE(panels.right_px, kRightLimits.most_px);
    EXPECT_GE(panels.drawer_px, kDrawerLimits.least_px);
    EXPECT_LE(panels.drawer_px, kDrawerLimits.most_px);
  }
}

TEST(WindowLayout, SidesNeverTakeTheWholeWindow) {
  Panels panels;
  panels.left_px = kLeftLimits.most_px;
  panels.right_px = kRightLimits.most_px;
  for (const float width : {320.0F, 640.0F, 1280.0F}) {
    EXPECT_GE(lay_out(width, 720, panels, 2).scene.width, 0.19F * width);
  }
}

}  // namespace
}  // namespace volery::view
