// Images of numbers against geometry, and every refusal.
#include "render/offscreen.hpp"

#include <cmath>

#include "pictures.hpp"

namespace volery::render::testing {
namespace {

constexpr int kSide = 64;
constexpr std::size_t kPixels = kSide * kSide;
// positions are floats relative to the eye, orientations 16 bits: some 1e-5 of a few meters
constexpr float kDepthTolerance_m = 1e-3F;

// ground, a box of 1 m whose front is at x = 2, a ball of 1 m above it at (4, 2, 2)
Stage room() {
  Stage stage = stage_of("empty", {"cf2x"});
  stage.scene.statics.push_back(box({2.5F, 0, 1}, {1, 1, 1}));
  Primitive ball;
  ball.kind = PrimitiveKind::kSphere;
  ball.position_w_m = {4, 2, 2};
  stage.scene.statics.push_back(ball);
  return stage;
}

Camera ahead(float fov_y_rad = 1.2F) {
  Camera camera = look_at({0, 0, 1}, {1, 0, 1}, fov_y_rad);
  camera.near_m = 0.1F;
  camera.far_m = 20;
  return camera;
}

/// Direction of a pixel's middle in camera coordinates, z = -1.
Vec3 ray_of(int x, int y, float fov_y_rad) {
  const float tan = std::tan(fov_y_rad / 2);
  const float step = 2 * tan / static_cast<float>(kSide);
  return {(static_cast<float>(x) + 0.5F) * step - tan, tan - (static_cast<float>(y) + 0.5F) * step,
          -1};
}

std::size_t pixel(int x, int y) {
  return static_cast<std::size_t>(y) * kSide + static_cast<std::size_t>(x);
}

std::vector<float> depth_of(Offscreen& renderer, const Frame& frame, const Camera& camera) {
  std::vector<float> depth(kPixels);
  renderer.depth(frame, camera, kSide, kSide, depth);
  return depth;
}

TEST(Offscreen, DepthOfGroundIsThatOfThePlane) {
  const auto renderer = offscreen(stage_of("empty", {"cf2x"}));
  VOLERY_NEEDS(renderer);
  const std::vector<float> depth = depth_of(*renderer, {}, ahead());
  int compared = 0;
  for (int y = 0; y < kSide; ++y) {
    const Vec3 ray = ray_of(7, y, 1.2F);  // at 7: the plane is level, all columns are equal
    const float expected = ray.y < -0.05F ? std::min(1 / -ray.y, 20.0F) : 20.0F;
    if (std::abs(ray.y) <= 0.05F) continue;  // the far plane cuts the ground within this pixel
    EXPECT_NEAR(depth[pixel(7, y)], expected, kDepthTolerance_m * expected) << y;
    ++compared;
  }
  EXPECT_GT(compared, 50);
}

TEST(Offscreen, DepthOfBoxAndBallIsAnalytic) {
  const auto renderer = offscreen(room());
  VOLERY_NEEDS(renderer);
  const std::vector<float> depth = depth_of(*renderer, {}, ahead());
  int on_box = 0, on_ball = 0;
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      const Vec3 ray = ray_of(x, y, 1.2F);  // camera x is -y of the world, y is z
      // the front of the box: a square of half a meter at 2 m; half a pixel of its edge left out
      if (std::abs(ray.x) < 0.23F && std::abs(ray.y) < 0.23F) {
        EXPECT_NEAR(depth[pixel(x, y)], 2, kDepthTolerance_m);
        ++on_box;
      }
      // the ball: |t ray - center| = 0.5, center (-2, 1, -4) in camera coordinates
      const Vec3 center{-2, 1, -4};
      const float a = dot(ray, ray), b = dot(ray, center), c = dot(center, center) - 0.25F;
      const float discriminant = b * b - a * c;
      if (discriminant < 0.15F * a) continue;  // its rim
      // the mesh of 32 segments lies up to 0.5 (1 - cos(pi / 32)) = 2.4 mm inside of the ball, and
      // seen at a slant more
      constexpr float kMesh_m = 0.008F;
      EXPECT_NEAR(depth[pixel(x, y)], (b - std::sqrt(discriminant)) / a, kMesh_m);
      ++on_ball;
    }
  }
  EXPECT_GT(on_box, 300);
  EXPECT_GT(on_ball, 20);
}

TEST(Offscreen, SegmentationFindsBodiesWhereTheyAre) {
  const auto renderer = offscreen(room());
  VOLERY_NEEDS(renderer);
  Frame frame;
  frame.vehicles = {body_at({1, 0.3F, 1.2F}, 41), body_at({1, -0.3F, 0.8F}, 7)};
  std::vector<std::uint32_t> ids(kPixels);
  renderer->segmentation(frame, ahead(), kSide, kSide, ids);
  const float per_m = 32 / std::tan(0.6F);  // pixels of a meter at 1 m
  const auto id_at = [&](float left_m, float up_m) {
    return ids[pixel(static_cast<int>(32 - left_m * per_m), static_cast<int>(32 - up_m * per_m))];
  };
  EXPECT_EQ(id_at(0.3F, 0.2F), 42U);
  EXPECT_EQ(id_at(-0.3F, -0.2F), 8U);
  EXPECT_EQ(id_at(0, 0), kStaticId + 1);         // the box behind them
  EXPECT_EQ(id_at(0, -0.62F), kStaticId);        // ground
  EXPECT_EQ(id_at(0.6F, 0.6F), 0U);              // nothing
  EXPECT_EQ(id_at(0.5F, 0.25F), kStaticId + 2);  // the ball at 4 m, 2 to the left, 1 up
}

TEST(Offscreen, AtlasHidesTheVehicleThatCarriesTheCamera) {
  const auto renderer = offscreen(stage_of("empty", {"cf2x"}));
  VOLERY_NEEDS(renderer);
  Frame frame;
  frame.vehicles = {body_at({0.5F, 0, 1}, 0), body_at({1, 0, 1}, 1)};
  const std::vector<Camera> cameras(3, ahead());
  const std::vector<int> hidden{-1, 0, 1};
  std::vector<std::uint32_t> ids(3 * kPixels);
  renderer->segmentation_atlas(frame, cameras, hidden, kSide, kSide, ids);
  const std::size_t middle = pixel(32, 32);
  EXPECT_EQ(ids[middle], 1U);
  EXPECT_EQ(ids[kPixels + middle], 2U);
  EXPECT_EQ(ids[2 * kPixels + middle], 1U);
}

TEST(Offscreen, AtlasSeesVehiclesAsTheirCollisionShapes) {
  const Stage stage = stage_of("empty", {"cf2x"});
  const auto renderer = offscreen(stage);
  VOLERY_NEEDS(renderer);
  Frame frame;
  frame.vehicles = {body_at({1, 0, 1}, 0)};
  const std::vector<Camera> cameras(1, ahead());
  const std::vector<int> hidden{-1};
  std::vector<float> depth(kPixels);
  renderer->depth_atlas(frame, cameras, hidden, kSide, kSide, depth);
  // the side of a cylinder of 6 cm; its 16 sides lie up to 0.06 (1 - cos(pi / 16)) = 1.2 mm inside
  constexpr float kSides_m = 0.0013F;
  EXPECT_NEAR(depth[pixel(32, 32)], 0.94F, kSides_m + kDepthTolerance_m);
  EXPECT_EQ(depth[pixel(32, 2)], 20) << "far_m where nothing is met";
}

TEST(Offscreen, AtlasOfManyCamerasIsEachImageAlone) {
  const auto renderer = offscreen(room());
  VOLERY_NEEDS(renderer);
  // more than a column of tiles holds
  constexpr int kMany = 150;
  constexpr std::size_t kSize = 40 * 30;
  std::vector<Camera> cameras;
  for (int i = 0; i < kMany; ++i) {
    const double angle = 0.1 * i;
    Camera camera = look_at({0, 0, 1}, {std::cos(angle), std::sin(angle), 1}, 1.2F);
    camera.near_m = 0.1F;
    camera.far_m = 20;
    cameras.push_back(camera);
  }
  const std::vector<int> hidden(kMany, -1);
  std::vector<float> all(kMany * kSize), one(kSize);
  std::vector<std::uint8_t> colors(3 * kMany * kSize), color(3 * kSize);
  renderer->depth_atlas({}, cameras, hidden, 40, 30, all);
  renderer->rgb_atlas({}, cameras, hidden, 40, 30, colors);
  for (const std::size_t i : {0UL, 1UL, 101UL, 149UL}) {
    renderer->depth_atlas({}, std::span(cameras).subspan(i, 1), std::span(hidden).first(1), 40, 30,
                          one);
    renderer->rgb_atlas({}, std::span(cameras).subspan(i, 1), std::span(hidden).first(1), 40, 30,
                        color);
    // where a tile lies moves rounding: edges may fall a pixel aside, shades differ by a code
    std::size_t depths_off = 0, colors_off = 0;
    for (std::size_t k = 0; k < kSize; ++k) {
      depths_off += std::abs(one[k] - all[i * kSize + k]) > kDepthTolerance_m * one[k] ? 1 : 0;
    }
    for (std::size_t k = 0; k < 3 * kSize; ++k) {
      colors_off += std::abs(color[k] - colors[3 * i * kSize + k]) > 2 ? 1 : 0;
    }
    EXPECT_LE(depths_off, kSize / 100) << i;
    EXPECT_LE(colors_off, 3 * kSize / 100) << i;
  }
  std::vector<std::uint8_t> none;
  renderer->rgb_atlas({}, {}, {}, 40, 30, none);  // no camera, no picture
}

TEST(Offscreen, RefusesSizesThatNoImageHas) {
  const auto renderer = offscreen(stage_of("empty", {"cf2x"}));
  VOLERY_NEEDS(renderer);
  std::vector<std::uint8_t> rgb(300);
  std::vector<float> depth(100);
  std::vector<std::uint32_t> ids(100);
  const auto refusal = [](const auto& call) {
    try {
      call();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kValue);
      return std::string(error.what());
    }
    return std::string("no error");
  };
  EXPECT_EQ(refusal([&] { renderer->rgb({}, ahead(), 0, 10, {}, rgb); }),
            "width = 0: must be in [1, 8192] pixels");
  EXPECT_EQ(refusal([&] { renderer->depth({}, ahead(), 10, 100000, depth); }),
            "height = 100000: must be in [1, 8192] pixels");
  EXPECT_EQ(refusal([&] { renderer->segmentation({}, ahead(), -1, 10, ids); }),
            "width = -1: must be in [1, 8192] pixels");
  EXPECT_EQ(refusal([&] { renderer->rgb({}, ahead(), 20, 10, {}, rgb); }),
            "the picture's memory holds 300 values, the picture has 600");
  const std::vector<Camera> cameras(1);
  EXPECT_NE(refusal([&] { renderer->depth_atlas({}, cameras, {}, 10, 10, depth); }), "no error");
}

TEST(Offscreen, BackendIsThatOfTheEnvironment) {
  const char* before = std::getenv("VOLERY_GL");
  const std::string kept = before == nullptr ? "" : before;
  setenv("VOLERY_GL", "", 1);
  EXPECT_EQ(backend_from_environment(), Backend::kAuto);
  setenv("VOLERY_GL", "egl", 1);
  EXPECT_EQ(backend_from_environment(), Backend::kEgl);
  setenv("VOLERY_GL", "glfw", 1);
  EXPECT_EQ(backend_from_environment(), Backend::kGlfw);
  setenv("VOLERY_GL", "off", 1);
  EXPECT_EQ(backend_from_environment(), Backend::kOff);
  setenv("VOLERY_GL", "elg", 1);
  try {
    (void)backend_from_environment();
    ADD_FAILURE() << "a word that is none was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kValue);
    EXPECT_NE(std::string(error.what()).find("VOLERY_GL = 'elg': must be auto, egl, glfw or off"),
              std::string::npos)
        << error.what();
    EXPECT_NE(std::string(error.what()).find("egl"), std::string::npos);
  }
  kept.empty() ? unsetenv("VOLERY_GL") : setenv("VOLERY_GL", kept.c_str(), 1);
}

TEST(Offscreen, IsRefusedWherePicturesAreSwitchedOff) {
  try {
    const Offscreen renderer(stage_of("empty", {"cf2x"}), Backend::kOff);
    ADD_FAILURE() << "drawn all the same";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kState);
    EXPECT_NE(std::string(error.what()).find("VOLERY_GL"), std::string::npos);
  }
}

TEST(Offscreen, NamesTheDriver) {
  const auto renderer = offscreen(stage_of("empty", {"cf2x"}));
  VOLERY_NEEDS(renderer);
  EXPECT_FALSE(renderer->device().empty());
  EXPECT_EQ(renderer->software(), renderer->device().find("llvmpipe") != std::string::npos ||
                                      renderer->device().find("softpipe") != std::string::npos);
}

}  // namespace
}  // namespace volery::render::testing
