#include "radio/antenna.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "core/rotation.hpp"

namespace volery::radio::test {
namespace {

constexpr Quat kLevel{0, 0, 0, 1};

AntennaConfig sector(float azimuth_rad, float width_rad) {
  AntennaConfig config;
  config.kind = AntennaKind::kSector;
  config.azimuth_rad = azimuth_rad;
  config.width_rad = width_rad;
  return config;
}

Vec3 towards(float azimuth_rad, float elevation_rad = 0) {
  return {20 * std::cos(azimuth_rad) * std::cos(elevation_rad),
          20 * std::sin(azimuth_rad) * std::cos(elevation_rad), 20 * std::sin(elevation_rad)};
}

TEST(Antenna, OmniCoversEverything) {
  const AntennaModel model{AntennaConfig{}};
  EXPECT_TRUE(model.is_omni());
  EXPECT_TRUE(model.connects(kLevel, kLevel, {-1, 0, 0}));
}

TEST(Antenna, SectorCoversItsWidth) {
  const AntennaModel model(sector(0.5F, 1));
  EXPECT_TRUE(model.covers(kLevel, towards(0.5F)));
  EXPECT_TRUE(model.covers(kLevel, towards(0.99F)));
  EXPECT_TRUE(model.covers(kLevel, towards(0.01F)));
  EXPECT_FALSE(model.covers(kLevel, towards(1.01F)));
  EXPECT_FALSE(model.covers(kLevel, towards(-0.01F)));
  EXPECT_FALSE(model.covers(kLevel, towards(0.5F + 3.14159F)));
  // wider than half a turn
  const AntennaModel wide(sector(0, 5));
  EXPECT_TRUE(wide.covers(kLevel, towards(2.4F)));
  EXPECT_FALSE(wide.covers(kLevel, towards(2.6F)));
}

TEST(Antenna, AWholeTurnHasNoEdge) {
  const AntennaModel model(sector(0.3F, 6.2831853F));
  for (int i = 0; i < 1000; ++i) {
    const float azimuth = static_cast<float>(i) * 0.0062832F;
    EXPECT_TRUE(model.covers(kLevel, towards(azimuth, 1.5F)));
  }
}

TEST(Antenna, ElevationLimitsUpAndDown) {
  AntennaConfig config = sector(0, 6.2831853F);
  config.elevation_rad = 1;
  const AntennaModel model(config);
  EXPECT_TRUE(model.covers(kLevel, towards(2, 0.49F)));
  EXPECT_TRUE(model.covers(kLevel, towards(2, -0.49F)));
  EXPECT_FALSE(model.covers(kLevel, towards(2, 0.51F)));
  EXPECT_FALSE(model.covers(kLevel, {0, 0, -1}));
}

TEST(Antenna, TurnsWithTheBody) {
  const AntennaModel model(sector(0, 1));
  const Quat left = quat_from_rpy({0, 0, 1.5707964F});
  EXPECT_TRUE(model.covers(left, {0, 10, 0}));
  EXPECT_FALSE(model.covers(left, {10, 0, 0}));
}

TEST(Antenna, ReceiversMayLookAway) {
  AntennaConfig config = sector(0, 1);
  EXPECT_TRUE(AntennaModel(config).connects(kLevel, kLevel, {10, 0, 0}));
  config.receive = true;
  const AntennaModel model(config);
  const Quat back = quat_from_rpy({0, 0, 3.1415927F});
  EXPECT_FALSE(model.connects(kLevel, kLevel, {10, 0, 0}));
  EXPECT_TRUE(model.connects(kLevel, back, {10, 0, 0}));
}

}  // namespace
}  // namespace volery::radio::test
