// The heart of the matter: culled contacts give the same bits as brute force, and the near set's
// bounds hold.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/contact/crash_worlds.hpp"

namespace volery::contact::test {
namespace {

struct Crash {
  const char* scene;
  int num_worlds;
  int num_agents;
  float rate_hz;
  CollisionSpec::Shape shape;
  std::uint64_t seed;
};

RigConfig rig_config(const Crash& crash, ContactMode mode, bool audit = false) {
  RigConfig config;
  config.scene = crash_scene(crash.scene);
  config.vehicle = small_drone();
  config.vehicle.collision.shape = crash.shape;
  if (crash.shape == CollisionSpec::Shape::kBox)
    config.vehicle.collision.size_m = {0.1F, 0.08F, 0.03F};
  if (crash.shape == CollisionSpec::Shape::kSphere)
    config.vehicle.collision.size_m = {0.08F, 0.08F, 0.08F};
  config.num_worlds = crash.num_worlds;
  config.num_agents = crash.num_agents;
  config.rate_hz = crash.rate_hz;
  config.contact.mode = mode;
  config.contact.audit = audit;
  return config;
}

constexpr Crash kCrashes[] = {
    {"floor", 32, 1, 240, CollisionSpec::Shape::kCylinder, 1},
    {"floor", 8, 8, 240, CollisionSpec::Shape::kCylinder, 2},
    {"room", 64, 1, 240, CollisionSpec::Shape::kCylinder, 3},
    {"room", 8, 8, 240, CollisionSpec::Shape::kCylinder, 4},
    {"room", 8, 8, 500, CollisionSpec::Shape::kBox, 5},
    {"room", 8, 8, 240, CollisionSpec::Shape::kSphere, 6},
    {"room", 1, 64, 240, CollisionSpec::Shape::kCylinder, 7},
    {"room", 1, 256, 240, CollisionSpec::Shape::kCylinder, 8},
    {"props", 16, 5, 240, CollisionSpec::Shape::kCylinder, 9},
    {"props", 1, 64, 500, CollisionSpec::Shape::kBox, 10},
};

// Body-substeps for all cases together: about 20 s by default, 1e7 in CI, 1e9 by hand.
double wanted_body_substeps() {
  const char* text = std::getenv("VOLERY_CONTACT_SUBSTEPS");
  return text != nullptr ? std::strtod(text, nullptr) : 1e6;
}

class Crashes : public testing::TestWithParam<Crash> {};

TEST_P(Crashes, CulledContactsGiveTheBitsOfBruteForce) {
  const Crash& crash = GetParam();
  Rig culled(rig_config(crash, ContactMode::kCulled));
  Rig all(rig_config(crash, ContactMode::kAll));
  const int bodies = culled.slab().num_worlds * culled.slab().num_bodies_per_world();
  const double share = wanted_body_substeps() / static_cast<double>(std::size(kCrashes));
  const auto windows = static_cast<std::uint32_t>(share / (8.0 * bodies)) + 1;

  // starts anew now and then: worlds that have come to rest would prove little
  constexpr std::uint32_t kEpisode = 60;
  for (std::uint32_t step = 0; step < windows; ++step) {
    for (Rig* rig : {&culled, &all}) {
      if (step % kEpisode == 0) scatter(*rig, crash.seed + step);
      random_inputs(*rig, crash.seed, step);
      rig->run_window();
    }
    ASSERT_EQ(culled.hash(), all.hash()) << "in window " << step;
  }
  // the run must have been about contacts
  const ContactStats& stats = culled.worker().stats();
  EXPECT_GT(stats.touching_body_substeps, stats.body_substeps / 100);
  EXPECT_EQ(stats.touching_body_substeps, all.worker().stats().touching_body_substeps);
  EXPECT_EQ(stats.contact_points, all.worker().stats().contact_points);
  RecordProperty("touching_percent",
                 static_cast<int>(100 * stats.touching_body_substeps / stats.body_substeps));
  RecordProperty("extensions", static_cast<int>(stats.extensions));
}

TEST_P(Crashes, NoCulledPairComesWithinTheThreshold) {
  const Crash& crash = GetParam();
  Rig audited(rig_config(crash, ContactMode::kCulled, true));
  Rig culled(rig_config(crash, ContactMode::kCulled));
  for (std::uint32_t step = 0; step < 30; ++step) {
    for (Rig* rig : {&audited, &culled}) {
      if (step == 0) scatter(*rig, crash.seed);
      random_inputs(*rig, crash.seed, step);
      rig->run_window();
    }
  }
  EXPECT_EQ(audited.worker().stats().audit_failures, 0);
  // looking on changes nothing
  EXPECT_EQ(audited.hash(), culled.hash());
}

INSTANTIATE_TEST_SUITE_P(Contact, Crashes, testing::ValuesIn(kCrashes), [](const auto& crash) {
  return std::string(crash.param.scene) + std::to_string(crash.param.num_worlds) + "x" +
         std::to_string(crash.param.num_agents) + "seed" + std::to_string(crash.param.seed);
});

}  // namespace
}  // namespace volery::contact::test
