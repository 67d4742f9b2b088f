#include "task/items_common.hpp"

#include <algorithm>
#include <cmath>

namespace volery::task {

namespace {

// Items of a cluster have this much room each; 64 fill a disc of 0.9 m.
constexpr float kRoomM2 = 0.04F;
// Draws for a place outside of the nest; then the last one has to do.
constexpr int kDraws = 64;

struct Disc {
  float x_m = 0, y_m = 0, radius_m = 0;
};

Disc draw_cluster(int size, const Area& area, const Nest& nest, Rng& rng) noexcept {
  constexpr float kPerPi = 0.318309886F;
  Disc disc;
  // no wider than the area
  disc.radius_m = std::min(std::sqrt(static_cast<float>(size) * kRoomM2 * kPerPi),
                           0.45F * std::min(area.width_m(), area.depth_m()));
  for (int i = 0; i < kDraws; ++i) {
    disc.x_m = rng.uniform(area.low_x_m + disc.radius_m, area.high_x_m - disc.radius_m);
    disc.y_m = rng.uniform(area.low_y_m + disc.radius_m, area.high_y_m - disc.radius_m);
    const float dx = disc.x_m - nest.x_m, dy = disc.y_m - nest.y_m;
    const float apart_m = disc.radius_m + nest.radius_m;
    if (dx * dx + dy * dy > apart_m * apart_m) break;
  }
  return disc;
}

// Uniform in the disc, by rejection.
void lay_in(const Disc& disc, Rng& rng, float* item) noexcept {
  float x = 0, y = 0;
  for (int i = 0; i < kDraws; ++i) {
    x = rng.uniform(-1, 1);
    y = rng.uniform(-1, 1);
    if (x * x + y * y <= 1) break;
  }
  item[kItemX] = disc.x_m + disc.radius_m * x;
  item[kItemY] = disc.y_m + disc.radius_m * y;
  item[kItemState] = static_cast<float>(ItemState::kOnGround);
}

}  // namespace

void lay_items(ItemLayout layout, int num, const Area& area, const Nest& nest, Rng& rng,
               float* items) noexcept {
  int laid = 0;
  const auto lay_cluster = [&](int size) {
    const int last = std::min(num, laid + size);
    const Disc disc = draw_cluster(last - laid, area, nest, rng);
    for (; laid < last; ++laid) lay_in(disc, rng, items + laid * kNumItemFields);
  };
  if (layout == ItemLayout::kRandom) {
    while (laid < num) lay_cluster(1);
    return;
  }
  const int quarter = std::max(1, (num + 3) / 4);
  if (layout == ItemLayout::kClustered) {
    while (laid < num) lay_cluster(quarter);
    return;
  }
  // each quarter in clusters of a quarter of the size of the last
  for (int size = quarter; laid < num; size = std::max(1, size / 4)) {
    const int end = std::min(num, laid + quarter);
    while (laid < end) lay_cluster(std::min(size, end - laid));
  }
}

Sight look(const float* items, int num, float x_m, float y_m, float radius_m) noexcept {
  Sight sight;
  float least = radius_m * radius_m;
  const float most = least;
  for (int i = 0; i < num; ++i) {
    const float* const item = items + i * kNumItemFields;
    if (item[kItemState] != static_cast<float>(ItemState::kOnGround)) continue;
    const float dx = item[kItemX] - x_m, dy = item[kItemY] - y_m;
    const float square = dx * dx + dy * dy;
    if (square > most) continue;
    ++sight.count;
    if (sight.nearest >= 0 && square >= least) continue;
    least = square;
    sight.nearest = i;
  }
  return sight;
}

}  // namespace volery::task
