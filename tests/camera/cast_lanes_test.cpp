// Pictures against single rays, pixel by pixel and bit for bit, and against plain geometry.
#include "camera/cast.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "core/isa.hpp"
#include "core/rotation.hpp"
#include "render/renderer.hpp"
#include "scene/scene.hpp"
#include "tests/scene/oracle.hpp"

namespace volery::camera {
namespace {

using volery::testing::Draws;
using volery::testing::make_primitive;
using volery::testing::random_primitive;
using volery::testing::scene_of;

struct Picture {
  std::vector<float> depth_m, what;
  std::vector<Sighted> sighted;
};

Picture picture_of(const View& view, const Statics& statics, std::span<const Solid> movers = {}) {
  Picture picture;
  statics.sight(view, picture.sighted);
  for (const Solid& solid : movers) sight(view, solid, picture.sighted);
  sort_by_distance(picture.sighted);
  const auto pixels = static_cast<std::size_t>(view.width) * static_cast<std::size_t>(view.height);
  picture.depth_m.resize(pixels);
  picture.what.resize(pixels);
  CastScratch scratch;
  cast(view, picture.sighted, statics.grounds(), scratch,
       {picture.depth_m.data(), picture.what.data()});
  return picture;
}

/// Index of the static in a pixel, or -1.
int static_at(const Picture& picture, const Statics& statics, std::size_t pixel) {
  if (picture.what[pixel] < 0) return -1;
  const auto thing = static_cast<std::size_t>(picture.what[pixel]);
  const std::uint32_t id = thing < picture.sighted.size()
                               ? picture.sighted[thing].solid->id
                               : statics.grounds()[thing - picture.sighted.size()].id;
  return static_cast<int>(id - render::kStaticId);
}

View view_from(Vec3 eye, Quat quat_wb, int width, int height, float fov_y_rad = 1.2F,
               float far_m = 30) {
  CameraSpec spec;
  spec.fov_y_rad = fov_y_rad;
  spec.far_m = far_m;
  spec.near_m = 0.001F;
  return Mount(spec, width, height).view(eye, quat_wb);
}

/// Every kind of primitive, level ones, long ones and large ones too.
SceneConfig cluttered(unsigned seed) {
  Draws draws(seed);
  std::vector<Primitive> statics;
  for (int i = 0; i < 120; ++i) {
    statics.push_back(random_primitive(draws, static_cast<PrimitiveKind>(1 + i % 5), 8));
    if (i % 3 == 0) statics.back().rpy_rad = {0, 0, 0};
    if (i % 10 == 0) statics.back().size_m = {0.1F, 6, 3};
    if (statics.back().kind != PrimitiveKind::kBox) {
      const float d = statics.back().size_m[0];
      statics.back().size_m[1] = d;
      if (statics.back().kind == PrimitiveKind::kSphere) statics.back().size_m[2] = d;
    }
  }
  statics.push_back(make_primitive(PrimitiveKind::kPlane, {0, 0, -9}, {1, 1, 1}));
  statics.push_back(make_primitive(PrimitiveKind::kPlane, {14, 0, 0}, {1, 1, 1}, {0, -1.4F, 0}));
  return scene_of(std::move(statics));
}

/// Depth of a pixel by one ray, as cast() promises it.
float depth_by_ray(const Scene& scene, const View& view, int column, int row, int* primitive) {
  const float x =
      (2 * (static_cast<float>(column) + 0.5F) / static_cast<float>(view.width) - 1) * view.tan_x;
  const float y =
      (1 - 2 * (static_cast<float>(row) + 0.5F) / static_cast<float>(view.height)) * view.tan_y;
  const float length = std::sqrt(x * x + y * y + 1);
  const float shrunk = 1 / length;
  const Vec3 direction = view.ray_w(static_cast<float>(column), static_cast<float>(row)) * shrunk;
  const RayHit hit = scene.cast_ray(view.eye_w_m, direction, view.far_m * length);
  *primitive = hit.primitive;
  if (hit.primitive < 0) return view.far_m;
  return std::clamp(hit.distance_m * shrunk, view.near_m, view.far_m);
}

class Pictures : public ::testing::Test {
 protected:
  void TearDown() override { limit_isa("auto"); }
};

TEST_F(Pictures, GiveTheBitsOfSingleRays) {
  const SceneConfig config = cluttered(1);
  const Scene scene(config);
  const Statics statics(config);
  std::vector<std::unique_ptr<Scene>> alone;
  for (const Primitive& primitive : config.statics)
    alone.push_back(std::make_unique<Scene>(scene_of({primitive})));
  for (const std::string& set : available_isas()) {
    limit_isa(set);
    Draws draws(2);
    int met = 0;
    for (int i = 0; i < 60; ++i) {
      const Quat turned =
          quat_from_rpy({draws.uniform(-3, 3), draws.uniform(-1.5F, 1.5F), draws.uniform(-3, 3)});
      // sizes that are no multiple of a packet or tile; narrow and very wide lenses
      const View view =
          view_from(draws.in_box({-9, -9, -8}, {9, 9, 9}), turned, 17 + i % 5 * 9, 13 + i % 7 * 5,
                    i % 3 == 0 ? 2.6F : 0.3F + 0.02F * static_cast<float>(i));
      const Picture picture = picture_of(view, statics);
      for (int row = 0; row < view.height; ++row) {
        for (int column = 0; column < view.width; ++column) {
          const auto pixel = static_cast<std::size_t>(row * view.width + column);
          int primitive = -1;
          const float wanted = depth_by_ray(scene, view, column, row, &primitive);
          ASSERT_EQ(picture.depth_m[pixel], wanted)
              << set << ", picture " << i << ", pixel " << column << ", " << row;
          const int seen = static_at(picture, statics, pixel);
          ASSERT_EQ(seen < 0, primitive < 0);
          if (seen >= 0 && seen != primitive) {
            // two surfaces in one place, or an eye inside of two: each is right
            int ignored = 0;
            ASSERT_EQ(
                depth_by_ray(*alone[static_cast<std::size_t>(seen)], view, column, row, &ignored),
                wanted);
          }
          met += primitive >= 0 ? 1 : 0;
        }
      }
    }
    EXPECT_GT(met, 10'000) << set;
  }
}

TEST_F(Pictures, ShowAPlaneAtItsDepth) {
  // looking along x at a wall that faces it: depth is that of the wall in every pixel
  const Statics statics(scene_of(
      {make_primitive(PrimitiveKind::kPlane, {4, 0, 0}, {1, 1, 1}, {0, -1.57079633F, 0})}));
  const Picture picture = picture_of(view_from({1, 2, 3}, {}, 20, 20), statics);
  // roundings of the angle and of numbers of order 3
  constexpr float kTolerance_m = 5e-6F;
  for (const float depth_m : picture.depth_m) EXPECT_NEAR(depth_m, 3, kTolerance_m);
}

TEST_F(Pictures, ShowASphereWithItsOutline) {
  const float radius = 0.5F;
  const float ahead = 3;
  const Statics statics(
      scene_of({make_primitive(PrimitiveKind::kSphere, {ahead, 0, 0}, {1, 1, 1})}));
  const View view = view_from({}, {}, 101, 101, 0.6F);
  const Picture picture = picture_of(view, statics);
  // the middle pixel looks at its nearest point
  EXPECT_NEAR(picture.depth_m[50 * 101 + 50], ahead - radius, 1e-5);
  int inside = 0;
  for (const float what : picture.what) inside += what >= 0 ? 1 : 0;
  // the cone that touches it: a disc of this radius one meter ahead
  const double tangent = radius / std::sqrt(ahead * ahead - radius * radius);
  const double share = 3.14159265 * tangent * tangent / (4 * view.tan_x * view.tan_y);
  // pixels on the outline fall to either side
  EXPECT_NEAR(inside / (101.0 * 101.0), share, 0.02 * share);
}

TEST_F(Pictures, ShowMoversAsTheyShowStatics) {
  Draws draws(5);
  std::vector<Solid> movers;
  std::vector<Primitive> primitives;
  for (int i = 0; i < 90; ++i) {
    const auto kind = static_cast<PrimitiveKind>(1 + i % 3);
    Primitive primitive = random_primitive(draws, kind, 6);
    const float d = primitive.size_m[0];
    if (kind != PrimitiveKind::kBox) primitive.size_m[1] = d;
    if (kind == PrimitiveKind::kSphere) primitive.size_m[2] = d;
    primitives.push_back(primitive);
    const scene::Shape shape = scene::make_shape(primitive, "test");
    Solid solid{kind, shape.center_w_m, shape.half_m, {}, 0, nullptr, 7, {}};
    std::copy(std::begin(shape.axes_w), std::end(shape.axes_w), std::begin(solid.axes_w));
    solid.reach_m = std::sqrt(dot(shape.half_m, shape.half_m));
    movers.push_back(solid);
  }
  const Statics fixed(scene_of(primitives));
  const Statics none(scene_of({}));
  for (int i = 0; i < 20; ++i) {
    const View view =
        view_from(draws.in_box({-9, -9, -8}, {9, 9, 9}),
                  quat_from_rpy({0, draws.uniform(-1, 1), draws.uniform(-3, 3)}), 40, 30);
    EXPECT_EQ(picture_of(view, none, movers).depth_m, picture_of(view, fixed).depth_m);
  }
}

TEST_F(Pictures, HoldEverythingWithinNearAndFar) {
  CameraSpec spec;
  spec.near_m = 1;
  spec.far_m = 2;
  const View view = Mount(spec, 16, 16).view({}, {});
  const Statics statics(
      scene_of({make_primitive(PrimitiveKind::kBox, {0.6F, 0.2F, 0}, {1, 0.2F, 9}),
                make_primitive(PrimitiveKind::kBox, {5, -2, 0}, {1, 1, 1})}));
  const Picture picture = picture_of(view, statics);
  int near = 0, far = 0;
  for (const float depth_m : picture.depth_m) {
    EXPECT_GE(depth_m, 1);
    EXPECT_LE(depth_m, 2);
    near += depth_m == 1 ? 1 : 0;
    far += depth_m == 2 ? 1 : 0;
  }
  EXPECT_GT(near, 0);
  EXPECT_GT(far, 0);
}

TEST_F(Pictures, ShowTheNearerOfTwoAndNeverWhatIsBehindTheCamera) {
  const Statics statics(scene_of({make_primitive(PrimitiveKind::kBox, {6, 0, 0}, {1, 4, 4}),
                                  make_primitive(PrimitiveKind::kBox, {3, 0, 0}, {1, 1, 1}),
                                  make_primitive(PrimitiveKind::kBox, {-3, 0, 0}, {1, 9, 9})}));
  const Picture picture = picture_of(view_from({}, {}, 33, 33), statics);
  EXPECT_EQ(static_at(picture, statics, 16 * 33 + 16), 1);
  EXPECT_EQ(static_at(picture, statics, 16 * 33 + 4), -1);
  EXPECT_EQ(static_at(picture, statics, 16 * 33 + 10), 0);
  EXPECT_NEAR(picture.depth_m[16 * 33 + 16], 2.5F, 1e-6);
  EXPECT_NEAR(picture.depth_m[16 * 33 + 10], 5.5F, 1e-6);
}

}  // namespace
}  // namespace volery::camera
