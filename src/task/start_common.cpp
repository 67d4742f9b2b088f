#include "task/start_common.hpp"

#include <cmath>

#include "core/math.hpp"
#include "state/fleet_rows.hpp"
#include "volery/error.hpp"

namespace volery::task {

namespace {

// Half of the cube lies in the ball, so the last draw is reached once in 2^16 starts.
constexpr int kBallDraws = 16;

/// A point of the unit ball by rejection from the cube around it: three words, no trigonometry.
Vec3 point_in_ball(Rng& rng) noexcept {
  Vec3 p;
  for (int i = 0; i < kBallDraws; ++i) {
    p.x = rng.uniform(-1, 1);
    p.y = rng.uniform(-1, 1);
    p.z = rng.uniform(-1, 1);
    if (dot(p, p) <= 1) return p;
  }
  return p * 0.5F;
}

}  // namespace

void StartConfig::describe(FieldVisitor& v) {
  v.field("attitude_rad", attitude_rad,
          {.unit = "rad",
           .low = 0,
           .high = kPi,
           .doc = "largest rotation from level at the start, about any axis; pi includes upside "
                  "down"});
  v.field(
      "velocity_mps", velocity_mps,
      {.unit = "m/s", .low = 0, .high = 50, .doc = "largest start velocity along each world axis"});
  v.field("rates_radps", rates_radps,
          {.unit = "rad/s",
           .low = 0,
           .high = 100,
           .doc = "largest start rate about each body axis (tumbling)"});
  v.field("separation_m", separation_m,
          {.unit = "m",
           .low = 0,
           .high = 1000,
           .doc = "least distance between agents at the start; 0: three bounding radii"});
  v.field("clearance_m", clearance_m,
          {.unit = "m",
           .low = 0,
           .high = 1000,
           .doc = "least distance to obstacles at the start; 0: two bounding radii"});
}

StartConfig resolved(const StartConfig& config, const Vehicle& vehicle) {
  StartConfig result = config;
  const float radius_m = vehicle.bounding_radius_m;
  if (result.separation_m <= 0) result.separation_m = 3 * radius_m;
  if (result.clearance_m <= 0) result.clearance_m = 2 * radius_m;
  if (result.separation_m < 2 * radius_m) {
    throw Error(ErrorKind::kValue,
                "task_config.start.separation_m = " + std::to_string(result.separation_m) +
                    ": agents of vehicle '" + vehicle.config.name + "' touch below " +
                    std::to_string(2 * radius_m));
  }
  return result;
}

Start::Start(const StartConfig& config, const Vehicle& vehicle, int fleet_row)
    : rotation_(sin(0.25F * config.attitude_rad) / cos(0.25F * config.attitude_rad)),
      velocity_mps_(config.velocity_mps),
      rates_radps_(config.rates_radps),
      hover_speed_radps_(vehicle.hover_speed_radps),
      num_rotors_(vehicle.num_rotors),
      fleet_row_(fleet_row) {}

void Start::apply(const Slab& slab, int world, int agent, std::uint32_t step) const noexcept {
  const WorldHeader& header = slab.worlds[world];
  const int body = world * slab.num_agents + agent;
  Rng rng(header.seed, header.episode, Stream::kTask, static_cast<std::uint32_t>(agent), step);

  // modified Rodrigues vector s = axis tan(angle / 4) to quaternion: rational, so no trigonometry
  const Vec3 s = point_in_ball(rng) * rotation_;
  const float square = dot(s, s);
  const float scale = 1 / (1 + square);
  slab.agents.set_quat(body,
                       {2 * s.x * scale, 2 * s.y * scale, 2 * s.z * scale, (1 - square) * scale});

  Vec3 velocity_w_mps, omega_b_radps;
  for (float* v : {&velocity_w_mps.x, &velocity_w_mps.y, &velocity_w_mps.z}) {
    *v = rng.uniform(-velocity_mps_, velocity_mps_);
  }
  for (float* v : {&omega_b_radps.x, &omega_b_radps.y, &omega_b_radps.z}) {
    *v = rng.uniform(-rates_radps_, rates_radps_);
  }
  slab.agents.set_vec3(body, kVelocity, velocity_w_mps);
  slab.agents.set_vec3(body, kOmega, omega_b_radps);

  spin_rotors(slab, body);
}

void Start::spin_rotors(const Slab& slab, int body) const noexcept {
  // commands and speeds of all rotors follow each other
  int rows = num_rotors_;
  int own = num_rotors_;
  float speed = hover_speed_radps_;
  if (fleet_row_ >= 0) {
    rows = (fleet_row_ - kRotorRows) / 2;
    own = static_cast<int>(slab.agents.at(body, fleet_row_ + kTypeRotors));
    speed = slab.agents.at(body, fleet_row_ + kTypeHoverSpeed);
  }
  for (int i = 0; i < own; ++i) {
    slab.agents.at(body, kRotorRows + i) = speed;
    slab.agents.at(body, kRotorRows + rows + i) = speed;
  }
}

}  // namespace volery::task
