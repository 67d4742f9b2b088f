// Whole pictures: against kept ones, by both backends, without GL errors.
#include "render/renderer.hpp"

#include <epoxy/gl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <thread>

#include "pictures.hpp"
#include "render/context.hpp"
#include "render/target.hpp"
#include "render/view.hpp"

namespace volery::render::testing {
namespace {

struct Scenery {
  const char* name;
  Stage stage;
  Frame frame;
  Camera camera;
  RenderOptions options;
};

// one vehicle that fills the picture: body, rotors, shadow
Scenery close_up() {
  Scenery s{
      "close", stage_of("empty", {"cf2x"}), {}, look_at({0.16, -0.13, 0.2}, {0, 0, 0.11}), {}};
  s.frame.vehicles.push_back(body_at({0, 0, 0.12F}));
  s.options.quality = Quality::kFull;
  return s;
}

// every kind of static, in light colors
Scenery arch() {
  Scenery s{"arch", stage_of("arch", {"x500", "rover"}), {}, look_at({-6, -5, 4}, {0, 0, 0.8}), {}};
  s.frame.vehicles = {body_at({-2, 0, 1.5F}), body_at({1, -1, 2}, 1, kOrange),
                      body_at({-2.5F, -1.5F, 0.06F}, 2, kPink)};
  s.frame.vehicles[2].type = 1;
  s.options.light_theme = true;
  return s;
}

// all that is drawn over the scene
Scenery overlays() {
  Scenery s{"overlays", stage_of("hall", {"cf2x"}), {}, look_at({0, 0, 20}, {0, 0, 0}), {}};
  s.camera.height_m = 9;
  s.frame.vehicles = {body_at({-3, 2, 1}), body_at({2, 1, 1}, 1, kOrange),
                      body_at({3, -2, 1}, 2, kPink)};
  s.frame.vehicles[0].flags = kBodySelected;
  s.frame.vehicles[1].flags = kBodyFault;
  s.frame.vehicles[2].flags = kBodyDead | kBodyHovered;
  for (int i = 0; i < 9; ++i) {
    Mark mark;
    mark.shape = static_cast<MarkShape>(i);
    mark.position_w_m = {-4 + static_cast<float>(i), -3.2F, 3};
    mark.color = i % 2 == 0 ? kSky : kOrange;
    mark.radius_m = 0.3F;
    s.frame.marks.push_back(mark);
  }
  for (const LineStyle style : {LineStyle::kSolid, LineStyle::kDashed, LineStyle::kDotted}) {
    const float y = 3 + 0.4F * static_cast<float>(style);
    s.frame.lines.push_back({{-4, y, 3}, {4, y, 3}, kPink, 2, style, style == LineStyle::kSolid});
  }
  for (int i = 0; i < 20; ++i) {
    const float angle = 0.2F * static_cast<float>(i);
    s.frame.trail_points.push_back({2 * std::sin(angle), 2 * std::cos(angle), 3});
  }
  s.frame.trails.push_back({0, 20, kSky, 2});
  s.frame.labels.push_back({{0, -1, 3}, "d0 1.2 m/s 87\xC2\xB0", {255, 255, 255}, 0});
  return s;
}

// far vehicles, fog, horizon
Scenery crowd() {
  Scenery s{"crowd", stage_of("flock", {"cf2x"}), {}, look_at({-14, -12, 7}, {0, 0, 2}), {}};
  for (int i = 0; i < 400; ++i) {
    const auto x = static_cast<float>(i % 20), y = static_cast<float>(i / 20);
    s.frame.vehicles.push_back(body_at({x - 10, y - 10, 1 + 0.1F * x},
                                       static_cast<std::uint32_t>(i), i % 2 == 0 ? kSky : kOrange));
  }
  return s;
}

void expect_kept(const Scenery& s, Backend backend) {
  const auto renderer = offscreen(s.stage, backend);
  VOLERY_NEEDS(renderer);
  expect_golden(take(*renderer, s.frame, s.camera, 160, 120, s.options), s.name);
}

void expect_kept_by_glfw(const Scenery& s) {
  if (std::getenv("DISPLAY") == nullptr) {
    GTEST_SKIP() << "GLFW needs a display: run this under xvfb-run";
  }
  expect_kept(s, Backend::kGlfw);
}

TEST(Renderer, DrawsAVehicleAsKept) {
  expect_kept(close_up(), Backend::kEgl);
}
TEST(Renderer, DrawsStaticsAsKept) {
  expect_kept(arch(), Backend::kEgl);
}
TEST(Renderer, DrawsOverlaysAsKept) {
  expect_kept(overlays(), Backend::kEgl);
}
TEST(Renderer, DrawsACrowdAsKept) {
  expect_kept(crowd(), Backend::kEgl);
}
TEST(Renderer, DrawsAVehicleAsKeptByGlfw) {
  expect_kept_by_glfw(close_up());
}
TEST(Renderer, DrawsStaticsAsKeptByGlfw) {
  expect_kept_by_glfw(arch());
}
TEST(Renderer, DrawsOverlaysAsKeptByGlfw) {
  expect_kept_by_glfw(overlays());
}
TEST(Renderer, DrawsACrowdAsKeptByGlfw) {
  expect_kept_by_glfw(crowd());
}

TEST(Renderer, DrawsTenThousandOfTenThousandAndSaysSo) {
  Stage stage = stage_of("flock250", {"cf2x"});
  const auto renderer = offscreen(stage);
  VOLERY_NEEDS(renderer);
  Frame frame;
  for (int i = 0; i < 10000; ++i) {
    const auto x = static_cast<float>(i % 100), y = static_cast<float>(i / 100);
    frame.vehicles.push_back(body_at({x - 50, y - 50, 5}, static_cast<std::uint32_t>(i)));
  }
  const Picture all = take(*renderer, frame, look_at({0, 0, 160}, {0, 0, 0}), 320, 240);
  EXPECT_EQ(renderer->stats().vehicles, 10000);
  EXPECT_EQ(renderer->stats().vehicles_far, 10000);
  EXPECT_EQ(renderer->stats().vehicles_culled, 0);
  // turned away by half, it says how many are out of sight
  const Picture half = take(*renderer, frame, look_at({0, 0, 5}, {50, 0, 5}), 320, 240);
  const DrawStats& stats = renderer->stats();
  EXPECT_EQ(stats.vehicles + stats.vehicles_culled, 10000);
  EXPECT_GT(stats.vehicles_culled, 5000);
  EXPECT_GT(stats.vehicles, 500);
  EXPECT_GT(stats.vehicles_full, 0);
  EXPECT_NE(all.rgb, half.rgb);
}

TEST(Renderer, TeamColorsAreThoseOfTheScreen) {
  const auto renderer = offscreen(stage_of("empty", {"cf2x"}));
  VOLERY_NEEDS(renderer);
  Frame frame;
  Mark mark;
  mark.shape = MarkShape::kDot;
  mark.radius_px = 20;
  mark.position_w_m = {0, 0, 1};
  mark.color = kOrange;
  frame.marks.push_back(mark);
  const Picture picture = take(*renderer, frame, look_at({-2, 0, 1}, {0, 0, 1}), 80, 60);
  // decoding and encoding sRGB by the cubic of the shaders is off by a few codes
  constexpr int kTolerance = 4;
  const Color seen = picture.at(40, 30);
  EXPECT_NEAR(seen.r, kOrange.r, kTolerance);
  EXPECT_NEAR(seen.g, kOrange.g, kTolerance);
  EXPECT_NEAR(seen.b, kOrange.b, kTolerance);
}

/// Empty, with a failed test where it must be there, on a machine without GL.
std::unique_ptr<Context> egl_context() {
  try {
    return make_context(Backend::kEgl);
  } catch (const Error& error) {
    if (must_have_gl()) ADD_FAILURE() << error.what();
    return nullptr;
  }
}

std::vector<std::uint8_t> pixels_of(Renderer& renderer, const Scenery& s, GLenum format,
                                    int samples, int solid_samples) {
  RenderOptions options = s.options;
  options.solid_samples = solid_samples;
  Target target(format);
  target.bind(160, 120, samples);
  renderer.draw(s.frame, s.camera, {0, 0, 160, 120}, options);
  std::vector<std::uint8_t> pixels(std::size_t{4} * 160 * 120);
  target.read(0, 120, pixels.data());
  target.release();
  return pixels;
}

double mean_difference(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (i % 4 != 3) sum += std::abs(static_cast<int>(a[i]) - b[i]);
  }
  return sum / (0.75 * static_cast<double>(a.size()));
}

TEST(Renderer, LeavesNoGlErrorAndTheStateOfANewContext) {
  const auto context = egl_context();
  if (!context) GTEST_SKIP() << "this machine has no GL";
  const Current current(*context);
  for (Scenery s : {close_up(), arch(), overlays(), crowd()}) {
    Renderer renderer(s.stage);
    Target target(GL_SRGB8_ALPHA8), ids(GL_R32UI);
    for (const Quality quality : {Quality::kFast, Quality::kFull}) {
      s.options.quality = quality;
      for (const int apart : {1, 4}) {
        s.options.solid_samples = apart;
        target.bind(160, 120, apart > 1 ? 1 : 4);
        renderer.draw(s.frame, s.camera, {0, 0, 160, 120}, s.options);
        EXPECT_EQ(glGetError(), static_cast<GLenum>(GL_NO_ERROR)) << s.name;
      }
    }
    ids.bind(160, 120, 1);
    renderer.draw_ids(s.frame, s.camera, {0, 0, 160, 120});
    EXPECT_EQ(glGetError(), static_cast<GLenum>(GL_NO_ERROR)) << s.name;
    for (const GLenum state :
         {GL_BLEND, GL_DEPTH_TEST, GL_CULL_FACE, GL_SCISSOR_TEST, GL_FRAMEBUFFER_SRGB,
          GL_POLYGON_OFFSET_FILL, GL_PROGRAM_POINT_SIZE, GL_CLIP_DISTANCE0}) {
      EXPECT_EQ(glIsEnabled(state), GL_FALSE) << s.name << " " << state;
    }
    for (const GLenum binding : {GL_CURRENT_PROGRAM, GL_VERTEX_ARRAY_BINDING, GL_TEXTURE_BINDING_2D,
                                 GL_TEXTURE_BINDING_2D_MULTISAMPLE, GL_ARRAY_BUFFER_BINDING}) {
      GLint bound = -1;
      glGetIntegerv(binding, &bound);
      EXPECT_EQ(bound, 0) << s.name << " " << binding;
    }
    GLboolean writes = GL_FALSE;
    glGetBooleanv(GL_DEPTH_WRITEMASK, &writes);
    EXPECT_EQ(writes, GL_TRUE);
    target.release();
    ids.release();
  }
}

// Solids drawn apart with four samples into a framebuffer of one, beside one of four.
TEST(Renderer, SolidsDrawnApartLookAsWithSamplesEverywhere) {
  const auto context = egl_context();
  if (!context) GTEST_SKIP() << "this machine has no GL";
  const Current current(*context);
  for (Scenery s : {close_up(), arch(), overlays(), crowd()}) {
    Renderer renderer(s.stage);
    // as light (what files get) and as bytes that shaders encode (what windows get)
    for (const GLenum format : {GL_SRGB8_ALPHA8, GL_RGBA8}) {
      const std::vector<std::uint8_t> whole = pixels_of(renderer, s, format, 4, 1);
      const std::vector<std::uint8_t> apart = pixels_of(renderer, s, format, 1, 4);
      const std::vector<std::uint8_t> rough = pixels_of(renderer, s, format, 1, 1);
      // Rotors and lines are cut by whole pixels where they meet a solid; without any smoothing
      // the pictures differ by three to nine times as much.
      constexpr double kMeanTolerance = 0.35;
      const double difference = mean_difference(whole, apart);
      EXPECT_LE(difference, kMeanTolerance) << s.name << " " << format;
      EXPECT_LT(difference, 0.6 * mean_difference(whole, rough)) << s.name << " " << format;
    }
  }
}

TEST(Renderer, SolidsDrawnApartStayInTheirViewport) {
  const auto context = egl_context();
  if (!context) GTEST_SKIP() << "this machine has no GL";
  const Current current(*context);
  const Scenery s = arch();
  Renderer renderer(s.stage);
  RenderOptions options = s.options;
  options.solid_samples = 4;
  Target target(GL_SRGB8_ALPHA8);
  target.bind(160, 120, 1);
  glClearColor(0, 0, 0, 0);
  glClear(GL_COLOR_BUFFER_BIT);
  renderer.draw(s.frame, s.camera, {70, 40, 80, 60}, options);
  std::vector<std::uint32_t> beside(160 * 120), alone(80 * 60);
  target.read(0, 120, beside.data());
  target.bind(80, 60, 1);
  renderer.draw(s.frame, s.camera, {0, 0, 80, 60}, options);
  target.read(0, 60, alone.data());
  for (std::size_t y = 0; y < 120; ++y) {
    for (std::size_t x = 0; x < 160; ++x) {
      const bool inside = x >= 70 && x < 150 && y >= 40 && y < 100;
      const std::uint32_t expected = inside ? alone[(y - 40) * 80 + x - 70] : 0;
      ASSERT_EQ(beside[y * 160 + x], expected) << x << " " << y;
    }
  }
  target.release();
}

TEST(Renderer, DrawsInWhicheverThreadAsks) {
  Scenery s = arch();
  std::unique_ptr<Offscreen> renderer = offscreen(s.stage);
  VOLERY_NEEDS(renderer);
  const Picture here = take(*renderer, s.frame, s.camera, 64, 48, s.options);
  Picture there, again;
  std::thread([&] { there = take(*renderer, s.frame, s.camera, 64, 48, s.options); }).join();
  EXPECT_EQ(here.rgb, there.rgb);
  // and is deleted in another than it was made in
  std::thread([&] { renderer.reset(); }).join();
  renderer = offscreen(s.stage);
  again = take(*renderer, s.frame, s.camera, 64, 48, s.options);
  EXPECT_EQ(here.rgb, again.rgb);
}

TEST(Renderer, RefusesToDrawInAForkedProcess) {
  const Stage stage = stage_of("empty", {"cf2x"});
  std::unique_ptr<Offscreen> renderer = offscreen(stage);
  VOLERY_NEEDS(renderer);
  const auto refused = [](const auto& call) {
    try {
      call();
    } catch (const Error& error) {
      return error.kind() == ErrorKind::kState;
    }
    return false;
  };
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    alarm(20);  // a wait without end is a failure
    const bool old_one = refused([&] { (void)take(*renderer, {}, {}, 8, 8); });
    const bool new_one = refused([&] { const Offscreen again(stage, Backend::kEgl); });
    renderer.reset();
    _exit(old_one && new_one ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  EXPECT_EQ(take(*renderer, {}, {}, 8, 8).width, 8) << "and whoever forked draws on";
}

TEST(Renderer, PointsLieWhereTheirVehiclesAre) {
  const Stage stage = stage_of("empty", {"cf2x"});
  const auto renderer = offscreen(stage);
  VOLERY_NEEDS(renderer);
  const Camera camera = look_at({0, 0, 60}, {0, 0, 0});
  const View view(camera, 120, 90, Extent{});
  RenderOptions options;
  options.grid = false;
  for (int i = 0; i < 8; ++i) {
    Frame frame;
    const Picture without = take(*renderer, frame, camera, 120, 90, options);
    frame.vehicles = {body_at({3 + 0.13F * static_cast<float>(i), -2, 12})};
    const Picture with = take(*renderer, frame, camera, 120, 90, options);
    ASSERT_EQ(renderer->stats().vehicles_far, 1);
    double sum = 0, sum_x = 0, sum_y = 0;
    for (int y = 0; y < 90; ++y) {
      for (int x = 0; x < 120; ++x) {
        const double off = std::abs(static_cast<int>(with.at(x, y).b) - without.at(x, y).b);
        sum += off, sum_x += off * (x + 0.5), sum_y += off * (89.5 - y);
      }
    }
    float x = 0, y = 0;
    ASSERT_TRUE(view.project(view.relative(frame.vehicles[0].position_w_m), x, y));
    // shaded from one side, so not the middle of what is bright
    constexpr double kTolerance_px = 0.3;
    EXPECT_NEAR(sum_x / sum, static_cast<double>(x), kTolerance_px) << i;
    EXPECT_NEAR(sum_y / sum, static_cast<double>(y), kTolerance_px) << i;
  }
}

TEST(Renderer, CountsLabelsThatFindNoRoom) {
  const auto renderer = offscreen(stage_of("empty", {"cf2x"}));
  VOLERY_NEEDS(renderer);
  Frame frame;
  for (int i = 0; i < 3; ++i) frame.labels.push_back({{0, 0, 1}, "the same place", {}, 0});
  frame.labels.push_back({{-100, 0, 1}, "behind the eye", {}, 0});
  (void)take(*renderer, frame, look_at({-3, 0, 1}, {0, 0, 1}), 200, 100);
  EXPECT_EQ(renderer->stats().labels, 1);
  EXPECT_EQ(renderer->stats().labels_dropped, 2);
  RenderOptions without;
  without.labels = false;
  (void)take(*renderer, frame, look_at({-3, 0, 1}, {0, 0, 1}), 200, 100, without);
  EXPECT_EQ(renderer->stats().labels, 0);
}

}  // namespace
}  // namespace volery::render::testing
