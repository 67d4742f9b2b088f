#include "task/spawn_common.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>

#include "task/task_common.hpp"
#include "volery/error.hpp"

namespace volery::task {

namespace {

// Draws before a single agent falls back on the cells; each misses with the blocked share of the
// region, so that a region half blocked fails here once in 2^64 worlds.
constexpr int kSingleDraws = 64;
constexpr int kRespawnDraws = 256;
constexpr int kJittersPerCell = 4;
// Boxes looked at when proving that a region is clear; scenes clear in more complicated ways are
// merely slower to reset.
constexpr int kClearBudget = 4096;

float length(Vec3 v) noexcept {
  return std::sqrt(dot(v, v));
}

/// A keyed bijection of [0, 2^bits): shuffles cells without memory.
class Shuffle {
 public:
  Shuffle(std::int64_t count, Rng& rng) noexcept
      : count_(static_cast<std::uint64_t>(count)),
        bits_(std::max(2, static_cast<int>(std::bit_width(static_cast<std::uint64_t>(count - 1))))),
        mask_((std::uint64_t{1} << static_cast<unsigned>(bits_)) - 1) {
    for (std::uint64_t& key : keys_) key = rng.bits();
  }
  /// Image of k under a permutation of [0, count): walks the cycle until it is back inside.
  [[nodiscard]] std::int64_t operator()(std::int64_t k) const noexcept {
    auto x = static_cast<std::uint64_t>(k);
    do {
      x = once(x);
    } while (x >= count_);
    return static_cast<std::int64_t>(x);
  }

 private:
  // xor, odd multiplication and xor-shift are each bijective on `bits_` bits
  [[nodiscard]] std::uint64_t once(std::uint64_t x) const noexcept {
    for (const std::uint64_t key : keys_) {
      x = (x ^ key) & mask_;
      x = (x * 0x9E3779B97F4A7C15ULL) & mask_;
      x ^= x >> static_cast<unsigned>((bits_ + 1) / 2);
    }
    return x;
  }

  std::uint64_t count_;
  int bits_;
  std::uint64_t mask_;
  std::uint64_t keys_[4]{};
};

}  // namespace

SpawnSpec spawn_spec(const Scene& scene, float clearance_m, float separation_m, int num_agents) {
  SpawnSpec spec;
  spec.low_w_m = vec3_of(scene.config().spawn_low_m, "scene.spawn_low_m");
  spec.high_w_m = vec3_of(scene.config().spawn_high_m, "scene.spawn_high_m");
  spec.clearance_m = clearance_m;
  spec.separation_m = separation_m;
  spec.num_agents = num_agents;
  return spec;
}

SpawnRegion::SpawnRegion(const Scene& scene, const SpawnSpec& spec) : scene_(&scene), spec_(spec) {
  const Vec3 extent = spec.high_w_m - spec.low_w_m;
  int budget = kClearBudget;
  all_clear_ = region_is_clear(spec.low_w_m, spec.high_w_m, &budget);

  // the largest cells that leave half of them unused, for an even spread round obstacles
  fine_ = grid_of_edge(spec.separation_m);
  float edge_m = std::max({extent.x, extent.y, extent.z, spec.separation_m});
  coarse_ = grid_of_edge(edge_m);
  while (edge_m > spec.separation_m && coarse_.num_cells() < 2 * spec.num_agents) {
    edge_m = std::max(0.95F * edge_m, spec.separation_m);
    coarse_ = grid_of_edge(edge_m);
  }
  const int fitting = capacity();
  if (fitting < spec.num_agents) {
    throw Error(ErrorKind::kValue,
                "num_agents = " + std::to_string(spec.num_agents) + ": only " +
                    std::to_string(fitting) + " fit in the spawn region " + to_text(spec.low_w_m) +
                    " to " + to_text(spec.high_w_m) + " of scene '" + scene.config().name +
                    "' at a separation of " + std::to_string(spec.separation_m) +
                    " m (lower num_agents or the separation, or enlarge the region)");
  }
}

SpawnRegion::Grid SpawnRegion::grid_of_edge(float edge_m) const noexcept {
  // an agent may stand on either end of an axis, hence one more than fits in between; the cap
  // keeps the product of three axes far inside 64 bits
  constexpr float kMaxPerAxis = 1 << 20;
  const Vec3 extent = spec_.high_w_m - spec_.low_w_m;
  const float s = spec_.separation_m;
  const auto along = [&](float e) {
    return static_cast<int>(std::min(e / std::max(edge_m, 1e-6F), kMaxPerAxis)) + 1;
  };
  Grid grid;
  grid.count[0] = along(extent.x);
  grid.count[1] = along(extent.y);
  grid.count[2] = along(extent.z);
  grid.cell_m = {(extent.x + s) / static_cast<float>(grid.count[0]),
                 (extent.y + s) / static_cast<float>(grid.count[1]),
                 (extent.z + s) / static_cast<float>(grid.count[2])};
  return grid;
}

Vec3 SpawnRegion::point_in_cell(const Grid& grid, std::int64_t cell, Vec3 jitter) const noexcept {
  const std::int64_t nx = grid.count[0], ny = grid.count[1];
  const auto ix = static_cast<float>(cell % nx);
  const auto iy = static_cast<float>(cell / nx % ny);
  const auto iz = static_cast<float>(cell / (nx * ny));
  const float s = spec_.separation_m;
  // the first cell starts half a separation before the region
  const Vec3 point{spec_.low_w_m.x + ix * grid.cell_m.x + jitter.x * (grid.cell_m.x - s),
                   spec_.low_w_m.y + iy * grid.cell_m.y + jitter.y * (grid.cell_m.y - s),
                   spec_.low_w_m.z + iz * grid.cell_m.z + jitter.z * (grid.cell_m.z - s)};
  return {std::clamp(point.x, spec_.low_w_m.x, spec_.high_w_m.x),
          std::clamp(point.y, spec_.low_w_m.y, spec_.high_w_m.y),
          std::clamp(point.z, spec_.low_w_m.z, spec_.high_w_m.z)};
}

Vec3 SpawnRegion::uniform_point(Rng& rng) const noexcept {
  const float x = rng.uniform(spec_.low_w_m.x, spec_.high_w_m.x);
  const float y = rng.uniform(spec_.low_w_m.y, spec_.high_w_m.y);
  return {x, y, rng.uniform(spec_.low_w_m.z, spec_.high_w_m.z)};
}

bool SpawnRegion::is_clear(Vec3 point_w_m) const noexcept {
  if (scene_->near_primitives(point_w_m, spec_.clearance_m, nullptr, 0) > 0) return false;
  for (const PropSpec& prop : scene_->config().props) {
    const Vec3 center{prop.position_w_m[0], prop.position_w_m[1], prop.position_w_m[2]};
    const Vec3 half{0.5F * prop.size_m[0], 0.5F * prop.size_m[1], 0.5F * prop.size_m[2]};
    if (length(point_w_m - center) < length(half) + spec_.clearance_m) return false;
  }
  return true;
}

bool SpawnRegion::region_is_clear(Vec3 low_w_m, Vec3 high_w_m, int* budget) const noexcept {
  if (--*budget < 0 || !scene_->config().props.empty()) return false;
  const Vec3 half = (high_w_m - low_w_m) * 0.5F;
  const Vec3 center = low_w_m + half;
  if (scene_->near_primitives(center, spec_.clearance_m, nullptr, 0) > 0) return false;
  if (scene_->near_primitives(center, spec_.clearance_m + length(half), nullptr, 0) == 0) {
    return true;
  }
  // near something: look at both halves of the longest axis
  Vec3 first_high = high_w_m, second_low = low_w_m;
  if (half.x >= half.y && half.x >= half.z) {
    first_high.x = second_low.x = center.x;
  } else if (half.y >= half.z) {
    first_high.y = second_low.y = center.y;
  } else {
    first_high.z = second_low.z = center.z;
  }
  return region_is_clear(low_w_m, first_high, budget) &&
         region_is_clear(second_low, high_w_m, budget);
}

int SpawnRegion::capacity() const noexcept {
  const std::int64_t cells = fine_.num_cells();
  if (all_clear_) return static_cast<int>(std::min<std::int64_t>(cells, 1 << 30));
  int fitting = 0;
  // past twice the need it no longer matters
  for (std::int64_t cell = 0; cell < cells && fitting < 2 * spec_.num_agents; ++cell) {
    fitting += is_clear(point_in_cell(fine_, cell, {0.5F, 0.5F, 0.5F})) ? 1 : 0;
  }
  return fitting;
}

int SpawnRegion::place_in_grid(const Slab& slab, int world, int row, Stream stream,
                               const Grid& grid, bool jittered) const noexcept {
  const WorldHeader& header = slab.worlds[world];
  // a key of its own, beyond any agent's
  Rng shuffle_rng(header.seed, header.episode, stream, 0xFFFFFFFFU);
  const Shuffle shuffle(grid.num_cells(), shuffle_rng);
  int agent = 0;
  for (std::int64_t k = 0; k < grid.num_cells() && agent < slab.num_agents; ++k) {
    const std::int64_t cell = shuffle(k);
    Rng rng(header.seed, header.episode, stream, static_cast<std::uint32_t>(agent),
            static_cast<std::uint32_t>(k) + 1);
    for (int i = 0; i < (jittered ? kJittersPerCell : 1); ++i) {
      Vec3 jitter{0.5F, 0.5F, 0.5F};
      if (jittered) {
        jitter.x = rng.uniform();
        jitter.y = rng.uniform();
        jitter.z = rng.uniform();
      }
      const Vec3 point = point_in_cell(grid, cell, jitter);
      if (!is_free(point)) continue;
      slab.agents.set_vec3(world * slab.num_agents + agent, row, point);
      ++agent;
      break;
    }
  }
  return agent;
}

void SpawnRegion::place(const Slab& slab, int world, int row, Stream stream) const noexcept {
  if (slab.num_agents == 1) {
    const WorldHeader& header = slab.worlds[world];
    Rng rng(header.seed, header.episode, stream, 0, 1);
    for (int i = 0; i < kSingleDraws; ++i) {
      const Vec3 point = uniform_point(rng);
      if (!is_free(point)) continue;
      slab.agents.set_vec3(world, row, point);
      return;
    }
  } else if (place_in_grid(slab, world, row, stream, coarse_, true) == slab.num_agents) {
    return;
  }
  // capacity() counted these very points when the task was built
  place_in_grid(slab, world, row, stream, fine_, false);
}

bool SpawnRegion::place_one(const Slab& slab, int world, int agent, int row,
                            Stream stream) const noexcept {
  const WorldHeader& header = slab.worlds[world];
  const int first = world * slab.num_agents;
  Rng rng(header.seed, header.episode, stream, static_cast<std::uint32_t>(agent),
          header.step | kRespawnStep);
  const float least_squared = spec_.separation_m * spec_.separation_m;
  for (int i = 0; i < kRespawnDraws; ++i) {
    const Vec3 point = uniform_point(rng);
    bool clear = is_free(point);
    for (int other = 0; clear && other < slab.num_agents; ++other) {
      if (other == agent) continue;
      const Vec3 apart = slab.agents.vec3(first + other, row) - point;
      clear = dot(apart, apart) >= least_squared;
    }
    if (!clear) continue;
    slab.agents.set_vec3(first + agent, row, point);
    return true;
  }
  return false;
}

}  // namespace volery::task
