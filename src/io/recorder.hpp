// Recorder: writes everything that comes into a batch to a file from which it can be run again.
//
//   auto recorder = std::make_shared<io::Recorder>("run.vrec");
//   batch.attach(recorder);
//   ... batch.reset(...), batch.step(...)
//   recorder->close();
//
// Packing and writing happen on a thread of their own. A step costs the copy of its actions and the
// fold of the new state, some percent at most.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "io/recording.hpp"
#include "volery/journal.hpp"

namespace volery::io {

struct RecorderOptions {
  int chunk_steps = 256;        // a chunk closes after so many steps,
  double chunk_mb = 2;          // or so many megabytes of events,
  double chunk_s = 1;           // or this long: what a killed run can lose, s
  int keyframe_steps = 300;     // a snapshot at most that often, for seeking; 0: none but the first
  double keyframe_share = 0.5;  // and never more bytes than this share of the events
  double poses_hz = 0;          // sampled poses for players that do not simulate; 0: none
  int level = 1;                // of zstd
  // told once why recording has stopped, on the thread that steps; the batch goes on. Empty: the
  // call on the batch that comes next throws it as an Error(kFile), once
  std::function<void(const std::string& why)> on_failure = {};
};

class Recorder final : public Journal {
 public:
  /// Opens the file anew. Throws Error(kFile) where it cannot be written.
  explicit Recorder(const std::filesystem::path& path, RecorderOptions options = {});
  /// Closes, and keeps quiet about what fails then.
  ~Recorder() override;

  /// Ends the recording: what has gathered, and the index. Throws Error(kFile) where that fails.
  /// After it the journal hears nothing more; detach it before or after.
  void close();
  [[nodiscard]] bool closed() const noexcept;
  /// Steps so far.
  [[nodiscard]] std::uint64_t num_steps() const noexcept;
  /// Why recording stopped early; "" where it did not.
  [[nodiscard]] std::string failure() const;
  [[nodiscard]] const std::filesystem::path& path() const noexcept;

  [[nodiscard]] bool wants_fold() const noexcept override;
  void attached(const Batch& batch) override;
  void detached(const Batch& batch) override;
  void reset(const Batch& batch, const ResetRequest& request) override;
  void step(const Batch& batch, std::span<const float> actions, const StepOutputs& out) override;
  void advance(const Batch& batch, std::span<const float> actions) override;
  void set_columns(const std::string& field, std::span<const float> values) override;
  void set_rows(const std::string& field, std::span<const float> values) override;
  void finish(const Batch& batch, const HostScores& scores, const StepOutputs& out) override;
  void set_state(const Batch& batch, int world, const std::string& field,
                 std::span<const float> values) override;
  void set_goal(const Batch& batch, std::span<const float> goals,
                std::span<const std::uint8_t> mask) override;
  void set_config(const Batch& batch, const Value& changes, std::span<const std::uint8_t> mask,
                  When when) override;
  void set_jammers(const Batch& batch, int world, std::span<const Jammer> jammers) override;
  void restore(const Batch& batch, std::span<const std::uint8_t> snapshot,
               std::span<const int> worlds) override;
  void branch(const Batch& batch, std::span<const std::uint8_t> snapshot) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace volery::io
