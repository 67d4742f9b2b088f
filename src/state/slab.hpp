// Worlds and slabs: a slab is a run of whole worlds whose blocks fit the cache together; one worker
// takes it through a whole agent step.
//
// Inside a slab the bodies of a kind are packed without gaps: agent a of the slab's world w is body
// w * num_agents + a of `agents`, and likewise for props. The world-local body index (agents first,
// then props) is the canonical order of everything that depends on order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "state/blocks.hpp"
#include "state/contact_records.hpp"
#include "state/jammer_records.hpp"

namespace volery {

/// Why a world was truncated by the simulator, one bit each. Reported by Batch.status.
enum Status : std::uint32_t {
  kStatusOk = 0,
  // a non-finite or runaway state; the world was truncated and reset (lower the step, check
  // actions)
  kStatusDiverged = 1U << 0U,
  // more contacts than contacts.max_per_world; the world was truncated and reset (raise the cap)
  kStatusContactOverflow = 1U << 1U,
  // the task could not place every agent at reset (lower num_agents or enlarge the spawn region)
  kStatusSpawnFailed = 1U << 2U,
};

/// Whether a world can be stepped.
enum class WorldPhase : std::uint32_t {
  kNeverReset = 0,
  kRunning = 1,
  kEnded = 2,  // terminated or truncated; what the next step does is the autoreset mode's choice
};

/// The bookkeeping of one world. Part of the state: hashed, in snapshots.
struct WorldHeader {
  std::uint64_t seed = 0;
  std::uint32_t episode = 0;
  std::uint32_t step = 0;  // agent steps since the reset
  std::uint32_t status = kStatusOk;
  WorldPhase phase = WorldPhase::kNeverReset;
  std::uint32_t variant = 0;       // which of the batch's task configs this episode runs under
  std::uint32_t next_variant = 0;  // and the next one will
};

/// A view on the state of a run of worlds. Cheap to copy.
struct Slab {
  int first_world = 0;  // in the batch
  int num_worlds = 0;
  int num_agents = 0;  // A, per world
  int num_props = 0;   // per world
  Blocks agents;
  Blocks props;
  WorldHeader* worlds = nullptr;  // [num_worlds]
  float* world_fields = nullptr;  // [num_worlds][num_world_fields] declared by the task
  int num_world_fields = 0;
  WorldContacts* contacts = nullptr;  // [num_worlds]
  WorldJammers* jammers = nullptr;    // [num_worlds]; null until somebody puts one down

  [[nodiscard]] int num_bodies_per_world() const noexcept { return num_agents + num_props; }
  [[nodiscard]] float* world_row(int world) const noexcept {
    return world_fields + static_cast<std::ptrdiff_t>(world) * num_world_fields;
  }
  /// Those that were put down in a world since its reset.
  [[nodiscard]] std::span<const JammerRecord> jammers_of(int world) const noexcept {
    if (jammers == nullptr) return {};
    return {jammers[world].records, jammers[world].count};
  }
  /// The blocks and index of a world-local body.
  struct BodyRef {
    const Blocks* blocks;
    int body;
  };
  [[nodiscard]] BodyRef body(int world, int local) const noexcept {
    if (local < num_agents) return {&agents, world * num_agents + local};
    return {&props, world * num_props + (local - num_agents)};
  }
};

}  // namespace volery
