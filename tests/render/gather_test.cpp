// From the frame to what is drawn over the scene.
#include "render/gather.hpp"

#include <gtest/gtest.h>

#include "pictures.hpp"
#include "render/palette.hpp"

namespace volery::render::testing {
namespace {

View view_of() {
  return View(look_at({-10, 0, 5}, {0, 0, 1}), 400, 300, Extent{});
}

TEST(Gather, ShadowsFadeWithHeight) {
  EXPECT_EQ(shadow_share(0), 1);
  EXPECT_FLOAT_EQ(shadow_share(5), 0.5F);
  EXPECT_EQ(shadow_share(10), 0);
  EXPECT_EQ(shadow_share(1e6F), 0);
}

TEST(Gather, AShadowLiesOnWhateverIsBelow) {
  Stage stage = stage_of("empty", {"x500"});
  stage.scene.statics.push_back(box({0, 0, 0.5F}, {2, 2, 1}));  // its top is at 1 m
  const Bodies bodies(stage);
  const Scene scene(stage.scene);
  Frame frame;
  frame.vehicles = {body_at({0, 0, 3}), body_at({4, 0, 3}, 1), body_at({2, 2, 30}, 2)};
  const View view = view_of();
  Gathered out;
  gather_bodies(frame, view, bodies, scene, {}, false, out);
  ASSERT_EQ(out.shadows.size(), 2U) << "that of the third is gone";
  constexpr float kLift_m = 0.01F;  // shadows lie a little over their surface
  EXPECT_NEAR(out.shadows[0].center_rel_m.z, 1 - 5, kLift_m);
  EXPECT_NEAR(out.shadows[1].center_rel_m.z, 0 - 5, kLift_m);
  EXPECT_GT(out.shadows[0].color[3], out.shadows[1].color[3]) << "nearer to its ground";
  const std::uint8_t alone = out.shadows[0].color[3];
  out.clear();
  gather_bodies(frame, view, bodies, scene, {}, true, out);
  EXPECT_LT(out.shadows[0].color[3], alone) << "beside a shadow of the sun";
}

TEST(Gather, SelectedHoveredAndFaultyOnesAreMarked) {
  const Stage stage = stage_of("empty", {"cf2x"});
  const Bodies bodies(stage);
  const Scene scene(stage.scene);
  const auto rings_of = [&](std::uint8_t flags) {
    Frame frame;
    frame.vehicles = {body_at({0, 0, 2})};
    frame.vehicles[0].flags = flags;
    Gathered out;
    gather_bodies(frame, view_of(), bodies, scene, {}, false, out);
    return std::pair(out.rings.size(), out.stems.size());
  };
  EXPECT_EQ(rings_of(0), std::pair(0UL, 0UL));
  EXPECT_EQ(rings_of(kBodySelected), std::pair(2UL, 1UL));  // ring with its rim, line to the ground
  EXPECT_EQ(rings_of(kBodyHovered), std::pair(2UL, 0UL));
  EXPECT_EQ(rings_of(kBodyFault), std::pair(1UL, 0UL));
}

TEST(Gather, WhatIsPickedStandsOutInBothThemes) {
  const Stage stage = stage_of("empty", {"cf2x"});
  const Bodies bodies(stage);
  const Scene scene(stage.scene);
  Frame frame;
  frame.vehicles = {body_at({0, 0, 2}), body_at({1, 0, 2}, 1)};
  frame.vehicles[0].flags = kBodySelected;
  frame.vehicles[1].flags = kBodyHovered;
  constexpr int kApart = 0x80;  // of 255, in each channel
  for (const bool light : {false, true}) {
    Gathered out;
    gather_bodies(frame, view_of(), bodies, scene, {.light_theme = light}, false, out);
    const Theme& theme = theme_of(light);
    ASSERT_EQ(out.rings.size(), 4U);
    ASSERT_EQ(out.stems.size(), 1U);
    ASSERT_EQ(out.marks.size(), 1U);
    const auto expect_apart = [&](const std::uint8_t* color, const char* what) {
      for (const std::uint8_t ground : {theme.ground.r, theme.horizon.r}) {
        EXPECT_GT(std::abs(color[0] - ground), kApart) << what << (light ? ", light" : ", dark");
      }
    };
    expect_apart(out.rings[1].color, "ring of the selected");
    expect_apart(out.rings[3].color, "ring of the hovered");
    expect_apart(out.stems[0].from_color, "line to the ground");
    expect_apart(out.marks[0].color, "ring on the ground");
    EXPECT_GT(std::abs(out.rings[0].color[0] - out.rings[1].color[0]), kApart) << "its rim";
  }
}

TEST(Gather, TrailsFadeAndBecomeThinWhereTheyAreMany) {
  Frame frame;
  // a zigzag: on a straight stretch only the ends are kept
  for (int i = 0; i < 5; ++i) {
    frame.trail_points.push_back({static_cast<float>(i % 2), static_cast<float>(i), 1});
  }
  frame.trails.push_back({0, 5, {1, 2, 3, 200}, 2});
  Gathered out;
  gather_lines(frame, view_of(), 1, true, out);
  ASSERT_EQ(out.lines.size(), 4U);
  EXPECT_EQ(out.lines[0].from_color[3], 0);
  EXPECT_EQ(out.lines[3].to_color[3], 200);
  EXPECT_EQ(out.lines[1].to_color[3], 100);
  EXPECT_TRUE(out.thin.empty());

  const Trail trail = frame.trails[0];
  while (5 * frame.trails.size() <= kMostRibbons) frame.trails.push_back(trail);
  out.clear();
  gather_lines(frame, view_of(), 1, true, out);
  EXPECT_EQ(out.thin.size(), 8 * frame.trails.size());
  EXPECT_TRUE(out.lines.empty());
  out.clear();
  gather_lines(frame, view_of(), 1, false, out);
  EXPECT_EQ(out.lines.size(), 4 * frame.trails.size()) << "a graphics card draws all of them wide";
}

TEST(Gather, TrailsAreDrawnWithThePointsThatShow) {
  Frame frame;
  for (int i = 0; i < 21; ++i) {
    const float x = 0.1F * static_cast<float>(i);
    frame.trail_points.push_back({x, 0, i < 10 ? 1.0F : 1.0F + 0.5F * (x - 1)});
  }
  frame.trails.push_back({0, 21, {1, 2, 3, 200}, 2});
  Gathered out;
  const View view = view_of();
  gather_lines(frame, view, 1, true, out);
  ASSERT_EQ(out.lines.size(), 2U) << "straight, a bend, straight";
  EXPECT_EQ(out.lines[0].from_rel_m, view.relative(frame.trail_points[0]));
  EXPECT_EQ(out.lines[1].to_rel_m, view.relative(frame.trail_points[20]));
  EXPECT_EQ(out.lines[0].to_color[3], out.lines[1].from_color[3]);
  // from behind the eye it is drawn as it is
  frame.trail_points[0] = {-40, 0, 1};
  out.clear();
  gather_lines(frame, view, 1, true, out);
  EXPECT_EQ(out.lines.size(), 20U);
}

TEST(Gather, AnArrowHasItsHeadAtTheEnd) {
  Frame frame;
  frame.lines.push_back({{0, 0, 1}, {0, 2, 1}, kOrange, 1, LineStyle::kDashed, true});
  const View view = view_of();
  Gathered out;
  gather_lines(frame, view, 1, true, out);
  ASSERT_EQ(out.lines.size(), 1U);
  ASSERT_EQ(out.marks.size(), 1U);
  EXPECT_EQ(out.marks[0].shape, static_cast<float>(QuadShape::kDart));
  EXPECT_EQ(out.marks[0].center_rel_m, view.relative({0, 2, 1}));
  EXPECT_GT(out.marks[0].v_m.y, 0) << "points where the line goes";
}

TEST(Gather, MarksOutsideOfThePictureAreLeftOut) {
  Frame frame;
  Mark mark;
  mark.position_w_m = {0, 0, 1};
  frame.marks.push_back(mark);
  mark.position_w_m = {-40, 0, 1};  // behind the eye
  frame.marks.push_back(mark);
  mark.position_w_m = {0, 0, 1};
  mark.shape = MarkShape::kSphere;
  mark.radius_m = 0.5F;
  frame.marks.push_back(mark);
  Gathered out;
  gather_marks(frame, view_of(), 1, out);
  EXPECT_EQ(out.marks.size(), 1U);
  EXPECT_TRUE(out.balls.empty());
  ASSERT_EQ(out.solid_balls.size(), 1U);
  EXPECT_EQ(out.solid_balls[0].scale, (Vec3{1, 1, 1}));
  frame.marks.back().color.a = 100;  // lets light through
  out.clear();
  gather_marks(frame, view_of(), 1, out);
  EXPECT_EQ(out.balls.size(), 1U);
  EXPECT_TRUE(out.solid_balls.empty());
}

}  // namespace
}  // namespace volery::render::testing
