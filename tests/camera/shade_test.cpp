// Light on what rays met: sun, sky, the grid on the ground.
#include "camera/shade.hpp"

#include <gtest/gtest.h>

#include <array>

#include "core/rotation.hpp"
#include "render/palette.hpp"
#include "tests/scene/oracle.hpp"

namespace volery::camera {
namespace {

using volery::testing::make_primitive;
using volery::testing::scene_of;

constexpr int kSide = 41;

using Rgb = std::array<int, 3>;

/// The picture of a scene from a point, turned by roll, pitch and yaw.
std::vector<std::uint8_t> picture_of(const Statics& statics, Vec3 eye, Vec3 rpy,
                                     std::span<const Solid> movers = {}) {
  const View view = Mount(CameraSpec{}, kSide, kSide).view(eye, quat_from_rpy(rpy));
  std::vector<Sighted> sighted;
  statics.sight(view, sighted);
  for (const Solid& solid : movers) sight(view, solid, sighted);
  sort_by_distance(sighted);
  std::vector<float> depth_m(kSide * kSide), what(kSide * kSide);
  CastScratch scratch;
  const Pixels pixels{depth_m.data(), what.data()};
  cast(view, sighted, statics.grounds(), scratch, pixels);
  std::vector<std::uint8_t> rgb(kSide * kSide * 3);
  shade(view, sighted, statics.grounds(), pixels, rgb.data());
  return rgb;
}

Rgb at(const std::vector<std::uint8_t>& rgb, int column, int row) {
  const auto i = static_cast<std::size_t>(row * kSide + column) * 3;
  return {rgb[i], rgb[i + 1], rgb[i + 2]};
}
int sum(Rgb color) {
  return color[0] + color[1] + color[2];
}

TEST(Shade, HasASkyThatIsDarkerAbove) {
  const Statics none(scene_of({}));
  const auto rgb = picture_of(none, {}, {});
  const Rgb horizon = at(rgb, 20, 30);
  // to the byte and back through tables of 256 and 4096 entries
  EXPECT_NEAR(horizon[0], render::kDarkTheme.horizon.r, 1);
  EXPECT_NEAR(horizon[1], render::kDarkTheme.horizon.g, 1);
  EXPECT_NEAR(horizon[2], render::kDarkTheme.horizon.b, 1);
  EXPECT_LT(sum(at(rgb, 20, 0)), sum(horizon));
}

TEST(Shade, LightsTheSidesThatFaceTheSun) {
  // the sun stands towards -x, -y and high up
  const Statics statics(scene_of({make_primitive(PrimitiveKind::kBox, {0, 0, 0}, {2, 2, 2})}));
  const float half_turn = 3.14159265F;
  const int west = sum(at(picture_of(statics, {-4, 0, 0}, {}), 20, 20));
  const int east = sum(at(picture_of(statics, {4, 0, 0}, {0, 0, half_turn}), 20, 20));
  const int above = sum(at(picture_of(statics, {0, 0, 4}, {0, half_turn / 2, 0}), 20, 20));
  EXPECT_GT(west, east + 30);
  EXPECT_GT(above, west + 30);
}

TEST(Shade, DrawsALineOnTheGroundEveryMeter) {
  const Statics ground(scene_of({make_primitive(PrimitiveKind::kPlane, {0, 0, 0}, {1, 1, 1})}));
  // straight down from the middle of a cell, 0.07 m a pixel: lines are half a meter to each side
  const auto rgb = picture_of(ground, {3.5F, 4.5F, 2}, {0, 1.57079633F, 0});
  const int cell = sum(at(rgb, 20, 20));
  int lines = 0;
  for (int column = 0; column < kSide; ++column) {
    const int here = sum(at(rgb, column, 20));
    EXPECT_GE(here, cell);
    const int before = column == 0 ? cell : sum(at(rgb, column - 1, 20));
    const int after = column + 1 == kSide ? cell : sum(at(rgb, column + 1, 20));
    if (here > cell + 10 && here > before && here >= after) ++lines;
  }
  // 2.7 m from edge to edge
  EXPECT_GE(lines, 2);
  EXPECT_LE(lines, 3);
}

TEST(Shade, GivesTeamsTheirColors) {
  const Statics none(scene_of({}));
  for (int team = 0; team < 4; ++team) {
    Solid solid{PrimitiveKind::kSphere,  {2, 0, 0}, {1, 1, 1}, {}, 1, nullptr, 1,
                render::team_color(team)};
    const Rgb seen = at(picture_of(none, {}, {}, {&solid, 1}), 20, 20);
    // light scales linear color, so the order of its channels stays
    const render::Color color = render::team_color(team);
    EXPECT_EQ(seen[0] > seen[2], color.r > color.b) << team;
    EXPECT_EQ(seen[1] > seen[0], color.g > color.r) << team;
  }
}

TEST(Shade, GivesTheSameCubeTheSameLightWhateverItIsMadeOf) {
  std::vector<float> corners;
  for (int i = 0; i < 8; ++i) {
    for (int axis = 0; axis < 3; ++axis) corners.push_back((i >> axis & 1) != 0 ? 0.5F : -0.5F);
  }
  Primitive hull = make_primitive(PrimitiveKind::kHull, {0, 0, 0}, {1, 1, 1}, {0.3F, 0.4F, 0.5F});
  hull.vertices_m = corners;
  Primitive box = make_primitive(PrimitiveKind::kBox, {0, 0, 0}, {1, 1, 1}, {0.3F, 0.4F, 0.5F});
  const Statics of_hull(scene_of({hull})), of_box(scene_of({box}));
  const auto a = picture_of(of_hull, {-2, 0, 0}, {}), b = picture_of(of_box, {-2, 0, 0}, {});
  for (int row = 0; row < kSide; ++row) {
    for (int column = 0; column < kSide; ++column) {
      // their grays differ by 6 of 126 at most
      EXPECT_NEAR(sum(at(a, column, row)), sum(at(b, column, row)), 30) << column << ", " << row;
    }
  }
}

}  // namespace
}  // namespace volery::camera
