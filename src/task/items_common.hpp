// Items that lie on the ground of an area, to be found and carried home.
#pragma once

#include "core/rng.hpp"
#include "task/area_common.hpp"

namespace volery::task {

/// How items lie. Clustered: four clusters. Power law: a quarter of the items each in one cluster,
/// in four, in sixteen and alone, as in CPFA's experiments (Fricke, Hecker, Griego, Tran, Moses,
/// "A distributed deterministic spiral search algorithm for swarms", IROS 2016).
enum class ItemLayout : int { kRandom, kClustered, kPowerLaw };

/// What the world's fields hold of an item.
enum ItemField : int { kItemX = 0, kItemY = 1, kItemState = 2, kNumItemFields = 3 };
enum class ItemState : int { kOnGround = 0, kCarried = 1, kHome = 2 };

struct Nest {
  float x_m = 0, y_m = 0, radius_m = 0;
  [[nodiscard]] bool holds(float x, float y) const noexcept {
    return (x - x_m) * (x - x_m) + (y - y_m) * (y - y_m) <= radius_m * radius_m;
  }
};

/// Lays `num` items, none of them in the nest. `items` has num * kNumItemFields floats.
void lay_items(ItemLayout layout, int num, const Area& area, const Nest& nest, Rng& rng,
               float* items) noexcept;

/// What an agent sees from a point.
struct Sight {
  int count = 0;     // items on the ground within the radius
  int nearest = -1;  // the nearest of them
};
[[nodiscard]] Sight look(const float* items, int num, float x_m, float y_m,
                         float radius_m) noexcept;

}  // namespace volery::task
