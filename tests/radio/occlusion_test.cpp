// Walls, seams and drones between two radios.
#include "radio/occlusion.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace volery::radio::test {
namespace {

Primitive box(Vec3 low, Vec3 high) {
  Primitive primitive;
  primitive.position_w_m = {(low.x + high.x) / 2, (low.y + high.y) / 2, (low.z + high.z) / 2};
  primitive.size_m = {high.x - low.x, high.y - low.y, high.z - low.z};
  return primitive;
}

Primitive ground() {
  Primitive primitive;
  primitive.kind = PrimitiveKind::kPlane;
  return primitive;
}

SceneConfig scene_of(std::vector<Primitive> statics) {
  SceneConfig config;
  config.statics = std::move(statics);
  return config;
}

/// Both ways agree, and knowing the seams changes nothing.
bool walled(const Scene& scene, Vec3 a, Vec3 b) {
  const Seams seams(scene.config());
  const bool there = is_walled(scene, a, b);
  EXPECT_EQ(is_walled(scene, b, a), there);
  EXPECT_EQ(is_walled(scene, a, b, &seams), there);
  return there;
}
int walls(const Scene& scene, Vec3 a, Vec3 b, int most = 16) {
  const Seams seams(scene.config());
  const int there = count_walls(scene, a, b, most);
  EXPECT_EQ(count_walls(scene, b, a, most), there);
  EXPECT_EQ(count_walls(scene, a, b, most, &seams), there);
  return there;
}

TEST(Walls, CutWhatPassesThrough) {
  const Scene scene(scene_of({ground(), box({-0.1F, -2, 0}, {0.1F, 2, 3})}));
  EXPECT_TRUE(walled(scene, {-5, 0, 1}, {5, 0, 1}));
  EXPECT_FALSE(walled(scene, {-5, 0, 3.5F}, {5, 0, 3.5F}));      // over
  EXPECT_FALSE(walled(scene, {-5, 2.5F, 1}, {5, 2.5F, 1}));      // beside
  EXPECT_FALSE(walled(scene, {-5, 0, 1}, {-0.5F, 0, 1}));        // this side
  EXPECT_FALSE(walled(scene, {-5, 0, 1}, {-5, 0, 1}));           // nobody far
  EXPECT_FALSE(walled(scene, {-9, -5, 0.01F}, {-1, 5, 0.01F}));  // along the ground
  EXPECT_TRUE(walled(scene, {-5, 0, 1}, {0, 0, 1}));             // an end inside
}

TEST(Walls, ThinOnesCutToo) {
  const Scene scene(scene_of({box({-0.0005F, -50, 0}, {0.0005F, 50, 3})}));
  std::mt19937 generator(1);
  std::uniform_real_distribution<float> unit(0, 1);
  for (int i = 0; i < 2000; ++i) {
    const Vec3 a{-20 * unit(generator) - 0.01F, 40 * unit(generator) - 20, 3 * unit(generator)};
    const Vec3 b{20 * unit(generator) + 0.01F, 40 * unit(generator) - 20, 3 * unit(generator)};
    ASSERT_TRUE(walled(scene, a, b)) << i;
  }
}

// Walls of boxes side by side, at places that floats round: rays aimed at the very seams.
TEST(Walls, SeamsBetweenFacesDoNotLeak) {
  std::vector<Primitive> wall;
  std::vector<float> seams;
  for (int i = 0; i < 60; ++i) {
    const float low = 0.1F * static_cast<float>(i) + 7.3F;
    const float high = 0.1F * static_cast<float>(i + 1) + 7.3F;
    wall.push_back(box({low, -0.05F, 0}, {high, 0.05F, 3}));
    if (i > 0) seams.push_back(low);
  }
  const Scene scene(scene_of(std::move(wall)));
  int center_leaks = 0;
  for (const float seam : seams) {
    for (int ulp = -3; ulp <= 3; ++ulp) {
      float x = seam;
      for (int k = 0; k < std::abs(ulp); ++k) x = std::nextafter(x, ulp < 0 ? 0.0F : 100.0F);
      const Vec3 a{x, -4, 1.5F}, b{x, 4, 1.5F};
      ASSERT_TRUE(walled(scene, a, b)) << x;
      ASSERT_EQ(walls(scene, a, b), 1) << x;
      center_leaks += scene.cast_ray(a, {0, 1, 0}, 8).primitive < 0 ? 1 : 0;
    }
  }
  // the test is about something: single rays do slip through
  EXPECT_GT(center_leaks, 0);
}

// Two boxes that share nothing but an upright edge.
TEST(Walls, TouchingEdgesDoNotLeak) {
  for (const float at : {0.0F, 1.1F, 3.7F, 12.3F, 100.1F}) {
    const Scene scene(
        scene_of({box({at - 1, at - 1, 0}, {at, at, 3}), box({at, at, 0}, {at + 1, at + 1, 3})}));
    for (const float slant : {0.0F, 0.4F, -0.9F}) {
      const Vec3 a{at - 0.9F, at + 0.9F, 1.5F - slant}, b{at + 0.9F, at - 0.9F, 1.5F + slant};
      ASSERT_TRUE(walled(scene, a, b)) << at << " " << slant;
    }
    // a hand's breadth beside the edge lies a box
    EXPECT_TRUE(walled(scene, {at - 0.9F, at + 0.7F, 1}, {at + 0.7F, at - 0.9F, 1}));
    // along the faces of one box, in the open
    EXPECT_FALSE(walled(scene, {at - 0.9F, at + 0.1F, 1}, {at - 0.1F, at + 0.1F, 1}));
  }
}

TEST(Walls, SeamsAreFoundWherePrimitivesTouch) {
  Primitive turned = box({20, 0, 0}, {22, 2, 3});
  turned.rpy_rad = {0, 0, 0.7F};
  const SceneConfig config =
      scene_of({ground(), box({0, 0, 0}, {1, 1, 3}), box({1, 1, 0}, {2, 2, 3}),
                box({5, 0, 0}, {6, 1, 3}), turned, box({22.3F, 0, 0}, {24, 2, 3})});
  const Seams seams(config);
  EXPECT_EQ(seams.size(), 2U);
  EXPECT_TRUE(seams.is_near({0.1F, 1.9F, 1}, {1.9F, 0.1F, 1}));
  EXPECT_FALSE(seams.is_near({3, 0, 1}, {9, 3, 1}));
  // a turned box counts as far as it could reach
  EXPECT_TRUE(seams.is_near({22.5F, -5, 1}, {22.5F, 5, 1}));
  std::vector<Primitive> many(80, box({0, 0, 0}, {1, 1, 1}));
  EXPECT_TRUE(Seams(scene_of(many)).is_near({90, 0, 0}, {99, 0, 0}));
}

TEST(Walls, CornersOfARoomDoNotLeak) {
  // two walls that meet at the corner (4, 4)
  const Scene scene(scene_of({box({-4, 4, 0}, {4, 4.2F, 3}), box({4, -4, 0}, {4.2F, 4, 3})}));
  std::mt19937 generator(2);
  std::uniform_real_distribution<float> unit(0, 1);
  for (int i = 0; i < 2000; ++i) {
    // through the corner's edge, within rounding
    const Vec3 inside{4 - 3 * unit(generator) - 0.1F, 4 - 3 * unit(generator) - 0.1F, 1};
    const Vec3 corner{4, 4, 1};
    const Vec3 outside = corner + (corner - inside);
    ASSERT_TRUE(walled(scene, inside, outside)) << i;
  }
}

TEST(Walls, AreCountedOneByOne) {
  std::vector<Primitive> statics;
  for (int i = 0; i < 5; ++i) {
    const float x = static_cast<float>(2 * i);
    statics.push_back(box({x, -1, 0}, {x + 0.2F, 1, 3}));
  }
  const Scene scene(scene_of(statics));
  EXPECT_EQ(walls(scene, {-1, 0, 1}, {-0.5F, 0, 1}), 0);
  EXPECT_EQ(walls(scene, {-1, 0, 1}, {1, 0, 1}), 1);
  EXPECT_EQ(walls(scene, {-1, 0, 1}, {3, 0.3F, 1}), 2);
  EXPECT_EQ(walls(scene, {-1, 0, 1}, {20, 0, 1}), 5);
  EXPECT_EQ(walls(scene, {-1, 0, 1}, {20, 0, 1}, 3), 3);
  EXPECT_EQ(walls(scene, {-1, 5, 1}, {20, 5, 1}), 0);
}

TEST(Walls, AThickOneIsOne) {
  const Scene scene(scene_of({box({0, -5, 0}, {8, 5, 3}), box({9, -5, 0}, {9.1F, 5, 3})}));
  EXPECT_EQ(count_walls(scene, {-1, 0, 1}, {8.5F, 0, 1}, 16), 1);
  EXPECT_EQ(count_walls(scene, {-1, 0, 1}, {4, 0, 1}, 16), 1);  // ends inside
  EXPECT_EQ(count_walls(scene, {4, 0, 1}, {8.5F, 0, 1}, 16), 1);
}

/// Agents at given places.
struct Crowd {
  explicit Crowd(const std::vector<Vec3>& places) {
    for (const Vec3 place : places) {
      candidates.push_back(static_cast<std::int32_t>(agents.size()));
      agents.push_back({place, {}, 1});
    }
  }
  [[nodiscard]] Bodies bodies() const {
    return {agents.data(), candidates.data(), static_cast<int>(candidates.size())};
  }
  [[nodiscard]] int between(int a, int b, float radius_m, int most = 16) const {
    const auto at = [this](int i) { return agents[static_cast<std::size_t>(i)].position_w_m; };
    const int there = count_bodies(at(a), at(b), bodies(), radius_m, a, b, most);
    EXPECT_EQ(count_bodies(at(b), at(a), bodies(), radius_m, b, a, most), there);
    return there;
  }
  std::vector<swarm::PackedAgent> agents;
  std::vector<std::int32_t> candidates;
};

TEST(Drones, InTheLineCutIt) {
  const Crowd crowd({{0, 0, 1}, {10, 0, 1}, {5, 0.05F, 1}, {4, 0.2F, 1}, {12, 0, 1}, {-1, 0, 1}});
  EXPECT_EQ(crowd.between(0, 1, 0.1F), 1);  // the third; the fourth flies beside
  EXPECT_EQ(crowd.between(0, 1, 0.3F), 2);  // those beyond the ends never count
  EXPECT_EQ(crowd.between(0, 1, 0.3F, 1), 1);
  EXPECT_EQ(crowd.between(0, 4, 0.1F), 2);  // the second and the third
  EXPECT_EQ(crowd.between(0, 5, 0.3F), 0);
}

TEST(Drones, ThatAreNotThereDoNotCut) {
  Crowd crowd({{0, 0, 1}, {10, 0, 1}, {5, 0, 1}});
  EXPECT_EQ(crowd.between(0, 1, 0.1F), 1);
  crowd.agents[2].present = 0;
  EXPECT_EQ(crowd.between(0, 1, 0.1F), 0);
}

TEST(Occlusion, LooksAtWhatItsKindNames) {
  const Scene scene(scene_of({box({-0.1F, -2, 0}, {0.1F, 2, 3})}));
  const Crowd crowd({{-5, 0, 1}, {5, 0, 1}, {2, 0, 1}, {-5, 9, 1}, {5, 9, 1}});
  const auto blocked = [&](OcclusionKind kind, int a, int b) {
    OcclusionConfig config;
    config.kind = kind;
    const OcclusionModel model(config, false, "radio.occlusion");
    const auto at = [&](int i) { return crowd.agents[static_cast<std::size_t>(i)].position_w_m; };
    return model.is_blocked(scene, at(a), at(b), crowd.bodies(), a, b);
  };
  EXPECT_FALSE(blocked(OcclusionKind::kNone, 0, 1));
  EXPECT_TRUE(blocked(OcclusionKind::kStatic, 0, 2));
  EXPECT_FALSE(blocked(OcclusionKind::kStatic, 2, 1));
  EXPECT_TRUE(blocked(OcclusionKind::kBodies, 0, 1));
  EXPECT_FALSE(blocked(OcclusionKind::kBodies, 0, 2));
  EXPECT_TRUE(blocked(OcclusionKind::kBoth, 0, 2));
  EXPECT_FALSE(blocked(OcclusionKind::kBoth, 3, 4));
}

TEST(Occlusion, AttenuatesPerWallAndBody) {
  const Scene scene(scene_of({box({-0.1F, -2, 0}, {0.1F, 2, 3}), box({1, -2, 0}, {1.1F, 2, 3})}));
  const Crowd crowd({{-5, 0, 1}, {5, 0, 1}, {2, 0, 1}});
  OcclusionConfig config;
  config.kind = OcclusionKind::kBoth;
  config.hard = false;
  config.wall_db = 5;
  config.body_db = 2;
  const OcclusionModel model(config, true, "radio.occlusion");
  EXPECT_EQ(model.loss_db(scene, {-5, 0, 1}, {5, 0, 1}, crowd.bodies(), 0, 1), 12);
  config.max_count = 1;
  const OcclusionModel one(config, true, "radio.occlusion");
  EXPECT_EQ(one.loss_db(scene, {-5, 0, 1}, {5, 0, 1}, crowd.bodies(), 0, 1), 7);
}

TEST(Occlusion, RefusesToAttenuateADisc) {
  OcclusionConfig config;
  config.kind = OcclusionKind::kStatic;
  config.hard = false;
  try {
    const OcclusionModel model(config, false, "radio.occlusion");
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("radio.occlusion.hard = false"), std::string::npos);
  }
}

}  // namespace
}  // namespace volery::radio::test
