#include "policy/orca_common.hpp"

#include <algorithm>
#include <cmath>

namespace volery::policy {

namespace {

// Directions closer to parallel than this do not meet; velocities this near to a border are on it.
constexpr float kParallel = 1e-4F;
constexpr float kBorderMps = 1e-5F;
// Bisection of how far half spaces give way: 20 m/s down to 1 mm/s.
constexpr int kHalvings = 15;

float length(Vec3 v) noexcept {
  return std::sqrt(dot(v, v));
}

bool violates(const HalfSpace& space, Vec3 v) noexcept {
  return dot(v - space.point_mps, space.normal) < -kBorderMps;
}

/// A share of a line: point + t * direction, t in [low, high].
struct Segment {
  Vec3 point, direction;
  float low = 0, high = 0;
};

/// Cuts a line through the ball of speeds; false where it misses.
bool cut_by_ball(Segment& line, float speed_mps) noexcept {
  const float along = dot(line.point, line.direction);
  const float square = along * along - dot(line.point, line.point) + speed_mps * speed_mps;
  if (square < 0) return false;
  const float half = std::sqrt(square);
  line.low = -along - half;
  line.high = -along + half;
  return true;
}

/// The point of the border of both `a` and `b` nearest to the wish that the first `count` spaces
/// allow.
bool nearest_on_line(const HalfSpace& a, const HalfSpace& b, const HalfSpace* spaces, int count,
                     float speed_mps, Vec3 wish, Vec3* best) noexcept {
  const Vec3 along = cross(a.normal, b.normal);
  const float sine = length(along);
  if (sine < kParallel) return false;
  Segment line;
  line.direction = along * (1 / sine);
  // in the border of `a`, straight to that of `b`
  const Vec3 towards = cross(line.direction, a.normal);
  const float way = dot(b.point_mps - a.point_mps, b.normal) / dot(towards, b.normal);
  line.point = a.point_mps + towards * way;
  if (!cut_by_ball(line, speed_mps)) return false;

  for (int i = 0; i < count; ++i) {
    const float rise = dot(line.direction, spaces[i].normal);
    const float lack = dot(spaces[i].point_mps - line.point, spaces[i].normal);
    if (std::fabs(rise) < kParallel) {
      if (lack > kBorderMps) return false;
      continue;
    }
    const float t = lack / rise;
    if (rise > 0) {
      line.low = std::max(line.low, t);
    } else {
      line.high = std::min(line.high, t);
    }
    if (line.low > line.high) return false;
  }
  const float t = std::clamp(dot(wish - line.point, line.direction), line.low, line.high);
  *best = line.point + line.direction * t;
  return true;
}

/// The point of the border of `own` nearest to the wish that the first `count` spaces allow.
bool nearest_on_plane(const HalfSpace& own, const HalfSpace* spaces, int count, float speed_mps,
                      Vec3 wish, Vec3* best) noexcept {
  // the ball cuts a disc out of the border
  const Vec3 middle = own.normal * dot(own.point_mps, own.normal);
  const float square = speed_mps * speed_mps - dot(middle, middle);
  if (square < 0) return false;
  Vec3 v = wish - own.normal * dot(wish - own.point_mps, own.normal);
  const Vec3 aside = v - middle;
  if (dot(aside, aside) > square) v = middle + aside * std::sqrt(square / dot(aside, aside));
  for (int i = 0; i < count; ++i) {
    if (!violates(spaces[i], v)) continue;
    if (!nearest_on_line(own, spaces[i], spaces, i, speed_mps, wish, &v)) return false;
  }
  *best = v;
  return true;
}

Vec3 flattened(Vec3 v, float tallness) noexcept {
  return {v.x, v.y, v.z / tallness};
}

}  // namespace

HalfSpace orca_half_space(const Encounter& encounter, Vec3 own_mps, float share) noexcept {
  // in flattened space the obstacle is a sphere
  const float tall = encounter.tallness;
  const Vec3 p = flattened(encounter.offset_m, tall);
  const Vec3 v = flattened(encounter.closing_mps, tall);
  const float radius_m = encounter.radius_m;
  const float distance2 = dot(p, p);
  const bool overlap = distance2 <= radius_m * radius_m;
  const float horizon_s = overlap ? encounter.overlap_s : encounter.horizon_s;

  Vec3 normal, change;
  // velocities from the middle of the cap that closes the cone at the horizon
  const Vec3 w = v - p * (1 / horizon_s);
  const float w2 = dot(w, w), wp = dot(w, p);
  if (overlap || (wp < 0 && wp * wp > radius_m * radius_m * w2)) {
    const float speed = std::sqrt(w2);
    normal = speed > 0 ? w * (1 / speed) : Vec3{0, 0, 1};
    change = normal * (radius_m / horizon_s - speed);
  } else {
    // nearest point of the cone's side: the sphere of radius R t about p t that touches it at v
    const float pv = dot(p, v);
    const Vec3 beside = cross(p, v);
    const float c = dot(v, v) - dot(beside, beside) / (distance2 - radius_m * radius_m);
    const float root = std::sqrt(std::max(0.0F, pv * pv - distance2 * c));
    const float t = (pv + root) / distance2;
    const Vec3 out = v - p * t;
    const float speed = length(out);
    normal = speed > 0 ? out * (1 / speed) : Vec3{0, 0, 1};
    change = normal * (radius_m * t - speed);
  }

  // back to true heights; a border's normal scales the other way
  HalfSpace space;
  const Vec3 n = flattened(normal, tall);
  space.normal = n * (1 / length(n));
  space.point_mps = own_mps + Vec3{change.x, change.y, change.z * tall} * share;
  return space;
}

bool nearest_velocity(const HalfSpace* spaces, int count, float speed_mps, Vec3 wish_mps,
                      Vec3* best) noexcept {
  Vec3 v = wish_mps;
  const float speed = length(v);
  if (speed > speed_mps) v = v * (speed_mps / speed);
  for (int i = 0; i < count; ++i) {
    if (!violates(spaces[i], v)) continue;
    if (!nearest_on_plane(spaces[i], spaces, i, speed_mps, wish_mps, &v)) return false;
  }
  *best = v;
  return true;
}

Vec3 safest_velocity(const HalfSpace* spaces, int count, int first_soft, float speed_mps,
                     Vec3 wish_mps) noexcept {
  Vec3 best{};
  if (nearest_velocity(spaces, count, speed_mps, wish_mps, &best)) return best;

  // at `high` standing still is allowed by all that give way
  HalfSpace relaxed[kMostHalfSpaces];
  const int num = std::min(count, kMostHalfSpaces);
  std::copy_n(spaces, num, relaxed);
  float low = 0, high = 0;
  for (int i = first_soft; i < num; ++i) {
    high = std::max(high, dot(spaces[i].point_mps, spaces[i].normal));
  }
  best = {};
  for (int halving = 0; halving <= kHalvings; ++halving) {
    const float give_mps = halving == 0 ? high : 0.5F * (low + high);
    for (int i = first_soft; i < num; ++i) {
      relaxed[i].point_mps = spaces[i].point_mps - spaces[i].normal * give_mps;
    }
    const bool feasible = nearest_velocity(relaxed, num, speed_mps, wish_mps, &best);
    if (halving == 0) {
      if (!feasible) return {};
      continue;
    }
    (feasible ? high : low) = give_mps;
  }
  return best;
}

}  // namespace volery::policy
