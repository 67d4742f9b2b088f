// Flocking rules: what an agent does about the flockmates and walls that it knows of. Pure
// functions without vehicle or memory; the policies of the same names fly them.
//
// Sources: C. Reynolds, "Flocks, herds and schools", SIGGRAPH 1987; T. Vicsek et al., PRL 75, 1995;
// R. Olfati-Saber, "Flocking for multi-agent dynamic systems", IEEE TAC 51(3), 2006; G. Vasarhelyi
// et al., "Optimized flocking of autonomous drones in confined environments", Science Robotics 3,
// eaat3536, 2018.
#pragma once

#include "core/rng.hpp"
#include "core/types.hpp"

namespace volery::policy {

/// Another member of the flock, as seen from this one.
struct Flockmate {
  Vec3 offset_m;      // its position minus the own one
  Vec3 velocity_mps;  // its velocity minus the own one
};

/// The nearest point of a wall or obstacle.
struct Wall {
  Vec3 towards;  // unit
  float distance_m = 0;
};

/// What an agent knows.
struct Flock {
  const Flockmate* mates = nullptr;
  int num_mates = 0;
  const Wall* walls = nullptr;
  int num_walls = 0;
  Vec3 velocity_mps;  // own
};

/// Vasarhelyi et al., 2018; defaults are the optimum for 4 m/s of their table.
struct VasarhelyiParams {
  float flock_mps = 4, most_mps = 6;
  float rep_m = 25.6F, rep_per_s = 0.13F;  // repulsion
  float fr_m = 85.3F, fr_gain = 0.05F, fr_mps = 0.63F, fr_per_s = 3.20F, fr_mps2 = 4.16F;
  float sh_m = 0.3F, sh_mps = 13.6F, sh_per_s = 3.55F, sh_mps2 = 3.02F;  // walls
  /// The same flock with all lengths and times multiplied: what a slower, nimbler vehicle flies.
  [[nodiscard]] VasarhelyiParams scaled(float length, float time) const noexcept;
};
/// Speed allowed at a distance from where it has to be 0: linear near it, constant deceleration
/// farther out (their D).
[[nodiscard]] float braking_speed(float distance_m, float decel_mps2, float gain_per_s) noexcept;
/// The wished velocity: self-propulsion, repulsion, friction, walls; at most most_mps.
[[nodiscard]] Vec3 vasarhelyi_velocity(const VasarhelyiParams& params, const Flock& flock) noexcept;
/// What walls alone add to it.
[[nodiscard]] Vec3 wall_velocity(const VasarhelyiParams& params, const Flock& flock) noexcept;

/// Reynolds' three rules in the form of a single flock; the defaults keep 30 and 100 together.
struct ReynoldsParams {
  float separation = 10;  // m^2/s^2, times sum of -d / |d|^2 within separation_m
  float alignment = 1;    // 1/s, times mean velocity minus own
  float cohesion = 0.3F;  // 1/s^2, times mean offset
  float separation_m = 5, sight_m = 12;
  float most_mps2 = 4;
  float least_mps = 2, most_mps = 5;
  [[nodiscard]] ReynoldsParams scaled(float length, float time) const noexcept;
};
[[nodiscard]] Vec3 reynolds_acceleration(const ReynoldsParams& params, const Flock& flock) noexcept;
/// A velocity with its length cut to [least_mps, most_mps]; 0 stays 0.
[[nodiscard]] Vec3 cruising(const ReynoldsParams& params, Vec3 velocity_mps) noexcept;

/// Vicsek's new heading in the plane: the angle of the mean unit velocity of those within
/// `sight_m`, itself included, turned by U[-noise_rad / 2, noise_rad / 2]. Unit vector; mates' and
/// own velocities of 0 do not count.
[[nodiscard]] Vec3 vicsek_heading(const Flock& flock, float sight_m, float noise_rad,
                                  Rng& rng) noexcept;

/// Olfati-Saber's Algorithm 2 (with 0 gains of gamma: Algorithm 1) in his units, d = 7.
struct OlfatiSaberParams {
  float spacing_m = 7;       // d
  float sight_ratio = 1.2F;  // r / d, and r' / d'
  float wall_ratio = 0.6F;   // d' / d
  float epsilon = 0.1F;
  float a = 5, b = 5;
  float bump_alpha = 0.2F, bump_beta = 0.9F;
  // the usual gains: c2 = 2 sqrt(c1)
  float c1_alpha = 2, c2_alpha = 2.8284271F;
  float c1_beta = 3, c2_beta = 3.4641016F;
  float c1_gamma = 1, c2_gamma = 2;
};
/// Where the flock is led: offset to that point, and its velocity minus the own one.
struct Leader {
  Vec3 offset_m;
  Vec3 velocity_mps;
};
[[nodiscard]] Vec3 olfati_saber_acceleration(const OlfatiSaberParams& params, const Flock& flock,
                                             const Leader& leader) noexcept;

}  // namespace volery::policy
