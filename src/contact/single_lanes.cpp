#include "contact/single_lanes.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "contact/single_lanes.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "contact/solver_rules.hpp"
#include "core/lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::contact::HWY_NAMESPACE {

using namespace volery::HWY_NAMESPACE;  // NOLINT: the lane vocabulary of this target

// Vectors side by side: a row of the solver is a chain of dependent operations, and only more
// chains at once fill the CPU. More than two gain nothing and leave more lanes empty in small
// slabs.
inline constexpr int kWide = 2;
static_assert(kSingleLanes % (kWide * kVectorLanes) == 0);

// On x86 one instruction that is `a > b ? a : b` to the bit, zeros and NaN included; cheaper than
// the comparison and selection that promise it everywhere.
HWY_INLINE F32 larger(F32 a, F32 b) {
#if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128
  return hn::Max(a.raw, b.raw);
#else
  return select(a > b, a, b);
#endif
}
HWY_INLINE F32 smaller(F32 a, F32 b) {
#if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128
  return hn::Min(a.raw, b.raw);
#else
  return select(a < b, a, b);
#endif
}

struct Wide {
  F32 v[kWide];
  Wide() = default;
  HWY_INLINE Wide(float value) {
    for (F32& f : v) f = F32(value);
  }
  template <class Make>
  HWY_INLINE static Wide each(Make&& make) {
    Wide w;
    for (int i = 0; i < kWide; ++i) w.v[i] = make(i);
    return w;
  }
  HWY_INLINE static Wide load(const float* p) {
    return each([&](int i) HWY_ATTR { return F32::load(p + i * kVectorLanes); });
  }
  HWY_INLINE void store(float* p) const {
    for (int i = 0; i < kWide; ++i) v[i].store(p + i * kVectorLanes);
  }
  HWY_INLINE friend Wide operator+(const Wide& a, const Wide& b) {
    return each([&](int i) HWY_ATTR { return a.v[i] + b.v[i]; });
  }
  HWY_INLINE friend Wide operator-(const Wide& a, const Wide& b) {
    return each([&](int i) HWY_ATTR { return a.v[i] - b.v[i]; });
  }
  HWY_INLINE friend Wide operator*(const Wide& a, const Wide& b) {
    return each([&](int i) HWY_ATTR { return a.v[i] * b.v[i]; });
  }
  HWY_INLINE friend Wide operator/(const Wide& a, const Wide& b) {
    return each([&](int i) HWY_ATTR { return a.v[i] / b.v[i]; });
  }
};
HWY_INLINE Wide max(const Wide& a, const Wide& b) {
  return Wide::each([&](int i) HWY_ATTR { return larger(a.v[i], b.v[i]); });
}
HWY_INLINE Wide min(const Wide& a, const Wide& b) {
  return Wide::each([&](int i) HWY_ATTR { return smaller(a.v[i], b.v[i]); });
}
HWY_INLINE Wide sqrt(const Wide& a) {
  return Wide::each([&](int i) HWY_ATTR { return sqrt(a.v[i]); });
}
/// yes where a < b, else no.
HWY_INLINE Wide if_less(const Wide& a, const Wide& b, const Wide& yes, const Wide& no) {
  return Wide::each([&](int i) HWY_ATTR { return select(a.v[i] < b.v[i], yes.v[i], no.v[i]); });
}

struct Wide3 {
  Wide x, y, z;
  HWY_INLINE static Wide3 load(const SingleRow* rows, int lane) {
    return {Wide::load(rows[0].lane + lane), Wide::load(rows[1].lane + lane),
            Wide::load(rows[2].lane + lane)};
  }
  HWY_INLINE void store(SingleRow* rows, int lane) const {
    x.store(rows[0].lane + lane);
    y.store(rows[1].lane + lane);
    z.store(rows[2].lane + lane);
  }
  HWY_INLINE friend Wide3 operator+(Wide3 a, Wide3 b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
  HWY_INLINE friend Wide3 operator-(Wide3 a, Wide3 b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
  HWY_INLINE friend Wide3 operator*(Wide3 a, Wide s) { return {a.x * s, a.y * s, a.z * s}; }
};
HWY_INLINE Wide dot(Wide3 a, Wide3 b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
HWY_INLINE Wide3 times(Wide3 a, Wide3 b) {
  return {a.x * b.x, a.y * b.y, a.z * b.z};
}
HWY_INLINE Wide3 cross(Wide3 a, Wide3 b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}

// One row of the solver: a direction, its moment, what it turns, and 1 / effective mass.
struct Row {
  Wide3 along, moment, turns;
  Wide inverse;  // impulse per velocity
  Wide target;   // impulse wanted from the initial velocities
  Wide applied;
};

// Change of the body's velocities.
struct Change {
  Wide3 linear, angular;
};

struct Body {
  Wide3 velocity, omega, inverse_inertia;
  Wide inverse_mass;
};

HWY_INLINE Row make_row(const Body& body, Wide3 along, Wide3 arm) {
  Row row;
  row.along = along;
  row.moment = cross(arm, along);
  row.turns = times(body.inverse_inertia, row.moment);
  row.inverse = Wide(1) / (body.inverse_mass + dot(row.turns, row.moment));
  return row;
}

HWY_INLINE void apply(const Body& body, const Row& row, Wide impulse, Change& change) {
  change.linear = change.linear + row.along * (body.inverse_mass * impulse);
  change.angular = change.angular + row.turns * impulse;
}

// the impulse that brings the row to its target, before limits
HWY_INLINE Wide wanted(const Row& row, Wide target, Wide applied, const Change& change) {
  const Wide moving = dot(row.along, change.linear) + dot(row.moment, change.angular);
  return applied + (target - moving * row.inverse);
}

// Two directions across the normal: along the sliding, and at right angles to both. At rest any
// two.
HWY_INLINE void tangents(Wide3 normal, Wide3 velocity, Wide speed, Wide3& first, Wide3& second) {
  const Wide3 sliding = velocity - normal * speed;
  const Wide sliding2 = dot(sliding, sliding);
  // as btPlaneSpace1: cross the normal with z, or with x where it is close to z
  const Wide flat2 = normal.x * normal.x + normal.y * normal.y;
  const Wide steep2 = normal.y * normal.y + normal.z * normal.z;
  constexpr float kHalf = 0.5F;
  const Wide vertical2 = normal.z * normal.z;
  const auto pick = [&](Wide if_vertical, Wide otherwise) {
    return if_less(kHalf, vertical2, if_vertical, otherwise);
  };
  constexpr float kTiny = 1e-30F;  // slots without a point have no normal
  const Wide scale = Wide(1) / sqrt(max(pick(steep2, flat2), kTiny));
  const Wide3 rest{pick(0, Wide(0) - normal.y * scale),
                   pick(Wide(0) - normal.z * scale, normal.x * scale), pick(normal.y * scale, 0)};
  // below this squared speed Bullet takes a body to be at rest
  constexpr float kRest2 = 1.19209290e-07F;
  const Wide inverse = Wide(1) / sqrt(max(sliding2, kRest2));
  first = {if_less(kRest2, sliding2, sliding.x * inverse, rest.x),
           if_less(kRest2, sliding2, sliding.y * inverse, rest.y),
           if_less(kRest2, sliding2, sliding.z * inverse, rest.z)};
  second = cross(first, normal);
}

struct Point {
  Row normal, friction[2];
  Wide push_target, pushed, friction_limit;
};

HWY_INLINE Wide3 to_body(const Wide3* axes, Wide3 v) {
  return {dot(axes[0], v), dot(axes[1], v), dot(axes[2], v)};
}
HWY_INLINE Wide3 to_world(const Wide3* axes, Wide3 v) {
  return axes[0] * v.x + axes[1] * v.y + axes[2] * v.z;
}

HWY_INLINE void make_point(const Body& body, const Wide3* axes, SinglePoint& in, int lane,
                           float step_s, Point& point, Change& change) {
  const float inverse_step = 1.0F / step_s;
  const Wide3 arm = Wide3::load(in.arm_b_m, lane);
  const Wide3 normal = to_body(axes, Wide3::load(in.normal_w, lane));
  const Wide distance = Wide::load(in.distance_m.lane + lane);
  const Wide3 velocity = body.velocity + cross(body.omega, arm);
  const Wide speed = dot(normal, velocity);
  speed.store(in.speed_mps.lane + lane);

  // a fast approach bounces; a slower one is stopped where the gap closes
  const Wide bounce = Wide(0) - Wide::load(in.restitution.lane + lane) * speed;
  const Wide gap_speed = max(distance, 0) * inverse_step;
  const Wide resting = Wide(0) - speed - gap_speed;
  const Wide bouncing = if_less(0, bounce, bounce - speed, resting);
  const Wide error = if_less(speed, -kRestitutionSpeed, bouncing, resting);
  point.normal = make_row(body, normal, arm);
  point.normal.target = error * point.normal.inverse;
  point.push_target =
      (Wide(0) - min(distance, 0)) * (kPenetrationShare * inverse_step) * point.normal.inverse;
  point.pushed = 0;

  // start from the last impulse, but for bodies that part
  const Wide last = Wide::load(in.impulse_ns.lane + lane);
  point.normal.applied = if_less(kPartingSpeed, speed, 0, last * kWarmStart);
  apply(body, point.normal, point.normal.applied, change);

  Wide3 along[2];
  tangents(normal, velocity, speed, along[0], along[1]);
  for (int k = 0; k < 2; ++k) {
    Row& row = point.friction[k];
    row = make_row(body, along[k], arm);
    row.target = (Wide(0) - dot(along[k], velocity)) * row.inverse;
    row.applied = 0;
  }
  point.friction_limit = Wide::load(in.friction.lane + lane);
}

HWY_INLINE void iterate(const Body& body, Point* points, int num_points, Change& change) {
  for (int p = 0; p < num_points; ++p) {
    Row& row = points[p].normal;
    const Wide sum = max(wanted(row, row.target, row.applied, change), 0);
    apply(body, row, sum - row.applied, change);
    row.applied = sum;
  }
  for (int p = 0; p < num_points; ++p) {
    const Wide pressed = points[p].normal.applied;
    const Wide limit = points[p].friction_limit * pressed;
    for (int k = 0; k < 2; ++k) {
      Row& row = points[p].friction[k];
      const Wide sum =
          max(min(wanted(row, row.target, row.applied, change), limit), Wide(0) - limit);
      // as in Bullet, a point that has come loose keeps what its friction has done so far
      const Wide next = if_less(0, pressed, sum, row.applied);
      apply(body, row, next - row.applied, change);
      row.applied = next;
    }
  }
}

HWY_INLINE void correct(const Body& body, Point* points, int num_points, Change& change) {
  for (int p = 0; p < num_points; ++p) {
    Point& point = points[p];
    const Wide sum = max(wanted(point.normal, point.push_target, point.pushed, change), 0);
    // rows without penetration push nobody
    const Wide next = if_less(0, point.push_target, sum, point.pushed);
    apply(body, point.normal, next - point.pushed, change);
    point.pushed = next;
  }
}

HWY_INLINE void solve_wide(SingleGroup& group, int lane, int num_points, int iterations,
                           float step_s) {
  const Wide3 axes[3] = {Wide3::load(group.axes_w, lane), Wide3::load(group.axes_w + 3, lane),
                         Wide3::load(group.axes_w + 6, lane)};
  const Wide3 velocity_w = Wide3::load(group.velocity_w_mps, lane);
  Body body;
  body.velocity = to_body(axes, velocity_w);
  body.omega = Wide3::load(group.omega_b_radps, lane);
  body.inverse_mass = Wide::load(group.inverse_mass_per_kg.lane + lane);
  body.inverse_inertia = Wide3::load(group.inverse_inertia_b, lane);

  Point points[kMostSinglePoints];
  Change change{{0, 0, 0}, {0, 0, 0}};
  Change push{{0, 0, 0}, {0, 0, 0}};
  for (int p = 0; p < num_points; ++p)
    make_point(body, axes, group.points[p], lane, step_s, points[p], change);
  for (int i = 0; i < iterations; ++i) iterate(body, points, num_points, change);
  for (int i = 0; i < iterations; ++i) correct(body, points, num_points, push);

  (velocity_w + to_world(axes, change.linear)).store(group.velocity_w_mps, lane);
  (body.omega + change.angular).store(group.omega_b_radps, lane);
  to_world(axes, push.linear).store(group.push_w_mps, lane);
  push.angular.store(group.turn_b_radps, lane);
  for (int p = 0; p < num_points; ++p)
    points[p].normal.applied.store(group.points[p].impulse_ns.lane + lane);
}

void solve_singles_of(SingleGroup& group, int num_bodies, int num_points, int iterations,
                      float step_s) {
  for (int lane = 0; lane < num_bodies; lane += kWide * kVectorLanes) {
    if (num_points <= 4) {
      solve_wide(group, lane, 4, iterations, step_s);
    } else {
      solve_wide(group, lane, kMostSinglePoints, iterations, step_s);
    }
  }
}

}  // namespace volery::contact::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery::contact {

HWY_EXPORT(solve_singles_of);

void solve_singles(SingleGroup& group, int num_bodies, int num_points, int iterations,
                   float step_s) noexcept {
  HWY_DYNAMIC_DISPATCH(solve_singles_of)(group, num_bodies, num_points, iterations, step_s);
}

}  // namespace volery::contact
#endif
