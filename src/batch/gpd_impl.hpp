// What GpdBatch holds; shared by its files.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "core/workers.hpp"
#include "flight/gpd_action.hpp"
#include "flight/gpd_compat.hpp"
#include "volery/gpd.hpp"

namespace volery {

namespace gpd {

enum class Phase : std::uint32_t { kNeverReset, kRunning, kEnded };

/// A world's own numbers beside its drones.
struct Header {
  std::int64_t substeps = 0;  // since the reset; what the time limit is compared with
  double episode_return = 0;
  std::int32_t length = 0;  // steps of this episode
  Phase phase = Phase::kNeverReset;
};
static_assert(sizeof(Header) == 24);

/// Sizes and constants that a config comes down to.
struct Setup {
  explicit Setup(GpdConfig given);

  GpdConfig config;
  ActionMap map;
  World world;
  int substeps = 1;
  int action_size = 4;
  int buffer_size = 0;  // actions in the observation
  int observation_size = kStateSize;
  bool scored = false;  // the hover tasks: reward, end conditions, action buffer
  std::vector<double> start_xyzs, start_rpys;  // [A][3]
  std::vector<Drone> start;                    // [A]
  std::vector<V3> targets;                     // [A] of the hover tasks

  [[nodiscard]] std::size_t agents() const noexcept { return start.size(); }
  /// Floats in the action buffer of a world: a ring per drone, [A][B][U].
  [[nodiscard]] std::size_t ring_floats() const noexcept {
    return agents() * static_cast<std::size_t>(buffer_size * action_size);
  }
};

/// The memory of one world, inside the arrays of the batch.
struct WorldView {
  Header& header;
  std::uint32_t& ring_head;  // index of the oldest action
  std::span<Drone> drones;
  std::span<PidState> pids;
  std::span<float> ring;
};

/// What a step of one world found.
struct Score {
  double reward = 0;
  bool terminated = false, truncated = false, diverged = false;
};

using Rpm = std::array<double, kRotors>;

/// Memory of a worker, for a run of worlds.
struct Worker {
  Scratch scratch;
  std::vector<Rpm> rpm;
};

void reset_world(const Setup& setup, bool fresh, WorldView world) noexcept;
/// Rotor speeds [A] from the actions [A][U], which go into the action buffer too.
void command(const Setup& setup, const double* actions, WorldView world, Rpm* rpm) noexcept;
/// Scores a world whose drones have flown.
[[nodiscard]] Score finish(const Setup& setup, WorldView world) noexcept;
/// One row of observation and state per drone; null where not wanted.
void write_rows(const Setup& setup, WorldView world, float* observation, double* state) noexcept;

}  // namespace gpd

struct GpdBatch::Impl {
  explicit Impl(GpdConfig config);

  gpd::Setup setup;
  Workers pool;
  std::vector<gpd::Worker> workers;

  // everything that persists, world by world
  std::vector<gpd::Header> headers;
  std::vector<std::uint32_t> ring_heads;
  std::vector<gpd::Drone> drones;
  std::vector<gpd::PidState> pids;
  std::vector<float> rings;

  // events of the last step
  std::vector<std::uint8_t> ended, just_reset, diverged;
  std::vector<std::int32_t> length;
  std::vector<double> episode_return;
  GpdEvents events;
  bool all_started = false;
  mutable std::atomic<bool> busy{false};

  [[nodiscard]] gpd::WorldView view(int world) noexcept;
  /// Worlds that a worker takes at a time.
  [[nodiscard]] int run_length() const noexcept;
  void check_world(int world, const char* call) const;
  /// job(first_world, last_world, worker) for runs of worlds, on the pool.
  template <class Job>
  void for_each_run(Job&& job) noexcept;
};

}  // namespace volery
