// What a batch tells of its worlds beside observations and rewards: ends of episodes, counters,
// clocks, names of state fields. Plain data; volery/batch.hpp hands it out.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace volery {

/// What happened to whole worlds in the last step. Owned by the batch, valid until the next call.
struct WorldEvents {
  std::span<const std::uint8_t> ended;       // [W] 1 where the episode ended in the last step
  std::span<const std::uint8_t> terminated;  // [W] 1 where it ended by termination of every agent
  std::span<const std::uint8_t>
      just_reset;  // [W] 1 where the last step reset the world instead (next_step)
  std::span<const std::uint32_t> status;   // [W] Status bits of the last step
  std::span<const std::int32_t> length;    // [W] agent steps of the episode that ended last
  std::span<const float> episode_return;   // [W][A] of the episode that ended last
  std::span<const float> episode_terms;    // [W][A][T] sums of the reward terms, likewise
  std::span<const float> episode_metrics;  // [W][A][M] metrics, reduced over it
  std::span<const float> episode_radio;    // [W][A][radio_count_names()] totals; empty: no radio
  int num_ended = 0;                       // worlds with ended == 1
};

/// What steps and resets count.
struct StepCounts {
  std::uint64_t agent_steps = 0;
  std::uint64_t episodes = 0;
  std::uint64_t clipped_actions = 0;
  std::uint64_t diverged_worlds = 0;
  std::uint64_t overflowed_worlds = 0;
  std::uint64_t failed_spawns = 0;
  void add(const StepCounts& other) noexcept {
    agent_steps += other.agent_steps;
    episodes += other.episodes;
    clipped_actions += other.clipped_actions;
    diverged_worlds += other.diverged_worlds;
    overflowed_worlds += other.overflowed_worlds;
    failed_spawns += other.failed_spawns;
  }
};

/// Counters since the batch was built, for benchmarks and reports.
struct BatchStats : StepCounts {
  double near_share = 0;      // of body-substeps in the near set
  double touching_share = 0;  // of body-substeps with a contact point
  std::uint64_t extensions = 0;
  std::uint64_t audit_failures = 0;
};

/// Seconds of a clock that never goes back. The batch has none of its own: nothing that is
/// simulated may depend on one.
using ReadClock = double (*)();

/// What a stage of the step has cost since its clock was started.
struct StageTime {
  const char* name = "";    // "radio"
  double seconds = 0;       // summed over workers; of a world that they share, those of its leader
  std::uint64_t count = 0;  // of pieces of worlds that went through it
};

/// Where a world is in its life.
struct WorldClock {
  std::uint64_t seed = 0;
  std::uint32_t episode = 0;
  std::uint32_t step = 0;  // agent steps since its reset
  bool started = false;    // it was reset at least once
  bool ended = false;      // what the next step does is the autoreset mode's choice
};

/// What a task outside of the engine needs to know of the worlds.
struct WorldFacts {
  float step_s = 0;             // agent step
  float hover_speed_radps = 0;  // of the vehicle's rotors; of the widest where there are several
  std::array<float, 3> bounds_low_w_m{}, bounds_high_w_m{};  // of the scene
};

/// A field of the state, for state() and set_state().
struct StateField {
  std::string name;
  int width = 1;
  bool per_prop = false;  // rows are props instead of agents
  std::string unit, frame, writer, doc;
};

/// The state folded small: equal states of equal batches give equal numbers, whatever the threads.
/// Cheap enough for every step, where state_hash() is not: 32 bits per field, and none of them
/// meant to outlive a version. Owned by the batch, valid until its next call.
struct StateFold {
  std::span<const std::uint64_t> worlds;  // [W]
  std::span<const std::uint32_t> fields;  // [Batch::fold_names()] each over all worlds
};

}  // namespace volery
