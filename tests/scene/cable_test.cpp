// Cables of a scene: whose ends they find, and what is refused with which words.
#include "scene/cable.hpp"

#include <gtest/gtest.h>

#include "core/toml.hpp"

namespace volery {
namespace {

using Kind = CableEnd::Kind;

SceneConfig scene_with(const std::string& cables) {
  const std::string props =
      "[[props]]\nname = \"load\"\n[[props]]\nname = \"bead\"\n[[props]]\nname = \"twin\"\n"
      "[[props]]\nname = \"twin\"\n[[props]]\n";
  return load_scene(parse_toml(props + "[[cables]]\n" + cables, "test"));
}

/// The message of the Error that loading and building ends in, "" if it passes.
std::string refusal(const std::string& cables, int num_agents = 2) {
  try {
    const Scene scene(scene_with(cables));
    (void)cables_of(scene.config(), num_agents);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

void expect_parts(const std::string& message, const std::vector<std::string>& parts) {
  for (const std::string& part : parts) {
    EXPECT_NE(message.find(part), std::string::npos) << "'" << part << "' in: " << message;
  }
}

TEST(Cables, EndsAreFoundByNameAndNumber) {
  const auto cables = cables_of(
      scene_with("a = \"agent 1\"\nb = \"load\"\nlength_m = 0.7\nattach_b_b_m = [0, 0, 0.1]\n"
                 "[[cables]]\na = \"prop 4\"\nb = \"world\"\nanchor_w_m = [1, 2, 3]\n"
                 "[[cables]]\na = \"bead\"\nb = \"load\"\n"),
      2);
  ASSERT_EQ(cables.size(), 3U);
  EXPECT_EQ(cables[0].a.kind, Kind::kAgent);
  EXPECT_EQ(cables[0].a.index, 1);
  EXPECT_EQ(cables[0].b.kind, Kind::kProp);
  EXPECT_EQ(cables[0].b.index, 0);
  EXPECT_EQ(cables[0].b.at_m, (Vec3{0, 0, 0.1F}));
  EXPECT_EQ(cables[0].length_m, 0.7F);
  EXPECT_EQ(cables[1].a.index, 4);
  EXPECT_EQ(cables[1].b.kind, Kind::kWorld);
  EXPECT_EQ(cables[1].b.at_m, (Vec3{1, 2, 3}));
  EXPECT_EQ(cables[2].a.index, 1);
  EXPECT_EQ(cables[2].spec, 2);
}

TEST(Cables, AgentsStandsForEachInTurn) {
  const auto cables = cables_of(scene_with("a = \"load\"\nb = \"agents\"\n"), 3);
  ASSERT_EQ(cables.size(), 3U);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(cables[static_cast<std::size_t>(i)].b.kind, Kind::kAgent);
    EXPECT_EQ(cables[static_cast<std::size_t>(i)].b.index, i);
    EXPECT_EQ(cables[static_cast<std::size_t>(i)].a.kind, Kind::kProp);
  }
}

TEST(Cables, UnknownEndsAreRefusedWithTheNearestName) {
  expect_parts(refusal("b = \"loadx\""), {"scene.cables[0].b = \"loadx\"", "'load'"});
  expect_parts(refusal("b = \"agent\""), {"scene.cables[0].b = \"agent\"", "'agents'"});
  expect_parts(refusal("b = \"twin\""), {"scene.cables[0].b", "props 2 and 3", "\"prop 2\""});
  expect_parts(refusal("b = \"\""), {"scene.cables[0].b = \"\""});
}

TEST(Cables, NumbersThatAreNotThereAreRefused) {
  expect_parts(refusal("b = \"prop 5\""), {"scene.cables[0].b = \"prop 5\"", "[0, 4]"});
  expect_parts(refusal("b = \"prop -1\""), {"scene.cables[0].b", "[0, 4]"});
  expect_parts(refusal("a = \"agent 2\""), {"scene.cables[0].a = \"agent 2\"", "[0, 1]"});
  expect_parts(refusal("a = \"agent -3\""), {"scene.cables[0].a = \"agent -3\"", "negative"});
  EXPECT_EQ(refusal("a = \"agent 2\"", 3), "");
}

TEST(Cables, BothEndsAtOneBodyAreRefused) {
  for (const char* ends : {"a = \"load\"\nb = \"prop 0\"", "a = \"agent 1\"\nb = \"agent 1\"",
                           "a = \"agents\"\nb = \"agent 0\"", "a = \"agents\"\nb = \"agents\"",
                           "a = \"world\"\nb = \"world\""}) {
    expect_parts(refusal(ends), {"scene.cables[0].b", "same body"});
  }
  EXPECT_EQ(refusal("a = \"agent 0\"\nb = \"agent 1\""), "");
}

TEST(Cables, NumbersOutOfRangeAreRefused) {
  expect_parts(refusal("length_m = -0.5"), {"scene.cables[0].length_m", "-0.5", "0.01", "1000"});
  expect_parts(refusal("length_m = 0"), {"scene.cables[0].length_m"});
  expect_parts(refusal("attach_a_b_m = [0, 0]"), {"scene.cables[0].attach_a_b_m", "3 numbers"});
  expect_parts(refusal("attach_b_b_m = [0, 0, 1e6]"), {"scene.cables[0].attach_b_b_m[2]", "10000"});
  expect_parts(refusal("anchor_w_m = [1]"), {"scene.cables[0].anchor_w_m", "3 numbers"});
  expect_parts(refusal("lenght_m = 1"), {"lenght_m", "length_m"});
}

// A config built in C++ has not been through the loader.
TEST(Cables, TheSceneChecksWhatTheLoaderWouldHave) {
  SceneConfig config = scene_with("b = \"load\"");
  config.cables[0].length_m = -1;
  EXPECT_THROW(Scene{config}, Error);
  config.cables[0].length_m = 1;
  config.cables[0].attach_a_b_m = {0, 0, 0, 0};
  EXPECT_THROW(Scene{config}, Error);
}

}  // namespace
}  // namespace volery
