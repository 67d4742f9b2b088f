// Pictures by GL against those by rays: the same shapes at the same places.
#include "camera/eyes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "core/toml.hpp"
#include "render/renderer.hpp"
#include "tests/batch/rig.hpp"
#include "tests/render/pictures.hpp"

namespace volery::camera {
namespace {

constexpr int kSide = 96;
constexpr std::size_t kPixels = kSide * kSide;
constexpr float kFar_m = 40;

constexpr const char* kScene = R"(
[[statics]]
kind = "plane"
[[statics]]
kind = "plane"
position_w_m = [9, 0, 0]
rpy_rad = [0, -1.4, 0]
[[statics]]
kind = "box"
position_w_m = [4, 2, 1]
rpy_rad = [0.3, 0.2, 0.5]
size_m = [1, 1.5, 2]
[[statics]]
kind = "cylinder"
position_w_m = [3, -1, 0.8]
rpy_rad = [0.2, 0, 0]
size_m = [0.8, 0.8, 1.6]
[[statics]]
kind = "sphere"
position_w_m = [3.5, 0.5, 2.2]
size_m = [0.9, 0.9, 0.9]
[[statics]]
kind = "hull"
position_w_m = [5, -2, 1.5]
vertices_m = [-0.5, -0.5, -0.5, 0.5, -0.5, -0.5, 0, 0.6, -0.5, 0, 0, 0.7]
[[statics]]
kind = "mesh"
position_w_m = [5, 0.5, 0.6]
vertices_m = [0, -0.6, -0.5, 0, 0.6, -0.5, 0, 0, 0.6]
triangles = [0, 1, 2]
[[props]]
kind = "box"
size_m = [0.5, 0.5, 0.5]
position_w_m = [2.5, 1.4, 0.5]
[[props]]
kind = "cylinder"
size_m = [0.3, 0.3, 1]
position_w_m = [2.2, -0.4, 0.6]
)";

struct Views {
  std::vector<float> depth_m;
  std::vector<std::uint8_t> rgb;
  std::vector<std::uint32_t> ids;
};

Views views_by(const Batch& batch, Backend backend) {
  Rig rig(batch,
          {.rgb = true, .segmentation = true, .width = kSide, .height = kSide, .backend = backend});
  EXPECT_EQ(rig.backend(), backend);
  Views views;
  views.depth_m.resize(rig.num_pixels());
  views.rgb.resize(rig.num_pixels() * 3);
  views.ids.resize(rig.num_pixels());
  rig.read(batch, {views.depth_m.data(), views.rgb.data(), views.ids.data()});
  return views;
}

BatchConfig config_of(int num_worlds, int num_agents) {
  BatchConfig config = test::crowd(num_worlds, num_agents);
  config.scene = parse_toml(kScene, "test");
  config.vehicle =
      parse_toml("base = \"cf2x\"\n[[cameras]]\nname = \"front\"\nfar_m = 40\n", "test");
  return config;
}

class GlEyes : public testing::Test {
 protected:
  void SetUp() override {
    const test::Rig flight(config_of(1, 1));
    try {
      const Eyes eyes(flight.batch);
    } catch (const Error& error) {
      // on the build server it would hide that nothing is tested
      if (render::testing::must_have_gl()) FAIL() << error.what();
      GTEST_SKIP() << "no GL here: " << error.what();
    }
  }
};

void stand(test::Rig& flight, int world, const std::vector<float>& positions,
           const std::vector<float>& quats) {
  flight.batch.set_state(world, "position_w_m", positions);
  flight.batch.set_state(world, "quat_wb_xyzw", quats);
}

/// Whether all pixels around show the same thing: what is within one of an outline may fall to
/// either side.
bool is_inner(const std::vector<std::uint32_t>& ids, std::size_t pixel) {
  const auto x = static_cast<int>(pixel % kSide), y = static_cast<int>(pixel % kPixels / kSide);
  const std::size_t first = pixel / kPixels * kPixels;
  for (int dy = -1; dy <= 1; ++dy) {
    for (int dx = -1; dx <= 1; ++dx) {
      if (x + dx < 0 || x + dx >= kSide || y + dy < 0 || y + dy >= kSide) continue;
      const auto other = first + static_cast<std::size_t>((y + dy) * kSide + x + dx);
      if (ids[other] != ids[pixel]) return false;
    }
  }
  return true;
}

// Away from outlines depths differ by what round things lose as triangles (a cylinder of 0.4 m
// with 32 sides: 2 mm across, more along a grazing ray), and by float32 in GL's interpolation.
constexpr float kDepthTolerance_m = 0.01F;
// Of all pixels: round things have corners in GL.
constexpr double kOutlineShare = 0.01;
// Of a color channel, on average, of 255: measured 1.8. GL darkens the foot of what stands on the
// ground and has corners on round things.
constexpr double kColorTolerance = 3;

TEST_F(GlEyes, SeeTheSceneThatRaysSee) {
  test::Rig flight(config_of(3, 1));
  flight.reset(1);
  stand(flight, 0, {0, 0, 1.2F}, {0, 0, 0, 1});
  stand(flight, 1, {1, 2, 2.5F}, {0.1F, 0.15F, -0.3F, 1});
  stand(flight, 2, {2, -2.5F, 1}, {0, -0.05F, 0.5F, 1});
  const Views gl = views_by(flight.batch, Backend::kGl);
  const Views rays = views_by(flight.batch, Backend::kRays);
  std::size_t other = 0, compared = 0;
  double color_sum = 0;
  for (std::size_t i = 0; i < gl.ids.size(); ++i) {
    if (gl.ids[i] != rays.ids[i]) {
      ++other;
      EXPECT_FALSE(is_inner(rays.ids, i) && is_inner(gl.ids, i)) << "pixel " << i;
      continue;
    }
    if (!is_inner(rays.ids, i)) continue;
    ++compared;
    // depth grows without end towards the horizon of a plane: relative there
    const float scale = std::max(1.0F, rays.depth_m[i] / 5);
    ASSERT_NEAR(gl.depth_m[i], rays.depth_m[i], kDepthTolerance_m * scale)
        << "pixel " << i << ", id " << rays.ids[i];
    for (std::size_t c = 0; c < 3; ++c) {
      color_sum += std::abs(static_cast<double>(gl.rgb[i * 3 + c]) -
                            static_cast<double>(rays.rgb[i * 3 + c]));
    }
  }
  EXPECT_LT(static_cast<double>(other), kOutlineShare * static_cast<double>(gl.ids.size()));
  EXPECT_GT(compared, gl.ids.size() * 8 / 10);
  EXPECT_LT(color_sum / (3 * static_cast<double>(compared)), kColorTolerance);
}

TEST_F(GlEyes, SeeCablesWhereRaysSeeThem) {
  BatchConfig config = config_of(1, 2);
  config.scene = parse_toml(
      "[[cables]]\na = \"agent 1\"\nb = \"world\"\nanchor_w_m = [1, -0.5, 0.9]\nlength_m = 2\n"
      "[[cables]]\na = \"agent 1\"\nb = \"world\"\nanchor_w_m = [0.6, 0.4, 1.8]\nlength_m = 2\n",
      "test");
  test::Rig flight(config);
  flight.reset(1);
  stand(flight, 0, {0, 0, 1.4F, 1.2F, 0.3F, 1.5F}, {0, 0, 0, 1, 0, 0, 0, 1});
  const Views gl = views_by(flight.batch, Backend::kGl);
  const Views rays = views_by(flight.batch, Backend::kRays);
  // thinner than a pixel: a sample beside it in one may be on it in the other
  constexpr std::size_t kMissed = 2;
  for (const std::uint32_t id : {cable_id(2, 0, 0), cable_id(2, 0, 1)}) {
    std::size_t both = 0, one = 0;
    for (std::size_t i = 0; i < kPixels; ++i) {
      const bool in_gl = gl.ids[i] == id, in_rays = rays.ids[i] == id;
      one += in_gl != in_rays ? 1 : 0;
      if (!in_gl || !in_rays) continue;
      ++both;
      EXPECT_NEAR(gl.depth_m[i], rays.depth_m[i], kDepthTolerance_m) << "pixel " << i;
    }
    EXPECT_GT(both, 4U) << id;
    EXPECT_LE(one, kMissed) << id;
  }
}

TEST_F(GlEyes, SeeOthersWhereRaysSeeTheirCollisionShapesAndNotThemselves) {
  test::Rig flight(config_of(2, 3));
  flight.reset(1);
  for (int world = 0; world < 2; ++world) {
    const float ahead = world == 0 ? 0.5F : -0.5F;
    stand(flight, world, {0, 0, 1.5F, ahead, 0.05F, 1.5F, 0, 20, 30},
          {0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1});
  }
  const Views gl = views_by(flight.batch, Backend::kGl);
  const Views rays = views_by(flight.batch, Backend::kRays);
  const auto count = [&](const Views& views, int world, int agent, std::uint32_t id) {
    const auto first =
        views.ids.begin() + static_cast<std::ptrdiff_t>((world * 3 + agent) * kPixels);
    return std::count(first, first + static_cast<std::ptrdiff_t>(kPixels), id);
  };
  EXPECT_GT(count(gl, 0, 0, 2), 0);
  EXPECT_GT(count(rays, 0, 0, 2), 0);
  // the drawn body is of the size of its collision shape
  EXPECT_GT(count(gl, 0, 0, 2), count(rays, 0, 0, 2) / 4);
  EXPECT_LT(count(gl, 0, 0, 2), count(rays, 0, 0, 2) * 4);
  for (int world = 0; world < 2; ++world) {
    for (int agent = 0; agent < 3; ++agent)
      EXPECT_EQ(count(gl, world, agent, static_cast<std::uint32_t>(agent) + 1), 0);
  }
  // behind the first one in world 1, which the other then sees
  EXPECT_EQ(count(gl, 1, 0, 2), 0);
  EXPECT_GT(count(gl, 1, 1, 1), 0);
}

TEST_F(GlEyes, TakeOnlyThePicturesThatAreDue) {
  BatchConfig config = config_of(1, 3);
  config.join_s = {0, 0, 2};
  test::Rig flight(config);
  flight.reset(1);
  const Views gl = views_by(flight.batch, Backend::kGl);
  const Views rays = views_by(flight.batch, Backend::kRays);
  // the third is not there and gets zeros, between those of the others nothing is shifted
  for (std::size_t i = 2 * kPixels; i < 3 * kPixels; ++i) ASSERT_EQ(gl.depth_m[i], 0);
  double sum_m = 0;
  for (std::size_t i = 0; i < 2 * kPixels; ++i)
    sum_m += std::min(1.0F, std::abs(gl.depth_m[i] - rays.depth_m[i]));
  EXPECT_LT(sum_m / (2 * kPixels), 0.05);
}

TEST(GlEyesOff, AreRefusedByName) {
  ASSERT_EQ(setenv("VOLERY_GL", "off", 1), 0);
  const test::Rig flight(config_of(1, 1));
  try {
    const Rig rig(flight.batch, {.width = 8, .height = 8, .backend = Backend::kGl});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kState);
    EXPECT_NE(std::string(error.what()).find("VOLERY_GL"), std::string::npos);
  }
  // without a choice rays take colors too
  const Rig rig(flight.batch, {.rgb = true, .width = 8, .height = 8});
  EXPECT_EQ(rig.backend(), Backend::kRays);
  EXPECT_EQ(rig.device(), "rays");
  unsetenv("VOLERY_GL");
}

}  // namespace
}  // namespace volery::camera
