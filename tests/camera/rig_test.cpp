// Cameras of a batch: who sees what, when pictures are taken, what is refused.
#include "camera/rig.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "camera/bodies.hpp"
#include "core/toml.hpp"
#include "render/renderer.hpp"
#include "state/blocks.hpp"
#include "tests/batch/rig.hpp"

namespace volery::camera {
namespace {

using Flight = test::Rig;

constexpr int kSide = 33;  // an odd number: one pixel looks straight ahead
constexpr std::size_t kPixels = kSide * kSide;
constexpr std::size_t kMiddle = kPixels / 2;

/// What a vehicle file would say; a camera in the middle of the body by default.
Value vehicle(const std::string& fields = "", const std::string& base = "cf2x") {
  return parse_toml("base = \"" + base + "\"\n[[cameras]]\nname = \"front\"\nfar_m = 50\n" + fields,
                    "test");
}

BatchConfig config_of(int num_worlds, int num_agents, const std::string& scene = "") {
  BatchConfig config = test::crowd(num_worlds, num_agents);
  config.vehicle = vehicle();
  config.scene = parse_toml(scene, "test");
  return config;
}

constexpr const char* kGround = "[[statics]]\nkind = \"plane\"\n";

/// A batch with pictures of every kind.
struct Filmed {
  explicit Filmed(const BatchConfig& config, RigOptions options = {}) : flight(config) {
    options.rgb = options.segmentation = true;
    if (options.width == 0) options.width = options.height = kSide;
    rig = std::make_unique<Rig>(flight.batch, options);
    depth_m.resize(rig->num_pixels());
    rgb.resize(rig->num_pixels() * 3);
    ids.resize(rig->num_pixels());
    flight.reset(7);
  }
  void read(bool refresh = false) {
    rig->read(flight.batch, {depth_m.data(), rgb.data(), ids.data()}, refresh);
  }
  void step() {
    flight.draw_actions(1, steps++);
    flight.step();
  }
  /// Puts the agents of a world there, level and facing along x.
  void place(int world, const std::vector<float>& positions) {
    flight.batch.set_state(world, "position_w_m", positions);
    std::vector<float> quats;
    for (std::size_t i = 0; i < positions.size() / 3; ++i) quats.insert(quats.end(), {0, 0, 0, 1});
    flight.batch.set_state(world, "quat_wb_xyzw", quats);
  }
  [[nodiscard]] std::size_t first(int world, int agent) const {
    const auto image = static_cast<std::size_t>(world * flight.batch.num_agents() + agent);
    return image * static_cast<std::size_t>(rig->width() * rig->height());
  }
  [[nodiscard]] std::vector<std::uint32_t> ids_of(int world, int agent) const {
    const auto from = ids.begin() + static_cast<std::ptrdiff_t>(first(world, agent));
    return {from, from + static_cast<std::ptrdiff_t>(kPixels)};
  }
  [[nodiscard]] bool sees(int world, int agent, std::uint32_t id) const {
    const std::vector<std::uint32_t> all = ids_of(world, agent);
    return std::count(all.begin(), all.end(), id) > 0;
  }
  [[nodiscard]] bool is_blank(int world, int agent) const {
    const std::size_t from = first(world, agent);
    for (std::size_t i = from; i < from + kPixels; ++i)
      if (depth_m[i] != 0 || ids[i] != 0 || rgb[i * 3] != 0) return false;
    return true;
  }

  Flight flight;
  std::unique_ptr<Rig> rig;
  std::vector<float> depth_m;
  std::vector<std::uint8_t> rgb;
  std::vector<std::uint32_t> ids;
  int steps = 0;
};

// a few roundings of meters
constexpr float kTolerance_m = 2e-5F;

TEST(CameraRig, ShowsAnotherAgentAndNotItself) {
  Filmed film(config_of(1, 3));
  // 1 is ahead of 0, 2 behind it
  film.place(0, {0, 0, 5, 2, 0, 5, -3, 0, 5});
  film.read();
  EXPECT_EQ(film.ids[film.first(0, 0) + kMiddle], 2U);
  // the near side of its collision cylinder, 0.12 m across
  EXPECT_NEAR(film.depth_m[film.first(0, 0) + kMiddle], 1.94F, kTolerance_m);
  EXPECT_FALSE(film.sees(0, 0, 1));
  EXPECT_FALSE(film.sees(0, 0, 3));
  // the last one sees the first, which hides the second
  EXPECT_EQ(film.ids[film.first(0, 2) + kMiddle], 1U);
  EXPECT_FALSE(film.sees(0, 1, 1));
}

TEST(CameraRig, ShowsStaticsAndSkyInEveryKind) {
  Filmed film(config_of(1, 1,
                        "[[statics]]\nkind = \"plane\"\n[[statics]]\nkind = \"box\"\n"
                        "position_w_m = [4, 1, 5]\nsize_m = [2, 2, 2]\n"));
  film.place(0, {0, 1, 5});
  film.read();
  EXPECT_EQ(film.ids[kMiddle], render::kStaticId + 1);
  EXPECT_NEAR(film.depth_m[kMiddle], 3, kTolerance_m);
  // the last row looks at the ground, the first at nothing
  EXPECT_EQ(film.ids[kPixels - 1], render::kStaticId);
  EXPECT_EQ(film.ids[0], 0U);
  EXPECT_EQ(film.depth_m[0], 50);
  // each its own color
  const auto color = [&](std::size_t i) {
    return std::array{film.rgb[i * 3], film.rgb[i * 3 + 1], film.rgb[i * 3 + 2]};
  };
  EXPECT_NE(color(kMiddle), color(0));
  EXPECT_NE(color(kMiddle), color(kPixels - 1));
  EXPECT_NE(color(0), color(kPixels - 1));
}

TEST(CameraRig, KeepsWorldsApart) {
  Filmed film(config_of(2, 2));
  film.place(0, {0, 0, 5, 2, 0, 5});
  film.place(1, {0, 0, 5, -2, 0, 5});
  film.read();
  EXPECT_TRUE(film.sees(0, 0, 2));
  EXPECT_FALSE(film.sees(1, 0, 2));
  EXPECT_TRUE(film.sees(1, 1, 1));
  EXPECT_FALSE(film.sees(0, 1, 1));
}

TEST(CameraRig, ShowsPropsWhereTheyAre) {
  Filmed film(config_of(1, 2, "[[props]]\nkind = \"sphere\"\nsize_m = [1, 1, 1]\n"));
  film.place(0, {0, 0, 5, 0, 20, 5});
  film.flight.batch.set_state(0, "prop_position_w_m", std::vector<float>{3, 0, 5});
  film.read();
  // after the two agents
  EXPECT_EQ(film.ids[kMiddle], 3U);
  EXPECT_NEAR(film.depth_m[kMiddle], 2.5F, kTolerance_m);
  film.flight.batch.set_state(0, "prop_position_w_m", std::vector<float>{-3, 0, 5});
  film.read();
  EXPECT_FALSE(film.sees(0, 0, 3));
}

TEST(CameraRig, ShowsCablesFromEndToEnd) {
  Filmed film(config_of(1, 2,
                        "[[props]]\nkind = \"sphere\"\nsize_m = [0.1, 0.1, 0.1]\n[[cables]]\n"
                        "a = \"agent 1\"\nb = \"prop 0\"\nlength_m = 1\n"));
  // one meter ahead, from above the picture's middle to below it
  film.place(0, {0, 0, 5, 1, 0, 5.5F});
  film.flight.batch.set_state(0, "prop_position_w_m", std::vector<float>{1, 0, 4.5F});
  film.read();
  constexpr std::uint32_t kCable = 4;  // after two agents and a prop
  EXPECT_EQ(film.ids[kMiddle], kCable);
  EXPECT_NEAR(film.depth_m[kMiddle], 1 - kCableRadius_m, kTolerance_m);
  EXPECT_GT(film.rgb[kMiddle * 3], 60) << "bright";
  // it has ends
  film.place(0, {0, 0, 5, 1, 0, 5.9F});
  film.flight.batch.set_state(0, "prop_position_w_m", std::vector<float>{1, 0, 5.2F});
  film.read();
  EXPECT_NE(film.ids[kMiddle], kCable);
  // and is gone with what it is tied to
  film.flight.batch.set_state(0, "prop_body_mode",
                              std::vector<float>{static_cast<float>(BodyMode::kAbsent)});
  film.read();
  EXPECT_FALSE(film.sees(0, 0, kCable));
}

TEST(CameraRig, DoesNotShowAgentsBeforeTheyJoin) {
  BatchConfig config = config_of(1, 2);
  config.join_s = {0.0F, 0.2F};
  Filmed film(config);
  film.read();
  EXPECT_TRUE(film.is_blank(0, 1));
  EXPECT_FALSE(film.is_blank(0, 0));
  for (int i = 0; i < 10; ++i) film.step();
  film.place(0, {0, 0, 5, 2, 0, 5});
  film.read();
  EXPECT_FALSE(film.is_blank(0, 1));
  EXPECT_TRUE(film.sees(0, 0, 2));
}

TEST(CameraRig, GivesTheDeadNoPictureAndShowsThemGray) {
  BatchConfig config = config_of(1, 2, kGround);
  config.on_crash = "terminate_agent";
  Filmed film(config);
  film.place(0, {0, 0, 5, 2, 0, 0.02F});
  film.flight.batch.set_state(0, "velocity_w_mps", std::vector<float>{0, 0, 0, 0, 0, -3});
  film.read();
  EXPECT_FALSE(film.is_blank(0, 1));
  for (int i = 0; i < 3; ++i) film.step();
  std::vector<float> alive(2);
  film.flight.batch.state("alive", alive);
  ASSERT_EQ(alive, (std::vector<float>{1, 0}));
  std::vector<float> at(6);
  film.flight.batch.state("position_w_m", at);
  // looks at the wreck from behind, at its height
  film.place(0, {at[3] - 1, at[4], at[5], at[3], at[4], at[5]});
  film.read();
  EXPECT_FALSE(film.is_blank(0, 1)) << "the step of death still shows what was seen";
  film.read();
  EXPECT_TRUE(film.is_blank(0, 1));
  ASSERT_EQ(film.ids[kMiddle], 2U);
  const int red = film.rgb[kMiddle * 3], blue = film.rgb[kMiddle * 3 + 2];
  // a living one is sky blue
  EXPECT_LT(std::abs(red - blue), 40);
}

TEST(CameraRig, HoldsPicturesBetweenSamplingTimes) {
  BatchConfig config = config_of(2, 2, kGround);
  config.agent_rate_hz = 30;
  Filmed every(config);
  config.vehicle = vehicle("rate_hz = 10\n");
  Filmed held(config);
  std::vector<float> taken;
  for (int i = 0; i < 10; ++i) {
    every.read();
    held.read();
    if (i % 3 == 0) taken = every.depth_m;
    EXPECT_EQ(held.depth_m, taken) << "step " << i;
    if (i % 3 != 0) {
      EXPECT_NE(held.depth_m, every.depth_m) << "step " << i;
    }
    every.step();
    held.step();
  }
  // a new episode begins with a new picture, whatever was held
  every.read(), held.read();
  every.flight.reset(99), held.flight.reset(99);
  every.read(), held.read();
  EXPECT_EQ(held.depth_m, every.depth_m);
  // one step on it is held, but for who asks
  every.step(), held.step();
  every.read(), held.read();
  EXPECT_NE(held.depth_m, every.depth_m);
  held.read(true);
  EXPECT_EQ(held.depth_m, every.depth_m);
}

TEST(CameraRig, TakesAPictureAfterAStepBack) {
  BatchConfig config = config_of(1, 2, kGround);
  config.vehicle = vehicle("rate_hz = 1\n");
  Filmed film(config);
  film.read();
  const std::vector<float> start = film.depth_m;
  const std::vector<std::uint8_t> snapshot = film.flight.batch.snapshot({});
  for (int i = 0; i < 30; ++i) film.step();
  film.read();
  ASSERT_NE(film.depth_m, start);
  film.flight.batch.restore(snapshot, {});
  film.read();
  EXPECT_EQ(film.depth_m, start);
}

TEST(CameraRig, GivesTheSameBitsWithAnyNumberOfThreads) {
  BatchConfig config = config_of(3, 5);
  config.scene = "hall";
  config.vehicle = vehicle("depth_noise_m = 0.01\ndepth_dropout = 0.05\nrgb_noise = 0.02\n");
  Filmed one(config, {.num_threads = 1});
  Filmed four(config, {.num_threads = 4});
  for (int i = 0; i < 3; ++i) {
    one.step(), four.step();
    one.read(), four.read();
    EXPECT_EQ(one.depth_m, four.depth_m);
    EXPECT_EQ(one.rgb, four.rgb);
    EXPECT_EQ(one.ids, four.ids);
  }
}

TEST(CameraRig, GivesAWorldThePicturesThatItHasAlone) {
  BatchConfig config = config_of(3, 4, kGround);
  config.vehicle = vehicle("depth_noise_m = 0.01\n");
  Filmed all(config);
  config.num_worlds = 1;
  Filmed last(config);
  last.flight.reset(7 + 2);
  all.read();
  last.read();
  EXPECT_TRUE(std::equal(last.depth_m.begin(), last.depth_m.end(),
                         all.depth_m.begin() + static_cast<std::ptrdiff_t>(all.first(2, 0))));
}

TEST(CameraRig, AddsNoiseOnlyWhereItIsWanted) {
  BatchConfig config = config_of(1, 2, kGround);
  Filmed clean(config);
  config.vehicle = vehicle("depth_noise_m = 0.05\nrgb_noise = 0.1\n");
  Filmed noisy(config);
  Filmed quiet(config, {.noise = false});
  clean.read(), noisy.read(), quiet.read();
  EXPECT_EQ(quiet.depth_m, clean.depth_m);
  EXPECT_EQ(quiet.rgb, clean.rgb);
  EXPECT_NE(noisy.depth_m, clean.depth_m);
  EXPECT_NE(noisy.rgb, clean.rgb);
  EXPECT_EQ(noisy.ids, clean.ids);
}

TEST(CameraRig, TakesTheSizeOfTheVehicleFile) {
  BatchConfig config = config_of(1, 1);
  config.vehicle = vehicle("width = 20\nheight = 12\n");
  const Flight flight(config);
  const Rig rig(flight.batch, {});
  EXPECT_EQ(rig.width(), 20);
  EXPECT_EQ(rig.height(), 12);
  EXPECT_EQ(rig.num_pixels(), 240U);
  EXPECT_EQ(rig.far_m(), 50);
  const Rig wide(flight.batch, {.width = 40});
  EXPECT_EQ(wide.width(), 40);
  EXPECT_EQ(wide.height(), 12);
}

TEST(CameraRig, LeavesAgentsWithoutTheCameraBlind) {
  BatchConfig config = config_of(1, 2);
  config.vehicle = Value::Array{vehicle(), "cf2p"};
  Filmed film(config);
  film.read();
  EXPECT_FALSE(film.is_blank(0, 0));
  EXPECT_TRUE(film.is_blank(0, 1));
}

/// What a rig with these options says.
std::string refusal(const BatchConfig& config, const RigOptions& options,
                    ErrorKind kind = ErrorKind::kValue) {
  const Flight flight(config);
  try {
    const Rig rig(flight.batch, options);
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind);
    return error.what();
  }
}

TEST(CameraRig, RefusesWhatItCannotTake) {
  BatchConfig config = config_of(1, 2);
  EXPECT_EQ(refusal(config, {.width = 100'000}),
            "cameras.width = 100000: must be in [1, 4096] pixels, or 0 for what the vehicle file "
            "has");
  EXPECT_NE(refusal(config, {.height = -1}).find("cameras.height = -1"), std::string::npos);
  EXPECT_NE(refusal(config, {.depth = false}).find("at least one of depth, rgb, segmentation"),
            std::string::npos);
  EXPECT_NE(refusal(config, {.camera = "ffront"}).find("did you mean 'front'"), std::string::npos);
  config.vehicle = "cf2p";
  EXPECT_NE(refusal(config, {}).find("vehicle cf2p has no camera; give it [[cameras]]"),
            std::string::npos);
  config.vehicle = Value::Array{vehicle("width = 20\n"), vehicle("width = 30\n")};
  EXPECT_NE(refusal(config, {}).find("20 x 64 and 30 x 64 pixels; give width and height"),
            std::string::npos);
  EXPECT_EQ(refusal(config, {.width = 8, .height = 8}), "");
}

TEST(CameraRig, RefusesAKindThatWasNotAskedFor) {
  const Flight flight(config_of(1, 1));
  Rig rig(flight.batch, {.width = 4, .height = 4});
  std::vector<std::uint32_t> ids(16);
  try {
    rig.read(flight.batch, {.segmentation = ids.data()});
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("\"segmentation\""), std::string::npos);
  }
}

TEST(CameraRig, LeavesTheStateAlone) {
  Filmed film(config_of(2, 3));
  film.step();
  const std::uint64_t before = film.flight.batch.state_hash();
  film.read();
  EXPECT_EQ(film.flight.batch.state_hash(), before);
}

}  // namespace
}  // namespace volery::camera
