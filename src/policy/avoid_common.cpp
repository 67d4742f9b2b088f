#include "policy/avoid_common.hpp"

#include <algorithm>
#include <cmath>

#include "core/math.hpp"
#include "state/neighbor_columns.hpp"

namespace volery::policy {

namespace {

// Room left beside the vehicle's radius to obstacles, and to another agent's radius.
constexpr float kObstacleMarginM = 0.13F;
constexpr float kAgentMarginM = 0.18F;
constexpr float kFloorMarginM = 0.12F;
// Obstacles and agents farther than this do not bend the way.
constexpr float kLookM = 0.8F;
// Agents ahead within this distance are passed on the right.
constexpr float kPassM = 0.7F;
// What turning off the present course costs against turning off the goal: the only memory that a
// policy without state has, and enough to keep going round the same side.
constexpr float kCourseWeight = 0.35F;
constexpr int kLimitSweeps = 6;
// What is flown too fast is taken off the limit again by this share, since velocity follows late.
constexpr float kBrake = 0.5F;

// Threading between obstacles. Room beside the radius that a way has to have: beams see points of a
// surface, which bulges towards the agent by a centimeter or two between them. Room that costs
// nothing, and what less of it costs; how far a way is looked along.
constexpr float kNarrowMarginM = 0.04F;
constexpr float kStraightMarginM = 0.05F;  // and this much more to go straight on
constexpr float kEaseM = 0.2F;
constexpr float kEaseWeight = 0.5F;
constexpr float kThreadLookM = 0.7F;
// A way that is too narrow costs more than any turn, the more the narrower.
constexpr float kTooNarrow = 3;
constexpr float kTooNarrowSlope = 10;
// Slower than this a course counts less.
constexpr float kCourseMps = 0.33F;
constexpr float kDetourMps = 0.3F;
constexpr int kNumWays = 64;
constexpr int kMostHits = 64;
constexpr float kFreeM = 1;  // room where there is nothing beside a way

}  // namespace

Avoidance::Avoidance(const PolicyContext& context, std::string_view policy_name)
    : radius_m_(context.vehicle.bounding_radius_m),
      pose_(need_group(context, policy_name, "pose", 12)),
      velocity_(need_group(context, policy_name, "velocity", 3)),
      neighbors_(need_group(context, policy_name, "neighbors", kNeighborColumns)),
      ranges_(need_group(context, policy_name, "rangefinder", 1)),
      num_neighbors_(context.group("neighbors").count / kNeighborColumns),
      num_beams_(context.group("rangefinder").count - 1) {
  down_ = ranges_ + num_beams_;
  if (context.group("lidar").count > 0) {
    ranges_ = context.group("lidar").first;
    num_beams_ = context.group("lidar").count;
  }
  for (int i = 0; i < num_beams_; ++i) {
    const float angle_rad = 2 * kPi * static_cast<float>(i) / static_cast<float>(num_beams_);
    beams_.push_back({cos(angle_rad), sin(angle_rad), 0});
  }
  for (int i = 0; i < kNumWays; ++i) {
    const float angle_rad = 2 * kPi * static_cast<float>(i) / static_cast<float>(kNumWays);
    ways_.push_back({cos(angle_rad), sin(angle_rad), 0});
  }
}

Avoidance::Heading Avoidance::heading_of(const float* observation) const noexcept {
  // the body's x axis is the first column of the rotation matrix
  const float x = observation[pose_ + 3], y = observation[pose_ + 6];
  const float length = std::sqrt(x * x + y * y);
  if (length < 1e-3F) return {1, 0};
  return {x / length, y / length};
}

Vec3 Avoidance::beam(const Heading& heading, int index) const noexcept {
  const Vec3 b = beams_[static_cast<std::size_t>(index)];
  return {heading.cosine * b.x - heading.sine * b.y, heading.sine * b.x + heading.cosine * b.y, 0};
}

bool Avoidance::is_free(const float* ranges_m, const Heading& heading, Vec3 direction_w,
                        float look_m) const noexcept {
  const float wide_m = radius_m_ + kObstacleMarginM;
  for (int i = 0; i < num_beams_; ++i) {
    // the point that the beam met: is it in the corridor ahead?
    const Vec3 point = beam(heading, i) * ranges_m[i];
    const float ahead_m = dot(point, direction_w);
    if (ahead_m <= 0 || ahead_m > look_m) continue;
    const Vec3 beside = point - direction_w * ahead_m;
    if (dot(beside, beside) < wide_m * wide_m) return false;
  }
  return true;
}

Vec3 Avoidance::steer(const float* observation, Vec3 goal_offset_w_m,
                      Vec3 wished_w_mps) const noexcept {
  const float goal_m = norm({goal_offset_w_m.x, goal_offset_w_m.y, 0});
  const float speed_mps = norm({wished_w_mps.x, wished_w_mps.y, 0});
  if (goal_m < 1e-3F || speed_mps < 1e-3F) return wished_w_mps;
  const Vec3 ahead{wished_w_mps.x / speed_mps, wished_w_mps.y / speed_mps, 0};
  const Heading heading = heading_of(observation);
  const float* const ranges_m = observation + ranges_;
  const float look_m = std::min(kLookM, goal_m);
  if (is_free(ranges_m, heading, ahead, look_m)) return wished_w_mps;

  Vec3 course = read_vec3(observation + velocity_);
  course.z = 0;
  course = limited(course, 1);
  float least_cost = 10;
  Vec3 best{0, 0, 0};
  for (int i = 0; i < num_beams_; ++i) {
    const Vec3 direction = beam(heading, i);
    if (!is_free(ranges_m, heading, direction, kLookM)) continue;
    const float cost = 1 - dot(direction, ahead) - kCourseWeight * dot(direction, course);
    if (cost >= least_cost) continue;
    least_cost = cost;
    best = direction;
  }
  // a detour is flown at a walking pace at least, however near the goal is
  const float detour_mps = std::max(speed_mps, 0.3F);
  return {best.x * detour_mps, best.y * detour_mps, wished_w_mps.z};
}

// Room on both sides of a level way, as far as it is looked along.
float Avoidance::room_m(const Vec3* hits, int num_hits, Vec3 direction_w,
                        float look_m) const noexcept {
  float least2 = kFreeM * kFreeM;
  for (int i = 0; i < num_hits; ++i) {
    const float ahead_m = dot(hits[i], direction_w);
    if (ahead_m <= 0 || ahead_m > look_m) continue;
    const Vec3 beside = hits[i] - direction_w * ahead_m;
    least2 = std::min(least2, dot(beside, beside));
  }
  return std::sqrt(least2);
}

Vec3 Avoidance::thread(const float* observation, Vec3 goal_offset_w_m,
                       Vec3 wished_w_mps) const noexcept {
  const float goal_m = norm({goal_offset_w_m.x, goal_offset_w_m.y, 0});
  const float speed_mps = norm({wished_w_mps.x, wished_w_mps.y, 0});
  if (goal_m < 1e-3F || speed_mps < 1e-3F) return wished_w_mps;
  const Vec3 ahead{wished_w_mps.x / speed_mps, wished_w_mps.y / speed_mps, 0};
  const Heading heading = heading_of(observation);
  Vec3 hits[kMostHits];
  int num_hits = 0;
  // of a lidar with very many rays, some evenly
  const int stride = 1 + (num_beams_ - 1) / kMostHits;
  for (int i = 0; i < num_beams_; i += stride) {
    const float range_m = observation[ranges_ + i];
    if (range_m < 2 * kThreadLookM) hits[num_hits++] = beam(heading, i) * range_m;
  }
  const float narrow_m = radius_m_ + kNarrowMarginM;
  const float straight_m = room_m(hits, num_hits, ahead, std::min(kThreadLookM, goal_m));
  if (straight_m > narrow_m + kStraightMarginM) return wished_w_mps;

  Vec3 course = read_vec3(observation + velocity_);
  course = limited(Vec3{course.x, course.y, 0} * (1 / kCourseMps), 1);
  float least_cost = 1e9F;
  Vec3 best = ahead;
  for (const Vec3& way : ways_) {
    const Vec3 direction{ahead.x * way.x - ahead.y * way.y, ahead.y * way.x + ahead.x * way.y, 0};
    const float room = room_m(hits, num_hits, direction, kThreadLookM);
    float cost = 1 - way.x - kCourseWeight * dot(direction, course);
    cost += kEaseWeight * (1 - std::min(room, kEaseM) / kEaseM);
    if (room < narrow_m) cost += kTooNarrow + kTooNarrowSlope * (1 - room / narrow_m);
    if (cost >= least_cost) continue;
    least_cost = cost;
    best = direction;
  }
  const float detour_mps = std::max(speed_mps, kDetourMps);
  return {best.x * detour_mps, best.y * detour_mps, wished_w_mps.z};
}

Vec3 Avoidance::pass_right(const float* observation, Vec3 wished_w_mps) const noexcept {
  const float speed_mps = norm(wished_w_mps);
  if (speed_mps < 1e-3F) return wished_w_mps;
  const Vec3 ahead = wished_w_mps * (1 / speed_mps);
  const Vec3 right{ahead.y, -ahead.x, 0};
  Vec3 velocity_w_mps = wished_w_mps;
  for (int k = 0; k < num_neighbors_; ++k) {
    const float* const columns = observation + neighbors_ + k * kNeighborColumns;
    if (columns[6] == 0) continue;
    const Vec3 offset = read_vec3(columns);
    const float distance_m = norm(offset);
    if (distance_m > kPassM || distance_m < 1e-3F) continue;
    const float in_the_way = dot(offset, ahead) / distance_m;
    if (in_the_way < 0.7F) continue;
    velocity_w_mps = velocity_w_mps + right * (0.5F * speed_mps * (1 - distance_m / kPassM));
  }
  return limited(velocity_w_mps, speed_mps);
}

void Avoidance::limit_by_agents(const float* observation, float closing_per_s,
                                Limits& limits) const noexcept {
  const Vec3 own_w_mps = read_vec3(observation + velocity_);
  for (int k = 0; k < num_neighbors_; ++k) {
    const float* const columns = observation + neighbors_ + k * kNeighborColumns;
    const Vec3 offset = read_vec3(columns);
    const float distance_m = norm(offset);
    if (columns[6] == 0 || distance_m < 1e-3F || distance_m > kLookM) continue;
    const Vec3 towards = offset * (1 / distance_m);
    const float allowed_mps = closing_per_s * (distance_m - 2 * radius_m_ - kAgentMarginM);
    const float closing_mps = -dot(read_vec3(columns + 3), towards);
    // of what is left half is this agent's; what is too much it takes back alone, since the other
    // may have nowhere to go
    const float spare_mps = allowed_mps - closing_mps;
    const float share = spare_mps > 0 ? 0.5F : 1.0F;
    limits.add(towards, dot(own_w_mps, towards) + share * spare_mps);
  }
}

void Avoidance::limit_by_obstacles(const float* observation, float closing_per_s,
                                   Limits& limits) const noexcept {
  const Heading heading = heading_of(observation);
  const Vec3 own_w_mps = read_vec3(observation + velocity_);
  for (int i = 0; i <= num_beams_; ++i) {
    const float range_m = observation[i < num_beams_ ? ranges_ + i : down_];
    if (range_m > kLookM) continue;
    const Vec3 towards = i < num_beams_ ? beam(heading, i) : Vec3{0, 0, -1};
    const float margin_m = i < num_beams_ ? kObstacleMarginM : kFloorMarginM;
    const float allowed_mps = closing_per_s * (range_m - radius_m_ - margin_m);
    const float excess_mps = std::max(0.0F, dot(own_w_mps, towards) - allowed_mps);
    limits.add(towards, allowed_mps - kBrake * excess_mps);
  }
}

Vec3 Avoidance::limit(const float* observation, Vec3 velocity_w_mps,
                      float closing_per_s) const noexcept {
  Limits limits;
  limit_by_agents(observation, closing_per_s, limits);
  limit_by_obstacles(observation, closing_per_s, limits);
  Vec3 v = velocity_w_mps;
  // each limit is a half space of velocities; a few sweeps of projections come near all of them
  for (int sweep = 0; sweep < kLimitSweeps; ++sweep) {
    for (int i = 0; i < limits.count; ++i) {
      const float excess_mps = dot(v, limits.towards[i]) - limits.speed_mps[i];
      if (excess_mps > 0) v = v - limits.towards[i] * excess_mps;
    }
  }
  return v;
}

Vec3 Avoidance::avoid(const float* observation, Vec3 goal_offset_w_m, Vec3 wished_w_mps,
                      float closing_per_s) const noexcept {
  Vec3 v = steer(observation, goal_offset_w_m, wished_w_mps);
  v = pass_right(observation, v);
  return limit(observation, v, closing_per_s);
}

}  // namespace volery::policy
