#include "contact/grid.hpp"

#include <cmath>

namespace volery::contact {

namespace {

// Where the spheres are along one axis.
struct Spread {
  float low_m = 1e30F;
  float high_m = -1e30F;
  float sum_m = 0;
  float sum_m2 = 0;
  void add(float v) noexcept {
    low_m = v < low_m ? v : low_m;
    high_m = v > high_m ? v : high_m;
    sum_m += v;
    sum_m2 += v * v;
  }
  // most of the spheres: three standard deviations about the mean
  void cut_outliers(float count) noexcept {
    const float mean = sum_m / count;
    const float variance = sum_m2 / count - mean * mean;
    const float most = 3 * std::sqrt(variance > 0 ? variance : 0);
    low_m = low_m < mean - most ? mean - most : low_m;
    high_m = high_m > mean + most ? mean + most : high_m;
  }
  // rounding of the mean may leave nothing of a flat spread
  [[nodiscard]] float size_m() const noexcept { return high_m > low_m ? high_m - low_m : 0; }
};

}  // namespace

void SphereGrid::choose_cells(const SphereColumns& spheres) {
  Spread x, y, z;
  float radii_m = 0;
  float count = 0;
  for (int i = 0; i < spheres.count; ++i) {
    if (!(spheres.x_m[i] == spheres.x_m[i])) continue;
    x.add(spheres.x_m[i]);
    y.add(spheres.y_m[i]);
    z.add(spheres.z_m[i]);
    radii_m += spheres.radius_m[i];
    ++count;
  }
  // cells hold all but the few spheres that are much larger than the mean
  constexpr float kLarge = 4;
  cut_m_ = kLarge * radii_m / (count > 0 ? count : 1);
  float widest_m = 0;
  for (int i = 0; i < spheres.count; ++i) {
    const float r = spheres.radius_m[i];
    if (spheres.x_m[i] == spheres.x_m[i] && r <= cut_m_ && r > widest_m) widest_m = r;
  }

  // two spheres that overlap are at most one cell apart; a little wider for rounding
  float cell_m = 2.001F * widest_m + 1e-3F;
  x_ = y_ = z_ = Axis{};
  if (count == 0) return;
  for (Spread* s : {&x, &y, &z}) s->cut_outliers(count);
  // about two cells per sphere: more would only cost memory, so widen them in sparse worlds
  const float most_cells = 2 * count + 16;
  const auto cells = [&](float size_m) { return std::floor(size_m / cell_m) + 1; };
  while (cells(x.size_m()) * cells(y.size_m()) * cells(z.size_m()) > most_cells) cell_m *= 1.3F;
  const auto axis = [&](const Spread& s) {
    return Axis{s.low_m, 1.0F / cell_m, static_cast<std::int32_t>(cells(s.size_m()))};
  };
  x_ = axis(x);
  y_ = axis(y);
  z_ = axis(z);
}

void SphereGrid::sort(const SphereColumns& spheres) {
  choose_cells(spheres);
  const std::int32_t num_cells = x_.count * y_.count * z_.count;
  start_.assign(static_cast<std::size_t>(num_cells) + 1, 0);
  cell_of_.resize(static_cast<std::size_t>(spheres.count));
  large_.clear();

  const auto item = [&](int i, std::int32_t cell) {
    return Item{spheres.x_m[i], spheres.y_m[i], spheres.z_m[i], spheres.radius_m[i], i, cell};
  };
  constexpr std::int32_t kNone = -1;
  for (int i = 0; i < spheres.count; ++i) {
    std::int32_t& cell = cell_of_[static_cast<std::size_t>(i)];
    cell = kNone;
    if (!(spheres.x_m[i] == spheres.x_m[i])) continue;
    if (spheres.radius_m[i] > cut_m_) {
      large_.push_back(item(i, kNone));
      continue;
    }
    cell = (z_.cell(spheres.z_m[i]) * y_.count + y_.cell(spheres.y_m[i])) * x_.count +
           x_.cell(spheres.x_m[i]);
    ++start_[static_cast<std::size_t>(cell) + 1];
  }

  // counting sort: start_[c + 1] runs from the first item of cell c to its end
  std::int32_t total = 0;
  for (std::int32_t c = 0; c < num_cells; ++c) {
    std::int32_t& next = start_[static_cast<std::size_t>(c) + 1];
    const std::int32_t count = next;
    next = total;
    total += count;
  }
  items_.resize(static_cast<std::size_t>(total));
  for (int i = 0; i < spheres.count; ++i) {
    const std::int32_t cell = cell_of_[static_cast<std::size_t>(i)];
    if (cell == kNone) continue;
    items_[static_cast<std::size_t>(start_[static_cast<std::size_t>(cell) + 1]++)] = item(i, cell);
  }
}

}  // namespace volery::contact
