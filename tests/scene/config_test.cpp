// Scene files: what loads, and what is refused with which words.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "core/toml.hpp"
#include "scene/scene.hpp"
#include "tests/scene/oracle.hpp"

namespace volery {
namespace {

using testing::make_primitive;
using testing::scene_of;

/// The message of the Error that the call throws, "" if it throws none.
std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

std::string refusal(const std::string& toml) {
  return message_of([&] { Scene scene(load_scene(parse_toml(toml, "test"))); });
}

void expect_parts(const std::string& message, const std::vector<std::string>& parts) {
  for (const std::string& part : parts) {
    EXPECT_NE(message.find(part), std::string::npos) << "'" << part << "' in: " << message;
  }
}

TEST(SceneAssets, EveryFileLoadsAndBuilds) {
  const auto names = scene_names();
  ASSERT_GE(names.size(), 4U);
  for (const std::string& name : names) {
    SCOPED_TRACE(name);
    const SceneConfig config = load_scene(Value(name));
    EXPECT_EQ(config.name, name);
    EXPECT_FALSE(config.doc.empty());
    const Scene scene(config);
    for (const Primitive& primitive : config.statics) EXPECT_FALSE(primitive.name.empty());
  }
}

TEST(SceneAssets, SpawnRegionsAreClearOfObstacles) {
  testing::Draws draws(1);
  for (const std::string& name : scene_names()) {
    // goal_swap starts among its pillars, in places that it finds free
    if (name.starts_with("pillars")) continue;
    const Scene scene(load_scene(Value(name)));
    const auto& low = scene.config().spawn_low_m;
    const auto& high = scene.config().spawn_high_m;
    // half a Crazyflie and some room for its first move
    constexpr float kRoom_m = 0.2F;
    for (int i = 0; i < 2000; ++i) {
      const Vec3 p = draws.in_box({low[0], low[1], low[2]}, {high[0], high[1], high[2]});
      for (int k = 0; k < static_cast<int>(scene.config().statics.size()); ++k) {
        ASSERT_GE(scene.distance_m(k, p), kRoom_m)
            << name << ", " << scene.config().statics[static_cast<std::size_t>(k)].name;
      }
    }
  }
}

TEST(SceneAssets, TheRoomIsClosed) {
  const Scene room(load_scene(Value("room")));
  testing::Draws draws(2);
  for (int i = 0; i < 5000; ++i) {
    const Vec3 p = draws.in_box({-3.9F, -3.9F, 0.1F}, {3.9F, 3.9F, 3.4F});
    // the longest diagonal of the room
    EXPECT_GE(room.cast_ray(p, draws.direction(), 12).primitive, 0);
  }
}

TEST(SceneAssets, TheMiddleOfTheRoomAndItsWallsAreFree) {
  const Scene room(load_scene(Value("room")));
  const int count = static_cast<int>(room.config().statics.size());
  testing::Draws draws(3);
  for (int i = 0; i < 5000; ++i) {
    const Vec3 p = draws.in_box({-1, -1, 0.3F}, {1, 1, 2.3F});
    if (p.x * p.x + p.y * p.y > 0.75F * 0.75F) continue;
    for (int k = 0; k < count; ++k) ASSERT_GE(room.distance_m(k, p), 0.2F) << k;
  }
}

TEST(SceneLoading, TakesATableAndABaseWithChanges) {
  const Value table = parse_toml("name = \"mine\"\n[[statics]]\nkind = \"sphere\"\n", "test");
  const SceneConfig mine = load_scene(table);
  EXPECT_EQ(mine.name, "mine");
  ASSERT_EQ(mine.statics.size(), 1U);
  EXPECT_EQ(mine.statics[0].kind, PrimitiveKind::kSphere);

  const SceneConfig based =
      load_scene(parse_toml("base = \"room\"\nspawn_low_m = [-3, -3, 1]\n", "test"));
  EXPECT_EQ(based.statics.size(), load_scene(Value("room")).statics.size());
  EXPECT_EQ(based.spawn_low_m, (std::vector<float>{-3, -3, 1}));
}

TEST(SceneLoading, TakesAPathAndKeepsEverythingThroughAFile) {
  SceneConfig config = load_scene(Value("arch"));
  config.props.resize(1);
  const auto file = std::filesystem::temp_directory_path() / "volery_scene_test.toml";
  std::ofstream(file) << write_toml(to_value(config));
  SceneConfig loaded = load_scene(Value(file.string()));
  std::filesystem::remove(file);
  EXPECT_EQ(to_value(loaded).to_text(), to_value(config).to_text());
}

TEST(SceneLoading, NamesTheNearestScene) {
  expect_parts(message_of([] { (void)load_scene(Value("romo")); }), {"romo", "room"});
  expect_parts(message_of([] { (void)load_scene(Value(3)); }), {"scene", "an integer"});
  expect_parts(refusal("base = 3"), {"scene.base", "an integer"});
}

TEST(SceneLoading, RefusesUnknownKeysAndValuesOutOfRange) {
  expect_parts(refusal("gravity = 3"), {"scene", "gravity"});
  expect_parts(refusal("[[statics]]\nkind = \"bax\""), {"statics[0].kind", "bax", "box"});
  expect_parts(refusal("[[statics]]\nfriction = -1"), {"statics[0].friction", "-1", "[0, 10]"});
  expect_parts(refusal("[[statics]]\nrestitution = 1.5"), {"statics[0].restitution", "1.5"});
  expect_parts(refusal("[[statics]]\nsize_m = [1, 0, 1]"), {"statics[0].size_m", "0.001"});
  expect_parts(refusal("[[props]]\nmass_kg = 0"), {"props[0].mass_kg", "1e-04"});
}

TEST(SceneChecks, RefuseGeometryThatCannotBe) {
  expect_parts(refusal("[[statics]]\nposition_w_m = [1, 2]"),
               {"scene.statics[0].position_w_m = [1, 2]", "3 numbers"});
  expect_parts(refusal("[[statics]]\nrpy_rad = []"), {"scene.statics[0].rpy_rad", "3 numbers"});
  expect_parts(refusal("[[statics]]\nsize_m = [1]"), {"scene.statics[0].size_m", "3 numbers"});
  expect_parts(refusal("[[statics]]\nkind = \"cylinder\"\nsize_m = [1, 2, 1]"),
               {"scene.statics[0].size_m", "diameter"});
  expect_parts(refusal("[[statics]]\nkind = \"sphere\"\nsize_m = [1, 1, 2]"),
               {"scene.statics[0].size_m", "diameter"});
  expect_parts(refusal("[[statics]]\nkind = \"hull\"\nvertices_m = [0, 0, 0, 1, 1, 1]"),
               {"scene.statics[0].vertices_m", "at least 4", "6"});
  expect_parts(refusal("[[statics]]\nkind = \"hull\"\n"
                       "vertices_m = [0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 0.5, 0.5, 0]"),
               {"scene.statics[0].vertices_m", "one plane"});
  expect_parts(refusal("[[statics]]\nkind = \"mesh\"\nvertices_m = [0, 0, 0, 1, 0, 0, 0, 1, 0]"),
               {"scene.statics[0].triangles", "three vertex indices"});
  expect_parts(refusal("[[statics]]\nkind = \"mesh\"\nvertices_m = [0, 0, 0, 1, 0, 0, 0, 1, 0]\n"
                       "triangles = [0, 1, 3]"),
               {"scene.statics[0].triangles[2] = [3]", "[0, 2]"});
  expect_parts(refusal("[[statics]]\nkind = \"mesh\"\nvertices_m = [0, 0, 0, 1, 0, 0, 0, 1, 0]\n"
                       "triangles = [0, 1, 1]"),
               {"scene.statics[0].triangles[0]", "no area"});
  expect_parts(refusal("[[statics]]\nkind = \"mesh\"\nvertices_m = [0, 0, 0, 1, 0, 0, 0, 1, 0]\n"
                       "triangles = [0, 1, 0.5]"),
               {"scene.statics[0].triangles[2]", "whole number"});
  expect_parts(refusal("[[props]]\nkind = \"plane\""), {"scene.props[0].kind", "sphere"});
  expect_parts(refusal("[[props]]\nkind = \"sphere\"\nsize_m = [1, 1, 2]"),
               {"scene.props[0].size_m"});

  std::string many = "[[statics]]\nkind = \"hull\"\nvertices_m = [0, 0, 0";
  for (int i = 0; i < 256; ++i) many += ", 1, " + std::to_string(i) + ", 0";
  expect_parts(refusal(many + "]"), {"scene.statics[0].vertices_m", "at most 256", "257"});
}

TEST(SceneChecks, RefuseBoundsThatDoNotFit) {
  expect_parts(refusal("bounds_low_m = [1, 1, 1]\nbounds_high_m = [2, 1, 2]"),
               {"scene.bounds_low_m", "scene.bounds_high_m"});
  expect_parts(refusal("spawn_low_m = [0, 0, 3]\nspawn_high_m = [1, 1, 2]"),
               {"scene.spawn_low_m", "scene.spawn_high_m"});
  expect_parts(refusal("spawn_low_m = [-60, 0, 0]"), {"scene.spawn_low_m", "bounds"});
  expect_parts(refusal("spawn_high_m = [60, 3, 3]"), {"scene.spawn_high_m", "bounds"});
  expect_parts(refusal("bounds_low_m = [1, 1]"), {"scene.bounds_low_m", "3 numbers"});
}

TEST(SceneChecks, HoldForConfigsBuiltInCode) {
  const auto build = [](const Primitive& primitive) { Scene scene(scene_of({primitive})); };
  expect_parts(message_of([&] {
                 build(make_primitive(PrimitiveKind::kBox, {0, 0, 0}, {1, -1, 1}));
               }),
               {"scene.statics[0].size_m", "[0.001, 10000]"});
  EXPECT_EQ(message_of([&] {
              build(make_primitive(PrimitiveKind::kBox, {0, 0, 0}, {1, 1, 1}));
            }),
            "");
}

}  // namespace
}  // namespace volery
