// Labels.
#include "render/labels.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/assets.hpp"
#include "render/shaders.hpp"

namespace volery::render {
namespace {

constexpr float kTextSize_px = 13;  // never smaller: what can be read
constexpr float kAbove_px = 12;     // between the point and the text
constexpr float kGap_px = 2;        // around a text

struct Box {
  float left, bottom, right, top;
  [[nodiscard]] bool covers(const Box& other) const {
    return left < other.right && other.left < right && bottom < other.top && other.bottom < top;
  }
};

struct TextVertex {
  float x, y, u, v;
  std::uint8_t color[4];
};
static_assert(sizeof(TextVertex) == 20);

// The two triangles of every glyph of a text.
void write(const Font& font, const Label& label, const PlacedLabel& at,
           std::vector<TextVertex>& out) {
  std::string_view rest = label.text;
  float pen = at.x_px;
  while (!rest.empty()) {
    const Glyph& g = font.glyph(next_character(rest));
    // whole pixels: glyphs were drawn for these
    const float left = std::round(pen) + g.left_px, bottom = at.baseline_px + g.bottom_px;
    const float right = left + g.width_px, top = bottom + g.height_px;
    const Color c = label.color;
    const TextVertex corners[4] = {{left, bottom, g.u0, g.v1, {c.r, c.g, c.b, c.a}},
                                   {right, bottom, g.u1, g.v1, {c.r, c.g, c.b, c.a}},
                                   {right, top, g.u1, g.v0, {c.r, c.g, c.b, c.a}},
                                   {left, top, g.u0, g.v0, {c.r, c.g, c.b, c.a}}};
    for (const int i : {0, 1, 2, 0, 2, 3}) out.push_back(corners[i]);
    pen += g.advance_px;
  }
}

}  // namespace

std::vector<PlacedLabel> place_labels(std::span<const Label> labels, const View& view,
                                      const Font& font, float scale, int& dropped) {
  std::vector<std::size_t> order(labels.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return labels[a].priority > labels[b].priority;
  });
  std::vector<PlacedLabel> placed;
  std::vector<Box> boxes;
  const auto wide = static_cast<float>(view.width), high = static_cast<float>(view.height);
  for (const std::size_t i : order) {
    float x = 0, y = 0;
    const Vec3 at = view.relative(labels[i].position_w_m);
    if (labels[i].text.empty() || !view.sees(at, 0) || !view.project(at, x, y)) continue;
    if (placed.size() >= static_cast<std::size_t>(kMostLabels)) {
      ++dropped;
      continue;
    }
    const float width = font.width_px(labels[i].text);
    const float most_left = std::max(kGap_px, wide - width - kGap_px);
    const float left = std::round(std::clamp(x - width / 2, kGap_px, most_left));
    const float highest = std::max(kGap_px, high - font.ascent_px() - kGap_px);
    const float baseline =
        std::round(std::clamp(y + kAbove_px * scale, font.descent_px() + kGap_px, highest));
    const Box box{left - kGap_px, baseline - font.descent_px() - kGap_px, left + width + kGap_px,
                  baseline + font.ascent_px() + kGap_px};
    if (std::any_of(boxes.begin(), boxes.end(), [&](const Box& b) { return b.covers(box); })) {
      ++dropped;
      continue;
    }
    boxes.push_back(box);
    placed.push_back({i, left, baseline});
  }
  return placed;
}

LabelDrawer::LabelDrawer()
    : program_("text", "", kTextVertex, kTextFragment),
      vertices_(make_buffer()),
      array_(make_vertex_array()),
      picture_(make_texture()) {
  glBindVertexArray(array_.get());
  glBindBuffer(GL_ARRAY_BUFFER, vertices_.get());
  glEnableVertexAttribArray(0);
  glVertexAttribPointer(0, 4, GL_FLOAT, GL_FALSE, sizeof(TextVertex), offset(0));
  glEnableVertexAttribArray(1);
  glVertexAttribPointer(1, 4, GL_UNSIGNED_BYTE, GL_TRUE, sizeof(TextVertex),
                        offset(offsetof(TextVertex, color)));
  glBindVertexArray(0);
}

void LabelDrawer::take_font(float size_px) {
  if (font_ && font_->size_px() == size_px) return;
  font_.emplace(assets_folder() / "fonts" / "DejaVuSans-subset.ttf", size_px);
  glBindTexture(GL_TEXTURE_2D, picture_.get());
  glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RG8, font_->picture_width(), font_->picture_height(), 0, GL_RG,
               GL_UNSIGNED_BYTE, font_->picture().data());
  glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
  for (const GLenum side : {GL_TEXTURE_MIN_FILTER, GL_TEXTURE_MAG_FILTER}) {
    glTexParameteri(GL_TEXTURE_2D, side, GL_NEAREST);  // one texel a pixel
  }
  glBindTexture(GL_TEXTURE_2D, 0);
}

int LabelDrawer::draw(std::span<const Label> labels, const View& view, float scale, int& dropped) {
  if (labels.empty()) return 0;
  take_font(std::round(std::max(kTextSize_px * scale, 8.0F)));
  const std::vector<PlacedLabel> placed = place_labels(labels, view, *font_, scale, dropped);
  std::vector<TextVertex> vertices;
  for (const PlacedLabel& label : placed) write(*font_, labels[label.index], label, vertices);
  if (vertices.empty()) return 0;
  program_.use();
  glActiveTexture(GL_TEXTURE1);
  glBindTexture(GL_TEXTURE_2D, picture_.get());
  stream(GL_ARRAY_BUFFER, vertices_, std::span<const TextVertex>(vertices));
  glBindVertexArray(array_.get());
  glDrawArrays(GL_TRIANGLES, 0, static_cast<GLsizei>(vertices.size()));
  glBindVertexArray(0);
  glBindTexture(GL_TEXTURE_2D, 0);
  glActiveTexture(GL_TEXTURE0);
  return static_cast<int>(placed.size());
}

}  // namespace volery::render
