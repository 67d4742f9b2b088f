// Labels and the font: which are shown, and characters of any kind.
#include "render/labels.hpp"

#include <gtest/gtest.h>

#include "core/assets.hpp"
#include "volery/error.hpp"

namespace volery::render {
namespace {

Font font_of(float size_px = 13) {
  return Font(assets_folder() / "fonts" / "DejaVuSans-subset.ttf", size_px);
}

View view_of() {
  return View(look_at({-10, 0, 0}, {0, 0, 0}), 400, 300, Extent{});
}

Label label_at(Vec3 position_w_m, const char* text, float priority = 0) {
  return {position_w_m, text, {}, priority};
}

TEST(Labels, TheHigherPriorityStaysWhereTwoOverlap) {
  const std::vector<Label> labels{label_at({0, 0, 0}, "low", 1), label_at({0, 0, 0}, "high", 2),
                                  label_at({0, 2, 0}, "aside", 0)};
  int dropped = 0;
  const auto placed = place_labels(labels, view_of(), font_of(), 1, dropped);
  ASSERT_EQ(placed.size(), 2U);
  EXPECT_EQ(placed[0].index, 1U);
  EXPECT_EQ(placed[1].index, 2U);
  EXPECT_EQ(dropped, 1);
}

TEST(Labels, LiesAboveItsPointAndWholeInThePicture) {
  // at the left border of the picture, and at its upper one
  const std::vector<Label> labels{label_at({0, 5.4F, 0}, "a long text here"),
                                  label_at({0, 0, 4.1F}, "top")};
  const Font font = font_of();
  int dropped = 0;
  const auto placed = place_labels(labels, view_of(), font, 1, dropped);
  ASSERT_EQ(placed.size(), 2U);
  EXPECT_GE(placed[0].x_px, 0);
  EXPECT_LT(placed[0].x_px, 10);
  EXPECT_GT(placed[0].baseline_px, 150) << "above the middle, where its point is";
  EXPECT_LE(placed[1].baseline_px + font.ascent_px(), 300);
}

TEST(Labels, AreNoMoreThanTheLimit) {
  std::vector<Label> labels;
  for (int i = 0; i < 100; ++i) {
    labels.push_back(label_at(
        {0, 5 - 0.9F * static_cast<float>(i % 10), 3.5F - 0.75F * static_cast<float>(i / 10)},
        "x"));
  }
  int dropped = 0;
  EXPECT_EQ(place_labels(labels, view_of(), font_of(), 1, dropped).size(),
            static_cast<std::size_t>(kMostLabels));
  EXPECT_EQ(dropped, 100 - kMostLabels);
}

TEST(Font, DigitsAreOfOneWidthAndSpacesAreAsWideAsTheyAre) {
  const Font font = font_of(15);
  for (char c = '1'; c <= '9'; ++c) {
    EXPECT_EQ(font.width_px(std::string(1, c)), font.width_px("0"));
  }
  EXPECT_GT(font.width_px(" "), 2);
  EXPECT_FLOAT_EQ(font.width_px("ab"), font.width_px("a") + font.width_px("b"));
  EXPECT_GT(font.ascent_px(), 10);
  EXPECT_GT(font.descent_px(), 1);
}

TEST(Font, HasTheUnitsThatLabelsNeed) {
  const Font font = font_of();
  const Glyph& missing = font.glyph(0xFFFD);
  for (const char32_t c : {U'A', U'z', U'~', U'\u00B0', U'\u00B5', U'\u00B2', U'\u00B7', U'\u03C9',
                           U'\u03A9', U'\u2192', U'\u2026', U'\u2265'}) {
    EXPECT_NE(&font.glyph(c), &missing) << static_cast<unsigned>(c);
    EXPECT_GT(font.glyph(c).width_px, 2) << static_cast<unsigned>(c);
  }
  EXPECT_EQ(&font.glyph(0x4E00), &missing);
}

TEST(Font, ReadsTextOfBrokenBytes) {
  std::string_view text = "a\xC2\xB0\xE2\x86\x92\xFFz\xC2";
  std::u32string read;
  while (!text.empty()) read.push_back(next_character(text));
  EXPECT_EQ(read, U"a\u00B0\u2192\uFFFDz\uFFFD");
}

TEST(Font, RefusesAFileThatIsNone) {
  try {
    const Font font("/no/such/font.ttf", 13);
    ADD_FAILURE() << "read all the same";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kFile);
    EXPECT_NE(std::string(error.what()).find("/no/such/font.ttf"), std::string::npos);
  }
  EXPECT_THROW(Font(assets_folder() / "fonts" / "LICENSE", 13), Error);
}

}  // namespace
}  // namespace volery::render
