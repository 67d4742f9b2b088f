#include "view/theme.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>

namespace volery::view {

namespace {

using render::Color;

constexpr Color kSky{0x56, 0xB4, 0xE9}, kBlue{0x00, 0x72, 0xB2};  // Okabe and Ito's
constexpr Color kBlack = render::kLightTheme.picked;
constexpr int kGrayWithin = 24;  // between the channels of what is called gray

double linear(std::uint8_t value) {
  const double c = value / 255.0;
  return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

double luminance(Color c) {
  return 0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b);
}

Color scaled(Color color, double share) {
  const auto part = [share](std::uint8_t v) {
    return static_cast<std::uint8_t>(std::lround(v * share));
  };
  return {part(color.r), part(color.g), part(color.b), color.a};
}

bool is_gray(Color c) {
  const auto [low, high] = std::minmax({c.r, c.g, c.b});
  return high - low < kGrayWithin;
}

// Few colors make a picture.
class Cache {
 public:
  void change(Color& color) {
    const std::uint32_t key = static_cast<std::uint32_t>(color.r) << 16U |
                              static_cast<std::uint32_t>(color.g) << 8U | color.b;
    if (key != last_key_ || !any_) {
      auto at = known_.find(key);
      if (at == known_.end())
        at = known_.emplace(key, on_light(color, kLightScene, kShapeContrast)).first;
      last_ = at->second;
      last_key_ = key;
      any_ = true;
    }
    color = {last_.r, last_.g, last_.b, color.a};
  }

 private:
  std::map<std::uint32_t, Color> known_;
  std::uint32_t last_key_ = 0;
  Color last_;
  bool any_ = false;
};

}  // namespace

double contrast(Color a, Color b) noexcept {
  const double one = luminance(a) + 0.05, other = luminance(b) + 0.05;
  return std::max(one, other) / std::min(one, other);
}

Color on_light(Color color, Color ground, double least) {
  if (color.r == kSky.r && color.g == kSky.g && color.b == kSky.b)
    color = {kBlue.r, kBlue.g, kBlue.b, color.a};
  // what is nearly white stands out most, and does so here as what is nearly black
  if (is_gray(color) && color.r > 0xD0) return {kBlack.r, kBlack.g, kBlack.b, color.a};
  double low = 0, high = 1;
  if (contrast(color, ground) >= least && luminance(color) < luminance(ground)) return color;
  // the lightest share that has the contrast
  for (int i = 0; i < 12; ++i) {
    const double share = (low + high) / 2;
    (contrast(scaled(color, share), ground) >= least ? low : high) = share;
  }
  return scaled(color, low);
}

void make_light(render::Frame& frame) {
  Cache cache;
  for (render::Body& body : frame.vehicles) cache.change(body.color);
  for (render::Line& line : frame.lines) cache.change(line.color);
  for (render::Mark& mark : frame.marks) cache.change(mark.color);
  for (render::Trail& trail : frame.trails) cache.change(trail.color);
  for (render::Label& label : frame.labels) cache.change(label.color);
}

}  // namespace volery::view
