#include "contact/single_lanes.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "contact/single_lanes.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "contact/solver_rules.hpp"
#include "core/vec3_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::contact::HWY_NAMESPACE {

using namespace volery::HWY_NAMESPACE;  // NOLINT: the lane vocabulary of this target

HWY_INLINE Vec3F32 load(const SingleRow* rows, int lane) {
  return Vec3F32::load(rows[0].lane + lane, kSingleLanes);
}
HWY_INLINE void store(Vec3F32 v, SingleRow* rows, int lane) {
  v.store(rows[0].lane + lane, kSingleLanes);
}

struct Body {
  Vec3F32 axes_w[3];
  Vec3F32 velocity_b, omega_b, inverse_inertia_b;
  F32 inverse_mass;
};

HWY_INLINE Vec3F32 to_body(const Body& body, Vec3F32 v) {
  return {dot(body.axes_w[0], v), dot(body.axes_w[1], v), dot(body.axes_w[2], v)};
}
HWY_INLINE Vec3F32 to_world(const Body& body, Vec3F32 v) {
  return v.x * body.axes_w[0] + v.y * body.axes_w[1] + v.z * body.axes_w[2];
}

HWY_INLINE Body load_body(const SingleGroup& group, int lane) {
  Body body;
  for (int i = 0; i < 3; ++i) body.axes_w[i] = load(group.axes_w + 3 * i, lane);
  body.velocity_b = to_body(body, load(group.velocity_w_mps, lane));
  body.omega_b = load(group.omega_b_radps, lane);
  body.inverse_inertia_b = load(group.inverse_inertia_b, lane);
  body.inverse_mass = F32::load(group.inverse_mass_per_kg.lane + lane);
  return body;
}

// All rows of all points. A row is a direction at a point: first the normals, then two directions
// of friction for each point.
//
// Rows are kept in terms of impulses alone: `wanted` is the impulse that would bring a row to its
// target, all others as they are, and an impulse on one row changes what the others want by their
// coupling, J_j M^-1 J_i^T over row j's own. That is Gauss-Seidel on the velocities to the letter,
// but the chain from one row to the next is four operations instead of sixteen, and the chain is
// what the time goes into.
template <int kPoints>
struct Rows {
  static constexpr int kCount = 3 * kPoints;
  Vec3F32 along[kCount], moment[kCount], turns[kCount];
  F32 inverse[kCount];           // impulse per velocity
  F32 wanted[kCount];            // impulse that the row should exert, limits apart
  F32 applied[kCount];           // impulse exerted so far
  F32 coupling[kCount][kCount];  // [i][j]: what row j gets of an impulse on row i
  F32 friction[kPoints];         // coefficient
  F32 push_target[kPoints];      // the penetration correction has normals only
  F32 pushed[kPoints];
};

// Two directions across the normal: along the sliding, and at right angles to both. At rest any
// two.
HWY_INLINE void tangents(Vec3F32 normal, Vec3F32 velocity, F32 speed, Vec3F32* across) {
  const Vec3F32 sliding = velocity - speed * normal;
  const F32 sliding2 = dot(sliding, sliding);
  // as btPlaneSpace1: cross the normal with z, or with x where it is close to z
  const Mask steep = normal.z * normal.z > 0.5F;
  const F32 flat2 = normal.x * normal.x + normal.y * normal.y;
  const F32 steep2 = normal.y * normal.y + normal.z * normal.z;
  constexpr float kTiny = 1e-30F;  // slots without a point have no normal
  const F32 scale = F32(1) / sqrt(max(select(steep, steep2, flat2), kTiny));
  const F32 zero(0.0F);
  const Vec3F32 rest = select(steep, Vec3F32{zero, zero - normal.z * scale, normal.y * scale},
                              Vec3F32{zero - normal.y * scale, normal.x * scale, zero});
  // below this squared speed Bullet takes a body to be at rest
  constexpr float kRest2 = 1.19209290e-07F;
  const F32 inverse = F32(1) / sqrt(max(sliding2, kRest2));
  across[0] = select(sliding2 > kRest2, inverse * sliding, rest);
  across[1] = cross(across[0], normal);
}

template <int kPoints>
HWY_INLINE void set_row(const Body& body, Vec3F32 arm, Vec3F32 along, int i, Rows<kPoints>& rows) {
  rows.along[i] = along;
  rows.moment[i] = cross(arm, along);
  rows.turns[i] = body.inverse_inertia_b * rows.moment[i];
  rows.inverse[i] = F32(1) / (body.inverse_mass + dot(rows.turns[i], rows.moment[i]));
}

template <int kPoints>
HWY_INLINE void set_point(const Body& body, SinglePoint& in, int lane, float step_s, int p,
                          Rows<kPoints>& rows) {
  const float inverse_step = 1.0F / step_s;
  const F32 zero(0.0F);
  const Vec3F32 arm = load(in.arm_b_m, lane);
  const Vec3F32 normal = to_body(body, load(in.normal_w, lane));
  const F32 distance = F32::load(in.distance_m.lane + lane);
  const Vec3F32 velocity = body.velocity_b + cross(body.omega_b, arm);
  const F32 speed = dot(normal, velocity);
  speed.store(in.speed_mps.lane + lane);

  // a fast approach bounces; a slower one is stopped where the gap closes
  const F32 bounce = zero - F32::load(in.restitution.lane + lane) * speed;
  const F32 resting = zero - speed - max(distance, zero) * inverse_step;
  const F32 bouncing = select(bounce > 0.0F, bounce - speed, resting);
  const F32 error = select(speed < -kRestitutionSpeed, bouncing, resting);
  set_row(body, arm, normal, p, rows);
  rows.wanted[p] = error * rows.inverse[p];
  rows.push_target[p] =
      (zero - min(distance, zero)) * (kPenetrationShare * inverse_step) * rows.inverse[p];
  rows.pushed[p] = zero;
  // start from the last impulse, but for bodies that part
  const F32 last = F32::load(in.impulse_ns.lane + lane);
  rows.applied[p] = select(speed > kPartingSpeed, zero, last * kWarmStart);

  Vec3F32 across[2];
  tangents(normal, velocity, speed, across);
  for (int k = 0; k < 2; ++k) {
    const int i = kPoints + 2 * p + k;
    set_row(body, arm, across[k], i, rows);
    rows.wanted[i] = (zero - dot(across[k], velocity)) * rows.inverse[i];
    rows.applied[i] = zero;
  }
  rows.friction[p] = F32::load(in.friction.lane + lane);
}

template <int kPoints>
HWY_INLINE void couple(const Body& body, Rows<kPoints>& rows) {
  constexpr int kCount = Rows<kPoints>::kCount;
  for (int i = 0; i < kCount; ++i) {
    for (int j = 0; j <= i; ++j) {
      const F32 shared = body.inverse_mass * dot(rows.along[i], rows.along[j]) +
                         dot(rows.turns[i], rows.moment[j]);
      rows.coupling[i][j] = shared * rows.inverse[j];
      rows.coupling[j][i] = shared * rows.inverse[i];
    }
  }
  // the impulses that the normals start from
  for (int i = 0; i < kPoints; ++i) {
    for (int j = 0; j < kCount; ++j) {
      if (j != i) rows.wanted[j] = rows.wanted[j] - rows.coupling[i][j] * rows.applied[i];
    }
  }
}

// Loops are unrolled so that `wanted` stays in registers: through memory the chain is twice as
// long.
#define VOLERY_UNROLL _Pragma("GCC unroll 24")

template <int kPoints>
HWY_INLINE void exert(Rows<kPoints>& rows, F32* wanted, int i, F32 next) {
  const F32 change = next - rows.applied[i];
  rows.applied[i] = next;
  // what the row itself wants does not depend on what it does
  VOLERY_UNROLL
  for (int j = 0; j < Rows<kPoints>::kCount; ++j) {
    if (j != i) wanted[j] = wanted[j] - rows.coupling[i][j] * change;
  }
}

template <int kPoints>
HWY_INLINE void iterate(Rows<kPoints>& rows, F32* wanted) {
  const F32 zero(0.0F);
  VOLERY_UNROLL
  for (int p = 0; p < kPoints; ++p) exert(rows, wanted, p, max(wanted[p], zero));
  VOLERY_UNROLL
  for (int p = 0; p < kPoints; ++p) {
    const F32 pressed = rows.applied[p];
    const F32 limit = rows.friction[p] * pressed;
    const Mask pressing = pressed > 0.0F;
    VOLERY_UNROLL
    for (int k = 0; k < 2; ++k) {
      const int i = kPoints + 2 * p + k;
      const F32 within = max(min(wanted[i], limit), zero - limit);
      // as in Bullet, a point that has come loose keeps what its friction has done so far
      exert(rows, wanted, i, select(pressing, within, rows.applied[i]));
    }
  }
}

template <int kPoints>
HWY_INLINE void correct(Rows<kPoints>& rows, F32* wanted) {
  const F32 zero(0.0F);
  VOLERY_UNROLL
  for (int p = 0; p < kPoints; ++p) {
    // rows without penetration push nobody
    const F32 next = select(rows.push_target[p] > 0.0F, max(wanted[p], zero), rows.pushed[p]);
    const F32 change = next - rows.pushed[p];
    rows.pushed[p] = next;
    VOLERY_UNROLL
    for (int j = 0; j < kPoints; ++j) {
      if (j != p) wanted[j] = wanted[j] - rows.coupling[p][j] * change;
    }
  }
}

template <int kPoints>
HWY_INLINE void solve_vector(SingleGroup& group, int lane, int iterations, float step_s) {
  const Body body = load_body(group, lane);
  Rows<kPoints> rows;
  for (int p = 0; p < kPoints; ++p) set_point(body, group.points[p], lane, step_s, p, rows);
  couple(body, rows);
  F32 wanted[Rows<kPoints>::kCount];
  F32 push_wanted[kPoints];
  for (int i = 0; i < Rows<kPoints>::kCount; ++i) wanted[i] = rows.wanted[i];
  for (int p = 0; p < kPoints; ++p) push_wanted[p] = rows.push_target[p];
  // two chains that know nothing of each other: side by side they take the time of one
  for (int i = 0; i < iterations; ++i) {
    iterate(rows, wanted);
    correct(rows, push_wanted);
  }

  const F32 zero(0.0F);
  Vec3F32 pull{zero, zero, zero}, spin{zero, zero, zero};
  Vec3F32 push{zero, zero, zero}, turn{zero, zero, zero};
  for (int i = 0; i < Rows<kPoints>::kCount; ++i) {
    pull = pull + rows.applied[i] * rows.along[i];
    spin = spin + rows.applied[i] * rows.turns[i];
  }
  for (int p = 0; p < kPoints; ++p) {
    push = push + rows.pushed[p] * rows.along[p];
    turn = turn + rows.pushed[p] * rows.turns[p];
    rows.applied[p].store(group.points[p].impulse_ns.lane + lane);
  }
  store(load(group.velocity_w_mps, lane) + to_world(body, body.inverse_mass * pull),
        group.velocity_w_mps, lane);
  store(body.omega_b + spin, group.omega_b_radps, lane);
  store(to_world(body, body.inverse_mass * push), group.push_w_mps, lane);
  store(turn, group.turn_b_radps, lane);
}

void solve_singles_of(SingleGroup& group, int num_bodies, int num_points, int iterations,
                      float step_s) {
  for (int lane = 0; lane < num_bodies; lane += kVectorLanes) {
    if (num_points <= 4) {
      solve_vector<4>(group, lane, iterations, step_s);
    } else {
      solve_vector<kMostSinglePoints>(group, lane, iterations, step_s);
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
