// One control step of one world of the gpd mode: actions, flight, reward, end conditions, rows.
#include <algorithm>

#include "batch/gpd_impl.hpp"

namespace volery::gpd {

namespace {

double square(double x) noexcept {
  return x * x;
}

// The newest actions into the ring, one slot for all drones.
void remember(const Setup& setup, const double* actions, WorldView world) noexcept {
  const auto width = static_cast<std::size_t>(setup.action_size);
  const auto stride = static_cast<std::size_t>(setup.buffer_size) * width;
  for (std::size_t i = 0; i < setup.agents(); ++i) {
    float* slot = world.ring.data() + i * stride + world.ring_head * width;
    for (std::size_t c = 0; c < width; ++c) {
      slot[c] = static_cast<float>(actions[i * width + c]);
    }
  }
  world.ring_head = (world.ring_head + 1) % static_cast<std::uint32_t>(setup.buffer_size);
}

bool is_finite(const Drone& drone) noexcept {
  // infinities and NaN all survive this sum
  const V3 sum = drone.position_w_m + drone.velocity_w_mps + drone.omega_w_radps;
  return (sum.x + sum.y + sum.z) * 0 == 0 && norm2(drone.quat_wb) * 0 == 0;
}

// |roll| or |pitch| above 0.4 rad. Angles are computed only where sine and tangent do not tell:
// they would be a tenth of the step.
bool is_tilted(Q4 q) noexcept {
  constexpr double kTilt = 0.4, kSine = 0.389418, kTangent = 0.422793;  // a little below the exact
  const double sine_pitch = 2 * (q.w * q.y - q.x * q.z);
  const double across = 2 * (q.y * q.z + q.w * q.x);
  const double up = q.w * q.w - q.x * q.x - q.y * q.y + q.z * q.z;
  if (math64::abs(sine_pitch) < kSine && math64::abs(across) < kTangent * up) return false;
  const V3 rpy = rpy_of(q);
  return math64::abs(rpy.x) > kTilt || math64::abs(rpy.y) > kTilt;
}

// Rewards and end conditions of HoverAviary and MultiHoverAviary.
Score score(const Setup& setup, WorldView world) noexcept {
  const double bound_m = setup.config.task == GpdTask::kHover ? 1.5 : 2.0;
  constexpr double kCeiling = 2.0, kArrived = 1e-4;
  Score result;
  double distance_m = 0;
  for (std::size_t i = 0; i < setup.agents(); ++i) {
    const Drone& drone = world.drones[i];
    const double error_m = norm(setup.targets[i] - drone.position_w_m);
    distance_m += error_m;
    result.reward += std::max(0.0, 2 - square(square(error_m)));
    const V3 p = drone.position_w_m;
    result.truncated |= math64::abs(p.x) > bound_m || math64::abs(p.y) > bound_m ||
                        p.z > kCeiling || is_tilted(drone.quat_wb);
  }
  result.terminated = distance_m < kArrived;
  // the original compares before it counts this step, and with >: 242 steps of 8 s at 30 Hz
  result.truncated |= static_cast<double>(world.header.substeps) / setup.config.physics_rate_hz >
                      setup.config.episode_s;
  return result;
}

// Position, roll pitch yaw, velocity, angular velocity, then the actions, oldest first.
void write_observation(const Setup& setup, const Drone& drone, const float* ring,
                       std::uint32_t head, float* out) noexcept {
  const V3 rpy = rpy_of(drone.quat_wb);
  for (const V3 v : {drone.position_w_m, rpy, drone.velocity_w_mps, drone.omega_w_radps}) {
    *out++ = static_cast<float>(v.x);
    *out++ = static_cast<float>(v.y);
    *out++ = static_cast<float>(v.z);
  }
  const auto width = static_cast<std::ptrdiff_t>(setup.action_size);
  const float* oldest = ring + width * static_cast<std::ptrdiff_t>(head);
  out = std::copy(oldest, ring + width * setup.buffer_size, out);
  std::copy(ring, oldest, out);
}

}  // namespace

void reset_world(const Setup& setup, bool fresh, WorldView world) noexcept {
  std::copy(setup.start.begin(), setup.start.end(), world.drones.begin());
  if (fresh || setup.config.forget_on_reset) {
    std::fill(world.pids.begin(), world.pids.end(), PidState{});
    std::fill(world.ring.begin(), world.ring.end(), 0.0F);
    world.ring_head = 0;
  }
  world.header = {.substeps = 0, .episode_return = 0, .length = 0, .phase = Phase::kRunning};
}

void command(const Setup& setup, const double* actions, WorldView world, Rpm* rpm) noexcept {
  if (setup.buffer_size > 0) remember(setup, actions, world);
  for (std::size_t i = 0; i < setup.agents(); ++i) {
    rpm[i] = rotor_rpm(setup.map, world.drones[i],
                       actions + i * static_cast<std::size_t>(setup.action_size), world.pids[i]);
  }
}

Score finish(const Setup& setup, WorldView world) noexcept {
  Score result;
  if (!std::all_of(world.drones.begin(), world.drones.end(), is_finite)) {
    // the original goes on with NaN
    const Header kept = world.header;
    reset_world(setup, true, world);
    world.header = kept;
    result.truncated = result.diverged = true;
  } else if (setup.scored) {
    result = score(setup, world);
  } else {
    result.reward = -1;
  }
  world.header.substeps += setup.substeps;
  world.header.length += 1;
  world.header.episode_return += result.reward;
  if (result.terminated || result.truncated) world.header.phase = Phase::kEnded;
  return result;
}

void write_rows(const Setup& setup, WorldView world, float* observation, double* state) noexcept {
  const auto stride = static_cast<std::size_t>(setup.buffer_size * setup.action_size);
  for (std::size_t i = 0; i < setup.agents(); ++i) {
    if (state != nullptr) write_state(world.drones[i], state + i * kStateSize);
    if (observation != nullptr && setup.scored) {
      write_observation(setup, world.drones[i], world.ring.data() + i * stride, world.ring_head,
                        observation + i * static_cast<std::size_t>(setup.observation_size));
    }
  }
}

}  // namespace volery::gpd
