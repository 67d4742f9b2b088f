// Player: a recording that runs again. Opens a .vrec file, builds the batch that it was made of,
// and takes it to any step by doing again what was done then; so everything that a live batch tells
// (state, observation, packets, reward terms) can be asked of a recorded one.
//
//   io::Player player("run.vrec", {.trace = true});
//   player.seek(300);
//   player.batch().state("position_w_m", positions);
//   while (player.step()) draw(player.batch());
//
// Position n is the state right after step n; position 0 is what the first step starts from. Not
// for two threads at once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/recording.hpp"
#include "volery/batch.hpp"

namespace volery::io {

struct PlayerOptions {
  int num_threads = 1;   // 0: one per core; results do not depend on it
  bool trace = false;    // keep the packets of each step (Batch::packets()) where there is a radio
  double ring_mb = 256;  // memory for snapshots of its own, which make seeking fast
  bool terms = true;     // write reward terms, final observations
};

/// Where a replay differs from what was recorded.
struct Difference {
  std::uint64_t step = 0;           // the first position that differs
  std::string what = "step";        // or "reset", "restore", "branch": what went before it
  std::vector<int> worlds;          // those that differ, ascending
  std::vector<std::string> fields;  // names of the fields that differ in any of them
  /// "step 812: world 3 differs in velocity_w_mps, omega_b_radps"
  [[nodiscard]] std::string text() const;
};

class Player {
 public:
  /// Throws Error: kFile for a file that cannot be read, is no recording, of another version,
  /// damaged at its head; kValue where its config no longer builds what was recorded (a vehicle or
  /// scene file has changed).
  explicit Player(const std::filesystem::path& path, const PlayerOptions& options = {});
  ~Player();
  Player(Player&&) noexcept;
  Player& operator=(Player&&) noexcept;

  /// Version, config, seed, names of fields; see io/recording.hpp.
  [[nodiscard]] const RecordingHeader& header() const noexcept;
  /// Steps that can be played: to the last whole chunk of a file that was cut short.
  [[nodiscard]] std::uint64_t num_steps() const noexcept;
  /// False where the run that wrote it was killed, or the file is damaged further on.
  [[nodiscard]] bool complete() const noexcept;
  /// "" where complete; else why it ends where it ends.
  [[nodiscard]] const std::string& notice() const noexcept;
  /// Agent step, s.
  [[nodiscard]] double step_s() const noexcept;
  /// What happened when, for time bars: ends of worlds and agents, resets, writes from outside.
  [[nodiscard]] const std::vector<Mark>& marks() const noexcept;

  /// The batch at the present position. Valid while the player lives; change nothing in it.
  [[nodiscard]] const Batch& batch() const noexcept;
  /// Times the stages of the batch's steps (Batch::time_stages).
  void time_stages(ReadClock now_s);
  /// Position, in [0, num_steps()].
  [[nodiscard]] std::uint64_t position() const noexcept;
  /// Position in seconds since the recording began: position() * step_s().
  [[nodiscard]] double time_s() const noexcept;
  /// One step forward; false at the end. Throws Error(kFile) for a chunk that is damaged.
  bool step();
  /// To a position, from the nearest snapshot before it; beyond the end: to the end. Throws as
  /// step() does, and then stays at a position that it can show.
  void seek(std::uint64_t position);

  /// Actions [W][A][U] that led to the present position; empty at 0.
  [[nodiscard]] std::span<const float> actions() const noexcept;
  /// Observations, rewards, flags and terms of the step that led to the present position, rewards
  /// and flags zero at 0. Arrays belong to the player. `observation` [W][A][O], `reward` [W][A],
  /// `terminated`, `truncated`, `alive` [W][A], `reward_terms` [W][A][T].
  [[nodiscard]] const StepOutputs& outputs() const noexcept;

  /// Plays all of it from the start and compares each step with the hashes that were recorded.
  /// Nothing where all agree; else the first difference, and the position is that step.
  /// `progress(position)` is called now and then and may return false to stop.
  [[nodiscard]] std::optional<Difference> verify(
      const std::function<bool(std::uint64_t)>& progress = {});
  /// True where every step that was played so far agrees; compared on the way by step() and seek().
  [[nodiscard]] const std::optional<Difference>& difference() const noexcept;

  /// A fresh batch with the state of the present position, to run on from it ("branch here").
  [[nodiscard]] Batch branch() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace volery::io
