#include "task/goal_swap_pillars_common.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "core/rng.hpp"
#include "task/goal_swap_common.hpp"
#include "task/task_common.hpp"
#include "volery/error.hpp"

namespace volery::task {

namespace {

constexpr int kSide = 8;
constexpr int kNumCells = kSide * kSide;
constexpr float kCellM = 1;
// A step that no episode reaches keys the draw, so that it shares none with jumps of the goals.
constexpr std::uint32_t kPillarStep = 0x40000000U;

}  // namespace

Pillars::Pillars(const Scene& scene, float density) {
  const SceneConfig& config = scene.config();
  for (std::size_t p = 0; p < config.props.size(); ++p) {
    const PropSpec& prop = config.props[p];
    if (!prop.name.starts_with("pillar")) continue;
    props_.push_back(static_cast<int>(p));
    starts_w_m_.push_back(vec3_of(prop.position_w_m, "scene.props.position_w_m"));
    radius_m_ = std::max({radius_m_, 0.5F * prop.size_m[0], 0.5F * prop.size_m[1]});
  }
  if (!any()) return;
  num_taken_ = static_cast<int>(std::lround(density * kNumCells));
  if (num_taken_ > static_cast<int>(props_.size())) {
    throw Error(ErrorKind::kValue,
                "task_config.pillar_density = " + std::to_string(density) + ": takes " +
                    std::to_string(num_taken_) + " pillars, must be at most " +
                    std::to_string(props_.size()) + " / " + std::to_string(kNumCells) +
                    " in scene '" + config.name + "'");
  }
  const Vec3 middle = (vec3_of(config.spawn_low_m, "scene.spawn_low_m") +
                       vec3_of(config.spawn_high_m, "scene.spawn_high_m")) *
                      0.5F;
  const float half_m = 0.5F * kCellM * (kSide - 1);
  corner_w_m_ = {middle.x - half_m, middle.y - half_m, 0};
}

void Pillars::place(const Slab& slab, int world) const noexcept {
  const WorldHeader& header = slab.worlds[world];
  Rng rng(header.seed, header.episode, Stream::kTask, kWorldKey, kPillarStep);
  std::array<int, kNumCells> cells{};
  for (int i = 0; i < kNumCells; ++i) cells[static_cast<std::size_t>(i)] = i;
  for (std::size_t i = 0; i < props_.size(); ++i) {
    const int body = world * slab.num_props + props_[i];
    const bool stands = static_cast<int>(i) < num_taken_;
    slab.props.at(body, kMode) = static_cast<float>(stands ? BodyMode::kFrozen : BodyMode::kAbsent);
    if (!stands) continue;
    // a cell that no pillar before it has
    const auto left = static_cast<std::uint32_t>(kNumCells - i);
    std::swap(cells[i], cells[i + rng.below(left)]);
    const int cell = cells[i];
    slab.props.set_vec3(
        body, kPosition,
        {corner_w_m_.x + kCellM * static_cast<float>(cell % kSide),
         corner_w_m_.y + kCellM * static_cast<float>(cell / kSide), starts_w_m_[i].z});
  }
}

bool Pillars::is_clear(const Slab& slab, int world, Vec3 point_w_m,
                       float clearance_m) const noexcept {
  const float least_m = radius_m_ + clearance_m;
  for (int i = 0; i < num_taken_; ++i) {
    const int body = world * slab.num_props + props_[static_cast<std::size_t>(i)];
    const Vec3 away = slab.props.vec3(body, kPosition) - point_w_m;
    if (away.x * away.x + away.y * away.y < least_m * least_m) return false;
  }
  return true;
}

}  // namespace volery::task
