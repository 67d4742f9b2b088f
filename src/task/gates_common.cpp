#include "task/gates_common.hpp"

#include <algorithm>
#include <cmath>

#include "core/math.hpp"

namespace volery::task {

namespace {

// A plane crossed farther from the middle than this, in openings, was not meant to be passed.
constexpr float kNearby = 1.5F;

Vec3 heading(float yaw_rad) noexcept {
  return {cos(yaw_rad), sin(yaw_rad), 0};
}

Vec3 random_center(const WorldHeader& header, const Bounds& box, int num_gates,
                   int index) noexcept {
  Rng rng(header.seed, header.episode, Stream::kGoal, 0xFFFFFFFEU,
          static_cast<std::uint32_t>(index));
  const Vec3 middle = (box.low_w_m + box.high_w_m) * 0.5F;
  const Vec3 half = (box.high_w_m - box.low_w_m) * 0.5F;
  // each in its own sector of the round, from half to nearly all of the way out
  const float sector_rad = 2 * kPi / static_cast<float>(num_gates);
  const float angle_rad = sector_rad * (static_cast<float>(index) + rng.uniform(-0.3F, 0.3F));
  const float out = rng.uniform(0.5F, 0.95F);
  const Vec3 way = heading(angle_rad);
  return {middle.x + out * half.x * way.x, middle.y + out * half.y * way.y,
          middle.z + rng.uniform(-1, 1) * half.z};
}

}  // namespace

std::vector<Gate> split_s_track() {
  constexpr float kDegree = kPi / 180;
  return {{{-1.1F, -1.6F, 3.6F}, heading(0)},
          {{9.2F, 6.6F, 1.0F}, heading(-20 * kDegree)},
          {{9.2F, -4.0F, 1.2F}, heading(-126 * kDegree)},
          {{-4.5F, -6.0F, 3.5F}, heading(-180 * kDegree)},
          {{-4.5F, -6.0F, 0.8F}, heading(0)},
          {{4.75F, -0.9F, 1.2F}, heading(72 * kDegree)},
          {{-2.8F, 6.8F, 1.2F}, heading(-160 * kDegree)}};
}

Gate random_gate(const WorldHeader& header, const Bounds& box, int num_gates, int index) noexcept {
  const Vec3 before = random_center(header, box, num_gates, (index + num_gates - 1) % num_gates);
  const Vec3 after = random_center(header, box, num_gates, (index + 1) % num_gates);
  // along the line from the gate before to the one after
  const Vec3 way{after.x - before.x, after.y - before.y, 0};
  const float length_m = std::sqrt(dot(way, way));
  return {random_center(header, box, num_gates, index),
          length_m > 1e-3F ? way * (1 / length_m) : Vec3{1, 0, 0}};
}

Crossing crossing(const Gate& gate, float opening_m, Vec3 from_w_m, Vec3 to_w_m) noexcept {
  const float before_m = dot(from_w_m - gate.center_w_m, gate.through_w);
  const float after_m = dot(to_w_m - gate.center_w_m, gate.through_w);
  if (!(before_m < 0 && after_m >= 0)) return Crossing::kNone;
  const float share = before_m / (before_m - after_m);
  const Vec3 aside = from_w_m + (to_w_m - from_w_m) * share - gate.center_w_m;
  const float level_m = std::fabs(gate.through_w.x * aside.y - gate.through_w.y * aside.x);
  const float off_m = std::max(level_m, std::fabs(aside.z));
  if (off_m < 0.5F * opening_m) return Crossing::kPassed;
  return off_m < kNearby * opening_m ? Crossing::kMissed : Crossing::kNone;
}

}  // namespace volery::task
