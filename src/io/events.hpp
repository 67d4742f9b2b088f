// Events: what came into a batch, as bytes in order, and the chunk that holds a run of them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "io/bytes.hpp"
#include "io/chunk.hpp"
#include "io/recording.hpp"
#include "volery/batch.hpp"

namespace volery::io {

enum class EventKind : std::uint8_t {
  kStep = 1,      // nothing more: actions and fold have places of their own
  kReset,         // flags, seed, seeds, mask; a fold
  kAdvance,       // actions
  kFinish,        // arrays of the scores, each behind a 0 or 1; a fold
  kSetColumns,    // field, values
  kSetRows,       // field, values
  kSetState,      // world, field, values
  kSetGoal,       // goals, mask
  kSetConfig,     // changes as TOML, mask
  kRestore,       // worlds, snapshot; a fold
  kBranch,        // snapshot; a fold
  kSetConfigNow,  // changes as TOML, mask
  kSetJammers,    // world, kJammerNumbers each
};

/// Center, radius, probability, 1 where it falls.
inline constexpr std::size_t kJammerNumbers = 6;

/// Flags of kReset.
inline constexpr std::uint8_t kResetHasSeed = 1;

/// A StateFold in few bytes: all of it in one number, and enough to name what differs.
struct FoldRecord {
  std::uint64_t total = 0;
  std::vector<std::uint16_t> fields;
  std::vector<std::uint16_t> worlds;

  FoldRecord() = default;
  explicit FoldRecord(const StateFold& fold);
  friend bool operator==(const FoldRecord&, const FoldRecord&) = default;
};
[[nodiscard]] constexpr std::size_t fold_bytes(std::size_t fields, std::size_t worlds) noexcept {
  return sizeof(std::uint64_t) + sizeof(std::uint16_t) * (fields + worlds);
}

/// Marks as bytes: a count, then each.
void write_marks(const std::vector<Mark>& marks, ByteWriter& writer);
[[nodiscard]] std::vector<Mark> read_marks(ByteReader& reader);

/// A run of events, as it gathers and as it is read back.
struct EventChunk {
  std::uint64_t first_step = 0;
  std::uint32_t num_steps = 0;
  std::vector<std::uint8_t> events;
  std::vector<std::uint8_t> folds;  // [n][fold_bytes()]
  std::vector<float> actions;       // [steps][W][A][U]
  std::vector<Mark> marks;

  [[nodiscard]] bool empty() const noexcept { return events.empty(); }
  [[nodiscard]] std::size_t bytes() const noexcept {
    return events.size() + folds.size() + actions.size() * sizeof(float);
  }
  /// Empties it and keeps the memory.
  void clear() noexcept;
};

/// The chunk's bytes before they are packed, the planes of its actions last.
void encode(const EventChunk& chunk, PlaneShape actions, std::vector<std::uint8_t>& out);
/// Back again. Throws Error(kFile) for what is no such chunk.
void decode(std::span<const std::uint8_t> bytes, PlaneShape actions, EventChunk& chunk);

}  // namespace volery::io
