#include "view/theme.hpp"

#include <gtest/gtest.h>

#include "view/compose.hpp"

namespace volery::view {
namespace {

constexpr render::Color kWhite{255, 255, 255}, kBlack{0, 0, 0};

TEST(Theme, ContrastIsThatOfTheGuidelines) {
  EXPECT_NEAR(contrast(kBlack, kWhite), 21, 1e-9);
  EXPECT_NEAR(contrast(kWhite, kWhite), 1, 1e-9);
  // #777777 on white is the well-known 4.48
  EXPECT_NEAR(contrast({0x77, 0x77, 0x77}, kWhite), 4.48, 0.005);
}

TEST(Theme, EveryColorCanBeReadOnLightPanels) {
  std::vector<render::Color> colors(kTeamColors.begin(), kTeamColors.end());
  colors.insert(colors.end(), {kWarning, kFault, kDead, kPicked, kWind, kVelocity});
  for (const render::Color color : colors) {
    EXPECT_GE(contrast(on_light(color, kLightPanel, kTextContrast), kLightPanel), kTextContrast);
    EXPECT_GE(contrast(on_light(color, kLightScene, kShapeContrast), kLightScene), kShapeContrast);
    EXPECT_EQ(on_light(color, kLightPanel, kTextContrast).a, color.a);
  }
}

TEST(Theme, TeamsStayApartOnALightGround) {
  for (std::size_t i = 0; i < kTeamColors.size(); ++i) {
    for (std::size_t j = i + 1; j < kTeamColors.size(); ++j) {
      const render::Color a = on_light(kTeamColors[i], kLightScene, kShapeContrast);
      const render::Color b = on_light(kTeamColors[j], kLightScene, kShapeContrast);
      const int apart = std::abs(a.r - b.r) + std::abs(a.g - b.g) + std::abs(a.b - b.b);
      EXPECT_GT(apart, 90) << i << " and " << j;
    }
  }
}

TEST(Theme, DarkColorsStayAsTheyAre) {
  const render::Color navy{0x00, 0x20, 0x60};
  EXPECT_EQ(on_light(navy, kLightPanel, kTextContrast), navy);
}

TEST(Theme, AFrameKeepsItsTransparency) {
  render::Frame frame;
  frame.vehicles.emplace_back().color = kTeamColors[0];
  frame.lines.push_back({{}, {1, 0, 0}, {0xF0, 0xE4, 0x42, 77}, 1, {}, false});
  make_light(frame);
  EXPECT_EQ(frame.vehicles[0].color, (render::Color{0x00, 0x72, 0xB2}));
  EXPECT_EQ(frame.lines[0].color.a, 77);
}

}  // namespace
}  // namespace volery::view
