// Cables in the contact stage: the near set holds them, both modes give the same bits, and what
// they do not reach is left alone.
#include "contact/cables.hpp"

#include <gtest/gtest.h>

#include "contact/model.hpp"
#include "tests/contact/crash_worlds.hpp"

namespace volery::contact::test {
namespace {

CableSpec cable(const std::string& a, const std::string& b, float length_m, Vec3 at_a = {},
                Vec3 at_b = {}) {
  CableSpec spec;
  spec.a = a;
  spec.b = b;
  spec.length_m = length_m;
  spec.attach_a_b_m = {at_a.x, at_a.y, at_a.z};
  spec.attach_b_b_m = {at_b.x, at_b.y, at_b.z};
  return spec;
}

/// A ball far from everything else.
PropSpec ball(float mass_kg = 0.02F, float size_m = 0.04F) {
  PropSpec prop;
  prop.kind = PrimitiveKind::kSphere;
  prop.size_m = {size_m, size_m, size_m};
  prop.mass_kg = mass_kg;
  return prop;
}

/// Every way to tie something: drones to loads, a load under two, a chain, an anchor in a corner,
/// off-centre ends, a long cable that is mostly slack, and bodies without any.
RigConfig tangle(const char* scene, ContactMode mode, bool audit = false) {
  RigConfig config;
  config.scene = crash_scene(scene);
  const auto first = static_cast<int>(config.scene.props.size());
  for (int i = 0; i < 6; ++i) config.scene.props.push_back(ball(i % 2 == 0 ? 0.01F : 0.05F));
  const auto prop = [&](int i) { return "prop " + std::to_string(first + i); };
  config.scene.cables = {cable("agent 0", prop(0), 0.4F, {0, 0, -0.01F}, {0, 0, 0.02F}),
                         cable("agent 1", prop(1), 0.3F),
                         cable("agent 2", prop(1), 0.5F, {0.02F, 0, 0}),
                         cable("agent 3", prop(2), 0.2F),
                         cable(prop(2), prop(3), 0.15F, {0, 0, -0.02F}, {0, 0, 0.02F}),
                         cable("agent 4", "world", 0.8F),
                         cable("agent 5", "agent 6", 1.5F),
                         cable("world", prop(4), 0.6F)};
  config.scene.cables[5].anchor_w_m = {1, 1, 1};
  config.scene.cables[7].anchor_w_m = {-0.5F, 0.5F, 1.2F};
  config.vehicle = small_drone();
  config.num_worlds = 6;
  config.num_agents = 8;
  config.contact.mode = mode;
  config.contact.audit = audit;
  return config;
}

constexpr std::uint32_t kEpisode = 60;  // windows; what has come to rest would prove little

class Tangles : public testing::TestWithParam<const char*> {};

TEST_P(Tangles, CulledContactsGiveTheBitsOfBruteForce) {
  Rig culled(tangle(GetParam(), ContactMode::kCulled));
  Rig all(tangle(GetParam(), ContactMode::kAll));
  bool pulled = false;
  for (std::uint32_t step = 0; step < 4 * kEpisode; ++step) {
    for (Rig* rig : {&culled, &all}) {
      if (step % kEpisode == 0) scatter(*rig, 70 + step);
      random_inputs(*rig, 70, step);
      rig->run_window();
    }
    ASSERT_EQ(culled.hash(), all.hash()) << "in window " << step;
    pulled = pulled || culled.slab().agents.at(0, kTension) > 0;
  }
  EXPECT_TRUE(pulled);
  EXPECT_GT(culled.worker().stats().touching_body_substeps, 1000U);
}

TEST_P(Tangles, TheAuditFindsNothing) {
  Rig rig(tangle(GetParam(), ContactMode::kCulled, true));
  for (std::uint32_t step = 0; step < 2 * kEpisode; ++step) {
    if (step % kEpisode == 0) scatter(rig, 90 + step);
    random_inputs(rig, 90, step);
    rig.run_window();
  }
  EXPECT_EQ(rig.worker().stats().audit_failures, 0U);
}

INSTANTIATE_TEST_SUITE_P(Scenes, Tangles, testing::Values("floor", "room", "props"),
                         [](const auto& scene) { return std::string(scene.param); });

/// Agents 0 and 1 at a cable that is slack, 0 on the floor; 2 and 3 fly at each other.
RigConfig slack_and_crash(bool tied) {
  RigConfig config;
  config.scene.statics = {floor_plane()};
  if (tied) config.scene.cables = {cable("agent 0", "agent 1", 1.5F)};
  config.vehicle = small_drone();
  config.num_agents = 4;
  return config;
}

TEST(CableIslands, ASlackCableLeavesAloneWhoeverTouchesNothing) {
  Rig tied(slack_and_crash(true));
  Rig loose(slack_and_crash(false));
  for (Rig* rig : {&tied, &loose}) {
    rig->place(0, {0, 0, 0.0125F});
    rig->place(1, {0.5F, 0, 1}, {0.2F, 0.1F, 0.4F}, turned(Quat{}, {0.3F, 0.2F, 0.1F}, 1));
    rig->slab().agents.set_vec3(1, kOmega, {1, -2, 0.5F});
    rig->place(2, {-1, 0, 5}, {2, 0, 0});
    rig->place(3, {-0.85F, 0, 5}, {-2, 0, 0});
  }
  for (int window = 0; window < 4; ++window) {
    tied.run_window();
    loose.run_window();
    // 0 is solved with its cable, by another solver than alone; 1 only as one that nothing moves
    for (const int body : {1, 2, 3}) {
      for (int r = 0; r < kNumRigidRows; ++r) {
        ASSERT_EQ(tied.slab().agents.at(body, r), loose.slab().agents.at(body, r))
            << "body " << body << " row " << r << " window " << window;
      }
    }
  }
  EXPECT_GT(tied.slab().agents.at(0, kTouchStatic), 0);
  // the crash did happen
  EXPECT_GT(tied.velocity(3).x, 0);
}

TEST(CableIslands, BodiesOfOneIslandAreThoseThatCablesAndContactsJoin) {
  RigConfig config = tangle("floor", ContactMode::kCulled);
  Rig rig(config);
  const CableModel& cables = rig.model().impl().cables;
  ASSERT_EQ(cables.num_groups(), 6);
  // agents 1 and 2 carry one ball; agent 3 a chain of two; one ball hangs in the world
  EXPECT_EQ(cables.group(1).bodies, (std::vector<int>{1, 2, 9}));
  EXPECT_EQ(cables.group(2).bodies, (std::vector<int>{3, 10, 11}));
  EXPECT_EQ(cables.group(5).bodies, (std::vector<int>{12}));
  EXPECT_TRUE(cables.group(5).anchored);
  EXPECT_EQ(cables.group_at(7), -1);
  EXPECT_EQ(cables.group(2).hangings.size(), 2U);
}

}  // namespace
}  // namespace volery::contact::test
