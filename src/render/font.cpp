// Rasterizing the font.
#include "render/font.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <iterator>

#include "volery/error.hpp"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#define STBTT_STATIC
#define STB_TRUETYPE_IMPLEMENTATION
#include <stb/stb_truetype.h>
#pragma GCC diagnostic pop

namespace volery::render {
namespace {

constexpr int kMargin = 2;  // around a glyph: its halo, and room so that none bleeds into another
// ranges that assets/fonts has characters in
constexpr std::array<std::array<char32_t, 2>, 7> kRanges{{{0x20, 0x7E},
                                                          {0xA0, 0xF7},
                                                          {0x391, 0x3C9},
                                                          {0x2013, 0x2026},
                                                          {0x2190, 0x2265},
                                                          {0x25A0, 0x2717},
                                                          {0xFFFD, 0xFFFD}}};

std::vector<unsigned char> bytes_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::vector<unsigned char> bytes{std::istreambuf_iterator<char>(stream), {}};
  if (bytes.empty()) {
    throw Error(ErrorKind::kFile, "cannot read the font '" + file.string() + "'");
  }
  return bytes;
}

// The second channel: the largest ink within 1.5 pixels.
void add_halo(std::vector<std::uint8_t>& picture, int width, int height) {
  const auto at = [&](int x, int y) {
    return 2 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                static_cast<std::size_t>(x));
  };
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      int most = 0;
      for (int dy = -1; dy <= 1; ++dy) {
        for (int dx = -1; dx <= 1; ++dx) {
          const int i = x + dx, j = y + dy;
          if (i < 0 || j < 0 || i >= width || j >= height) continue;
          const int ink = picture[at(i, j)];
          most = std::max(most, dx != 0 && dy != 0 ? ink * 3 / 4 : ink);
        }
      }
      picture[at(x, y) + 1] = static_cast<std::uint8_t>(most);
    }
  }
}

/// A character in the picture of the font, and what is known of it.
struct Placed {
  char32_t character = 0;
  int x = 0, y = 0, width = 0, height = 0, left = 0, top = 0, advance = 0;
};

// Rows of glyphs, each with its margin, in a picture of this width; finds its height.
std::vector<Placed> arrange(const stbtt_fontinfo& info, float scale, int width, int& height) {
  std::vector<Placed> placed;
  int x = 0, y = 0, row = 0;
  for (const auto& range : kRanges) {
    for (char32_t c = range[0]; c <= range[1]; ++c) {
      const int code = static_cast<int>(c);
      if (stbtt_FindGlyphIndex(&info, code) == 0) continue;
      Placed p{.character = c};
      int x1 = 0, y1 = 0, bearing = 0;
      stbtt_GetCodepointBitmapBox(&info, code, scale, scale, &p.left, &p.top, &x1, &y1);
      stbtt_GetCodepointHMetrics(&info, code, &p.advance, &bearing);
      p.width = x1 - p.left;
      p.height = y1 - p.top;
      if (x + p.width + 2 * kMargin > width) {
        x = 0;
        y += row;
        row = 0;
      }
      p.x = x + kMargin;
      p.y = y + kMargin;
      x += p.width + 2 * kMargin;
      row = std::max(row, p.height + 2 * kMargin);
      placed.push_back(p);
    }
  }
  height = y + row;
  return placed;
}

}  // namespace

char32_t next_character(std::string_view& utf8) {
  const auto first = static_cast<unsigned char>(utf8[0]);
  const std::size_t length = first < 0x80           ? 1
                             : (first >> 5) == 0x6  ? 2
                             : (first >> 4) == 0xE  ? 3
                             : (first >> 3) == 0x1E ? 4
                                                    : 0;
  if (length == 0 || length > utf8.size()) {
    utf8.remove_prefix(1);
    return 0xFFFD;
  }
  char32_t value = length == 1 ? first : first & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(utf8[i]);
    if ((byte & 0xC0U) != 0x80U) {
      utf8.remove_prefix(1);
      return 0xFFFD;
    }
    value = (value << 6) | (byte & 0x3FU);
  }
  utf8.remove_prefix(length);
  return value;
}

Font::Font(const std::filesystem::path& file, float size_px) : size_px_(size_px) {
  const std::vector<unsigned char> bytes = bytes_of(file);
  stbtt_fontinfo info;
  // InitFont believes what it is given, so the file's mark is looked at first
  const int start = stbtt_GetFontOffsetForIndex(bytes.data(), 0);
  if (start < 0 || stbtt_InitFont(&info, bytes.data(), start) == 0) {
    throw Error(ErrorKind::kFile, "'" + file.string() + "' is no TrueType font");
  }
  // stb counts from ascent to descent; sizes of text are of the em
  const float scale = stbtt_ScaleForMappingEmToPixels(&info, size_px);
  int ascent = 0, descent = 0, gap = 0;
  stbtt_GetFontVMetrics(&info, &ascent, &descent, &gap);
  ascent_px_ = static_cast<float>(ascent) * scale;
  descent_px_ = static_cast<float>(-descent) * scale;

  width_ = 512;
  const std::vector<Placed> placed = arrange(info, scale, width_, height_);
  picture_.assign(2 * static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_), 0);

  std::vector<unsigned char> ink;
  for (const Placed& p : placed) {
    ink.assign(static_cast<std::size_t>(p.width) * static_cast<std::size_t>(p.height), 0);
    stbtt_MakeCodepointBitmap(&info, ink.data(), p.width, p.height, p.width, scale, scale,
                              static_cast<int>(p.character));
    for (int j = 0; j < p.height; ++j) {
      for (int i = 0; i < p.width; ++i) {
        const int to = (p.y + j) * width_ + p.x + i;
        picture_[2 * static_cast<std::size_t>(to)] = ink[static_cast<std::size_t>(j * p.width + i)];
      }
    }
    // a pixel of halo on each side belongs to the glyph
    const auto w = static_cast<float>(width_), h = static_cast<float>(height_);
    Glyph glyph;
    glyph.left_px = static_cast<float>(p.left - 1);
    glyph.width_px = static_cast<float>(p.width + 2);
    glyph.height_px = static_cast<float>(p.height + 2);
    glyph.bottom_px = static_cast<float>(-(p.top + p.height) - 1);
    glyph.u0 = static_cast<float>(p.x - 1) / w;
    glyph.v0 = static_cast<float>(p.y - 1) / h;
    glyph.u1 = static_cast<float>(p.x + p.width + 1) / w;
    glyph.v1 = static_cast<float>(p.y + p.height + 1) / h;
    glyph.advance_px = static_cast<float>(p.advance) * scale;
    glyphs_.emplace(p.character, glyph);
  }
  add_halo(picture_, width_, height_);
}

const Glyph& Font::glyph(char32_t character) const {
  static const Glyph kNothing;
  auto found = glyphs_.find(character);
  if (found == glyphs_.end()) found = glyphs_.find(0xFFFD);
  return found == glyphs_.end() ? kNothing : found->second;
}

float Font::width_px(std::string_view utf8) const {
  float width = 0;
  while (!utf8.empty()) width += glyph(next_character(utf8)).advance_px;
  return width;
}

}  // namespace volery::render
