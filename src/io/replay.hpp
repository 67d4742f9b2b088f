// Replay: does the events of a recording again, one after the other, on a batch of its own. What
// player.hpp is made of; it knows nothing of seeking.
#pragma once

#include <future>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/events.hpp"
#include "io/player.hpp"
#include "io/recording_file.hpp"
#include "volery/batch.hpp"

namespace volery::io {

/// Where in a file the next event stands.
struct Cursor {
  std::size_t chunk = 0;   // index into RecordingFile::chunks()
  std::size_t event = 0;   // byte in its events
  std::size_t fold = 0;    // folds taken of it
  std::size_t action = 0;  // steps' actions taken of it
};

class Replay {
 public:
  Replay(RecordingFile& file, const PlayerOptions& options);

  [[nodiscard]] const Batch& batch() const noexcept { return batch_; }
  [[nodiscard]] Batch& batch() noexcept { return batch_; }
  [[nodiscard]] std::uint64_t position() const noexcept { return position_; }
  [[nodiscard]] const Cursor& cursor() const noexcept { return cursor_; }
  [[nodiscard]] std::span<const float> actions() const noexcept;
  [[nodiscard]] const StepOutputs& outputs() const noexcept { return out_; }

  /// Events up to the end of the next step; false where there is no other step.
  bool step();
  /// Puts the batch where it was: a snapshot of all worlds, and what comes after it.
  void restore(std::span<const std::uint8_t> snapshot, std::uint64_t position,
               const Cursor& cursor);
  /// Events before the first step, from position 0.
  void begin();
  /// Where the last event differs from what was recorded.
  [[nodiscard]] const std::optional<Difference>& difference() const noexcept { return difference_; }

 private:
  [[nodiscard]] bool load_chunk();
  void read_chunk();
  [[nodiscard]] bool next_is_step();
  bool apply(EventKind kind, ByteReader& reader);
  void apply_reset(ByteReader& reader);
  void apply_finish(ByteReader& reader);
  void apply_write(EventKind kind, ByteReader& reader);
  [[nodiscard]] std::span<const float> take_actions();
  void compare(const char* what);
  void place_rows();
  void clear_outputs() noexcept;

  RecordingFile& file_;
  Batch batch_;
  std::uint64_t position_ = 0;
  Cursor cursor_;
  std::size_t loaded_ = static_cast<std::size_t>(-1);  // chunk that `chunk_` holds
  EventChunk chunk_;
  std::size_t next_ = static_cast<std::size_t>(-1);  // chunk that is unpacked meanwhile
  std::future<EventChunk> ahead_;
  std::vector<float> last_actions_;
  std::optional<Difference> difference_;
  // what the host writes when episodes begin: field, values
  std::vector<std::pair<std::string, std::vector<float>>> rows_;

  StepOutputs out_;
  std::vector<float> observation_, final_observation_, reward_, terms_;
  std::unique_ptr<bool[]> flags_;
};

}  // namespace volery::io
