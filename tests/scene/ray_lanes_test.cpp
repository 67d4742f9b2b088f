// Packets of rays against single rays, bit for bit, with every instruction set.
#include "scene/ray_packet.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <memory>

#include "core/isa.hpp"
#include "core/rotation.hpp"
#include "tests/scene/oracle.hpp"

namespace volery {
namespace {

using testing::Draws;
using testing::make_primitive;
using testing::random_primitive;
using testing::scene_of;

class RayPackets : public ::testing::Test {
 protected:
  void TearDown() override { limit_isa("auto"); }
};

/// Every kind of primitive, level ones too, so that rays run along faces and axes.
SceneConfig cluttered(unsigned seed) {
  Draws draws(seed);
  std::vector<Primitive> statics;
  for (int i = 0; i < 80; ++i) {
    statics.push_back(random_primitive(draws, static_cast<PrimitiveKind>(1 + i % 5), 6));
    if (i % 3 == 0) statics.back().rpy_rad = {0, 0, 0};
  }
  statics.push_back(make_primitive(PrimitiveKind::kPlane, {0, 0, -7}, {1, 1, 1}));
  statics.push_back(make_primitive(PrimitiveKind::kPlane, {9, 0, 0}, {1, 1, 1}, {0, -1.4F, 0}));
  return scene_of(std::move(statics));
}

/// Rays from one point: a narrow bundle, all ways, or along the axes.
RayPacket random_packet(Draws& draws, int kind) {
  RayPacket rays;
  rays.origin_w_m = draws.in_box({-8, -8, -8}, {8, 8, 8});
  const Vec3 mean = draws.direction();
  for (int l = 0; l < kLanes; ++l) {
    Vec3 d = draws.direction();
    if (kind == 0) d = mean + d * 0.1F;
    if (kind == 2) d = {l % 3 == 0 ? 1.0F : 0.0F, l % 3 == 1 ? -1.0F : 0.0F, l % 3 == 2 ? 1.0F : 0};
    d = d * (1.0F / std::sqrt(dot(d, d)));
    rays.x_w[l] = d.x;
    rays.y_w[l] = d.y;
    rays.z_w[l] = d.z;
    rays.distance_m[l] = l == 5 ? 0 : draws.uniform(0, 20);
  }
  return rays;
}

Vec3 direction_of(const RayPacket& rays, int l) {
  return {rays.x_w[l], rays.y_w[l], rays.z_w[l]};
}

TEST_F(RayPackets, GiveTheBitsOfSingleRays) {
  const Scene scene(cluttered(1));
  for (const std::string& set : available_isas()) {
    limit_isa(set);
    Draws draws(2);
    int met = 0, inside = 0;
    for (int i = 0; i < 3000; ++i) {
      RayPacket rays = random_packet(draws, i % 3);
      const RayPacket asked = rays;
      scene.cast_rays(rays);
      for (int l = 0; l < kLanes; ++l) {
        const RayHit hit =
            scene.cast_ray(asked.origin_w_m, direction_of(asked, l), asked.distance_m[l]);
        ASSERT_EQ(rays.distance_m[l], hit.distance_m) << set << ", packet " << i << ", ray " << l;
        if (hit.primitive >= 0) ++met;
        if (hit.primitive >= 0 && hit.distance_m == 0) ++inside;
      }
    }
    EXPECT_GT(met, 10'000);
    EXPECT_GT(inside, 1000);
  }
}

TEST_F(RayPackets, MeetMovingSolidsAsTheyMeetStaticOnes) {
  Draws draws(3);
  std::vector<RaySolid> solids;
  std::vector<Primitive> statics;
  for (int i = 0; i < 60; ++i) {
    const PrimitiveKind kind = i % 3 == 0   ? PrimitiveKind::kBox
                               : i % 3 == 1 ? PrimitiveKind::kCylinder
                                            : PrimitiveKind::kSphere;
    Primitive primitive = random_primitive(draws, kind, 6);
    if (i % 4 == 0) primitive.rpy_rad = {0, 0, 0};
    const Vec3 half{primitive.size_m[0] / 2, primitive.size_m[1] / 2, primitive.size_m[2] / 2};
    RaySolid solid{kind, half, std::sqrt(dot(half, half)), {}, {}};
    const Vec3 turn{primitive.rpy_rad[0], primitive.rpy_rad[1], primitive.rpy_rad[2]};
    place_solid(solid,
                {primitive.position_w_m[0], primitive.position_w_m[1], primitive.position_w_m[2]},
                quat_from_rpy(turn));
    solids.push_back(solid);
    statics.push_back(primitive);
  }
  const Scene scene(scene_of(statics));
  for (const std::string& set : available_isas()) {
    limit_isa(set);
    for (int i = 0; i < 2000; ++i) {
      RayPacket rays = random_packet(draws, i % 3);
      RayPacket still = rays;
      cast_rays(solids, rays);
      scene.cast_rays(still);
      for (int l = 0; l < kLanes; ++l)
        ASSERT_EQ(rays.distance_m[l], still.distance_m[l]) << set << ", packet " << i;
    }
  }
}

TEST_F(RayPackets, MeetSmallSolidsFarAway) {
  // a drone at 500 m, hit in its middle: bounds must not be culled by rounding
  RaySolid solid{PrimitiveKind::kCylinder, {0.06F, 0.06F, 0.0125F}, 0.0613F, {}, {}};
  Draws draws(4);
  for (int i = 0; i < 500; ++i) {
    const Vec3 origin = draws.in_box({-9, -9, -9}, {9, 9, 9});
    const Vec3 to = draws.direction() * 500.0F;
    place_solid(solid, origin + to, quat_from_rpy(draws.in_box({-1, -1, -1}, {1, 1, 1})));
    RayPacket rays = random_packet(draws, 0);
    rays.origin_w_m = origin;
    const Vec3 d = (solid.center_w_m - origin) *
                   (1.0F / std::sqrt(dot(solid.center_w_m - origin, solid.center_w_m - origin)));
    rays.x_w[3] = d.x;
    rays.y_w[3] = d.y;
    rays.z_w[3] = d.z;
    rays.distance_m[3] = 600;
    cast_rays({&solid, 1}, rays);
    EXPECT_NEAR(rays.distance_m[3], 500, 0.07);
  }
}

TEST_F(RayPackets, FromNowhereMeetNothing) {
  const Scene scene(cluttered(5));
  RaySolid solid{PrimitiveKind::kSphere, {100, 100, 100}, 100, {}, {}};
  Draws draws(6);
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    RayPacket rays = random_packet(draws, 1);
    rays.origin_w_m.y = bad;
    const RayPacket asked = rays;
    scene.cast_rays(rays);
    cast_rays({&solid, 1}, rays);
    for (int l = 0; l < kLanes; ++l) EXPECT_EQ(rays.distance_m[l], asked.distance_m[l]);
  }
}

}  // namespace
}  // namespace volery
