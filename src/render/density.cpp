// Counting vehicles by squares.
#include "render/density.hpp"

#include <algorithm>
#include <cmath>

#include "render/lod.hpp"
#include "render/palette.hpp"

namespace volery::render {
namespace {

constexpr int kSquare_px = 8;            // in which the pixels that points lie in are counted
constexpr std::uint8_t kMapAlpha = 217;  // 85 %: the grid is seen through it

// the next of 1, 2, 5, 10, 20, ...
double nice_above(double value) {
  const double power = std::pow(10.0, std::floor(std::log10(value)));
  for (const double step : {1.0, 2.0, 5.0}) {
    // a little less: what is nice already stays
    if (step * power >= value * (1 - 1e-6)) return step * power;
  }
  return 10 * power;
}

}  // namespace

bool is_crowd(std::span<const Vec3> positions_rel_m, const View& view, bool before) {
  const double share = before ? static_cast<double>(kStay) : 1.0;
  const auto count = static_cast<double>(positions_rel_m.size());
  if (count > share * kMostPoints) return true;
  const int columns = (view.width + kSquare_px - 1) / kSquare_px;
  const int rows = (view.height + kSquare_px - 1) / kSquare_px;
  std::vector<std::uint8_t> taken(static_cast<std::size_t>(columns) *
                                  static_cast<std::size_t>(rows));
  int squares = 0;
  for (const Vec3& at : positions_rel_m) {
    float x = 0, y = 0;
    if (!view.project(at, x, y)) continue;
    const int column = std::clamp(static_cast<int>(x) / kSquare_px, 0, columns - 1);
    const int row = std::clamp(static_cast<int>(y) / kSquare_px, 0, rows - 1);
    std::uint8_t& square = taken[static_cast<std::size_t>(row * columns + column)];
    squares += square == 0 ? 1 : 0;
    square = 1;
  }
  return count > share * kMostPerPixel * kSquare_px * kSquare_px * std::max(squares, 1);
}

Density density_of(std::span<const Vec3> positions_w_m, float least_cell_m) {
  Density density;
  if (positions_w_m.empty()) return density;
  Vec3 low = positions_w_m[0], high = low;
  for (const Vec3& at : positions_w_m) {
    low = {std::min(low.x, at.x), std::min(low.y, at.y), std::min(low.z, at.z)};
    high = {std::max(high.x, at.x), std::max(high.y, at.y), high.z};
  }
  density.lowest_w_m = low.z;
  const double widest = static_cast<double>(std::max(high.x - low.x, high.y - low.y));
  // two squares of room for the two ends
  const double cell =
      nice_above(std::max(static_cast<double>(least_cell_m), widest / (Density::kMostCells - 2)));
  density.cell_m = static_cast<float>(cell);
  const auto first = [&](float value) { return std::floor(static_cast<double>(value) / cell); };
  const double left = first(low.x), bottom = first(low.y);
  density.low_w_m = {left * cell, bottom * cell};
  density.columns = static_cast<int>(first(high.x) - left) + 1;
  density.rows = static_cast<int>(first(high.y) - bottom) + 1;
  density.counts.assign(
      static_cast<std::size_t>(density.columns) * static_cast<std::size_t>(density.rows), 0);
  for (const Vec3& at : positions_w_m) {
    const auto column = static_cast<std::ptrdiff_t>(first(at.x) - left);
    const auto row = static_cast<std::ptrdiff_t>(first(at.y) - bottom);
    int& count = density.counts[static_cast<std::size_t>(row * density.columns + column)];
    density.most = std::max(density.most, ++count);
    ++density.total;
  }
  return density;
}

std::vector<std::uint8_t> image_of(const Density& density) {
  std::vector<std::uint8_t> image;
  image.reserve(4 * density.counts.size());
  const float whole = std::log1p(static_cast<float>(density.most - 1));
  for (const int count : density.counts) {
    // one is the lowest color, the most the highest
    const float share = count > 1 ? std::log1p(static_cast<float>(count - 1)) / whole : 0;
    const Color color = viridis(share);
    image.insert(image.end(), {color.r, color.g, color.b, count > 0 ? kMapAlpha : std::uint8_t{0}});
  }
  return image;
}

}  // namespace volery::render
