#include "policy/flock_common.hpp"

#include <algorithm>
#include <cmath>

#include "core/math.hpp"
#include "policy/pilot_common.hpp"

namespace volery::policy {

namespace {

/// Olfati-Saber's sigma norm of a length.
float sigma_norm(float length, float epsilon) noexcept {
  return (std::sqrt(1 + epsilon * length * length) - 1) / epsilon;
}

/// His bump function: 1 up to h, smoothly 0 at 1.
float bump(float z, float h) noexcept {
  if (z < 0 || z > 1) return 0;
  if (z < h) return 1;
  return 0.5F * (1 + cos(kPi * (z - h) / (1 - h)));
}

float sigmoid(float z) noexcept {
  return z / std::sqrt(1 + z * z);
}

}  // namespace

VasarhelyiParams VasarhelyiParams::scaled(float length, float time) const noexcept {
  VasarhelyiParams s = *this;
  const float speed = length / time;
  for (float* v : {&s.flock_mps, &s.most_mps, &s.fr_mps, &s.sh_mps}) *v *= speed;
  for (float* v : {&s.rep_m, &s.fr_m, &s.sh_m}) *v *= length;
  for (float* v : {&s.rep_per_s, &s.fr_per_s, &s.sh_per_s}) *v /= time;
  for (float* v : {&s.fr_mps2, &s.sh_mps2}) *v *= speed / time;
  return s;
}

float braking_speed(float distance_m, float decel_mps2, float gain_per_s) noexcept {
  if (distance_m <= 0) return 0;
  if (distance_m * gain_per_s < decel_mps2 / gain_per_s) return distance_m * gain_per_s;
  const float knee_mps = decel_mps2 / gain_per_s;
  return std::sqrt(2 * decel_mps2 * distance_m - knee_mps * knee_mps);
}

Vec3 wall_velocity(const VasarhelyiParams& params, const Flock& flock) noexcept {
  Vec3 sum;
  for (int i = 0; i < flock.num_walls; ++i) {
    // a shill agent at the wall flies away from it: so does who aligns with it
    const Wall& wall = flock.walls[i];
    const Vec3 difference = wall.towards * -params.sh_mps - flock.velocity_mps;
    const float speed_mps = norm(difference);
    const float allowed_mps =
        braking_speed(wall.distance_m - params.sh_m, params.sh_mps2, params.sh_per_s);
    if (speed_mps <= allowed_mps) continue;
    sum = sum + difference * ((speed_mps - allowed_mps) / speed_mps);
  }
  return sum;
}

Vec3 vasarhelyi_velocity(const VasarhelyiParams& params, const Flock& flock) noexcept {
  Vec3 v;
  const float own_mps = norm(flock.velocity_mps);
  if (own_mps > 0) v = flock.velocity_mps * (params.flock_mps / own_mps);
  for (int i = 0; i < flock.num_mates; ++i) {
    const Flockmate& mate = flock.mates[i];
    const float distance_m = norm(mate.offset_m);
    if (distance_m > 0 && distance_m < params.rep_m) {
      const float push_mps = params.rep_per_s * (params.rep_m - distance_m);
      v = v - mate.offset_m * (push_mps / distance_m);
    }
    const float speed_mps = norm(mate.velocity_mps);
    const float allowed_mps = std::max(
        params.fr_mps, braking_speed(distance_m - params.fr_m, params.fr_mps2, params.fr_per_s));
    if (speed_mps > allowed_mps) {
      const float pull_mps = params.fr_gain * (speed_mps - allowed_mps);
      v = v + mate.velocity_mps * (pull_mps / speed_mps);
    }
  }
  return limited(v + wall_velocity(params, flock), params.most_mps);
}

ReynoldsParams ReynoldsParams::scaled(float length, float time) const noexcept {
  ReynoldsParams s = *this;
  const float speed = length / time;
  s.separation *= speed * speed;
  s.alignment /= time;
  s.cohesion /= time * time;
  s.separation_m *= length;
  s.sight_m *= length;
  s.most_mps2 *= speed / time;
  s.least_mps *= speed;
  s.most_mps *= speed;
  return s;
}

Vec3 reynolds_acceleration(const ReynoldsParams& params, const Flock& flock) noexcept {
  Vec3 separation, velocity, offset;
  int seen = 0;
  for (int i = 0; i < flock.num_mates; ++i) {
    const Flockmate& mate = flock.mates[i];
    const float square = dot(mate.offset_m, mate.offset_m);
    if (square == 0 || square > params.sight_m * params.sight_m) continue;
    ++seen;
    velocity = velocity + mate.velocity_mps;
    offset = offset + mate.offset_m;
    if (square < params.separation_m * params.separation_m) {
      separation = separation - mate.offset_m * (1 / square);
    }
  }
  if (seen == 0) return {};
  const float share = 1 / static_cast<float>(seen);
  return limited(separation * params.separation + velocity * (params.alignment * share) +
                     offset * (params.cohesion * share),
                 params.most_mps2);
}

Vec3 cruising(const ReynoldsParams& params, Vec3 velocity_mps) noexcept {
  const float speed_mps = norm(velocity_mps);
  if (speed_mps == 0) return velocity_mps;
  return velocity_mps * (std::clamp(speed_mps, params.least_mps, params.most_mps) / speed_mps);
}

Vec3 vicsek_heading(const Flock& flock, float sight_m, float noise_rad, Rng& rng) noexcept {
  Vec3 sum;
  const auto add = [&sum](Vec3 velocity_mps) {
    const Vec3 level{velocity_mps.x, velocity_mps.y, 0};
    const float speed_mps = norm(level);
    if (speed_mps > 0) sum = sum + level * (1 / speed_mps);
  };
  add(flock.velocity_mps);
  for (int i = 0; i < flock.num_mates; ++i) {
    const Flockmate& mate = flock.mates[i];
    if (dot(mate.offset_m, mate.offset_m) > sight_m * sight_m) continue;
    add(flock.velocity_mps + mate.velocity_mps);
  }
  const float turn_rad = rng.uniform(-0.5F, 0.5F) * noise_rad;
  const float angle_rad = atan2(sum.y, sum.x) + turn_rad;
  return {cos(angle_rad), sin(angle_rad), 0};
}

Vec3 olfati_saber_acceleration(const OlfatiSaberParams& params, const Flock& flock,
                               const Leader& leader) noexcept {
  const float epsilon = params.epsilon;
  const float spacing = sigma_norm(params.spacing_m, epsilon);
  const float sight = sigma_norm(params.spacing_m * params.sight_ratio, epsilon);
  const float skew = std::fabs(params.a - params.b) / std::sqrt(4 * params.a * params.b);
  Vec3 u;
  for (int i = 0; i < flock.num_mates; ++i) {
    const Flockmate& mate = flock.mates[i];
    const float square = dot(mate.offset_m, mate.offset_m);
    const float z = sigma_norm(std::sqrt(square), epsilon);
    const float weight = bump(z / sight, params.bump_alpha);
    if (weight == 0) continue;
    const float force =
        0.5F * ((params.a + params.b) * sigmoid(z - spacing + skew) + (params.a - params.b));
    const Vec3 direction = mate.offset_m * (1 / std::sqrt(1 + epsilon * square));
    u = u + direction * (params.c1_alpha * weight * force) +
        mate.velocity_mps * (params.c2_alpha * weight);
  }

  // a wall's agent slides along with this one, at the nearest point
  const float wall_spacing = sigma_norm(params.wall_ratio * params.spacing_m, epsilon);
  for (int i = 0; i < flock.num_walls; ++i) {
    const Wall& wall = flock.walls[i];
    const float z = sigma_norm(wall.distance_m, epsilon);
    const float weight = bump(z / wall_spacing, params.bump_beta);
    if (weight == 0) continue;
    const float force = weight * (sigmoid(z - wall_spacing) - 1);
    const float across =
        wall.distance_m / std::sqrt(1 + epsilon * wall.distance_m * wall.distance_m);
    const float approach_mps = dot(flock.velocity_mps, wall.towards);
    u = u +
        wall.towards * (params.c1_beta * force * across - params.c2_beta * weight * approach_mps);
  }

  const float way2 = dot(leader.offset_m, leader.offset_m);
  return u + leader.offset_m * (params.c1_gamma / std::sqrt(1 + way2)) +
         leader.velocity_mps * params.c2_gamma;
}

}  // namespace volery::policy
