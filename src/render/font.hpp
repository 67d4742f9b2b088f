// Characters as pictures: one size of the font in assets/fonts, with a halo, for labels.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace volery::render {

/// Where a character lies in the picture of the font, and where on the line it is drawn.
struct Glyph {
  float left_px = 0, bottom_px = 0;      // of its box, from the pen; the baseline is 0, y is up
  float width_px = 0, height_px = 0;     //
  float u0 = 0, v0 = 0, u1 = 0, v1 = 0;  // the same box in the picture, v downwards
  float advance_px = 0;
};

class Font {
 public:
  /// Reads the file and draws all of its characters `size_px` high. Throws Error (kFile).
  Font(const std::filesystem::path& file, float size_px);

  /// The glyph of a character; that of a missing one for others.
  [[nodiscard]] const Glyph& glyph(char32_t character) const;
  [[nodiscard]] float width_px(std::string_view utf8) const;
  [[nodiscard]] float ascent_px() const noexcept { return ascent_px_; }
  [[nodiscard]] float descent_px() const noexcept { return descent_px_; }  // positive, below
  [[nodiscard]] float size_px() const noexcept { return size_px_; }

  /// Two bytes a pixel: ink, and ink with its halo. Rows from the top down.
  [[nodiscard]] const std::vector<std::uint8_t>& picture() const noexcept { return picture_; }
  [[nodiscard]] int picture_width() const noexcept { return width_; }
  [[nodiscard]] int picture_height() const noexcept { return height_; }

 private:
  std::unordered_map<char32_t, Glyph> glyphs_;
  std::vector<std::uint8_t> picture_;
  int width_ = 0, height_ = 0;
  float ascent_px_ = 0, descent_px_ = 0, size_px_ = 0;
};

/// Takes the first character off a text in UTF-8; U+FFFD for bytes that are none. The text must not
/// be empty.
[[nodiscard]] char32_t next_character(std::string_view& utf8);

}  // namespace volery::render
