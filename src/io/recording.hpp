// Recordings: what stands in a .vrec file (docs/recording.md has the bytes).
//
// A recording is the config, everything that came in from outside (seeds, actions with outboxes,
// scores and writes of hosts), and a hash of the state after each step. Chunks of steps are
// compressed and checksummed one by one, so that a run that is killed leaves everything up to its
// last whole chunk.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "volery/value.hpp"

namespace volery::io {

inline constexpr std::uint32_t kRecordingFormat = 2;

struct RecordingHeader {
  std::uint32_t format = kRecordingFormat;
  std::string version;            // of volery, which wrote it
  Value config = Value::Table{};  // resolved: batch_config() makes the batch again
  Value host = Value::Table{};    // what a host declared of its task; empty: a built-in task
  std::uint64_t model_hash = 0;   // of vehicles, scene and layout as they were built
  int num_worlds = 0;             // W
  int num_agents = 0;             // A
  int num_props = 0;
  int action_size = 0;              // U
  double step_s = 0;                // agent step
  std::vector<std::string> fields;  // what is hashed one by one: names of fields, then "world", ...
  double poses_hz = 0;              // of sampled poses; 0: there are none
};

/// Something that a time bar shows.
struct Mark {
  enum class Kind : std::uint8_t {
    kTerminated,   // an agent
    kTruncated,    // an agent
    kWorldEnded,   // the episode of a world; agent = -1
    kWorldReset,   // from outside, likewise
    kWorldFailed,  // diverged, contacts overflowed or not placed: Status bits in `agent`
    kWritten,  // set_state, set_goal, set_config, set_jammers, restore or branch; world -1: several
  };
  std::uint64_t step = 0;  // position at which it shows
  std::int32_t world = 0;
  std::int32_t agent = -1;
  Kind kind = Kind::kWorldEnded;
  friend bool operator==(const Mark&, const Mark&) = default;
};
/// "terminated", "truncated", "world_ended", ...
[[nodiscard]] const char* mark_name(Mark::Kind kind) noexcept;

}  // namespace volery::io
