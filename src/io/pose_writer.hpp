// Sampled poses in a recording, for players that do not simulate: a page in a browser, say.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/chunk_file.hpp"
#include "io/recording_file.hpp"
#include "volery/batch.hpp"
#include "volery/radio.hpp"

namespace volery::io {

/// Everything that is drawn, at some steps. Rows of n samples.
struct Poses {
  std::vector<std::uint64_t> steps;      // [n] positions
  std::vector<float> position_w_m;       // [n][W][A][3]
  std::vector<float> quat_wb_xyzw;       // [n][W][A][4]
  std::vector<float> prop_position_w_m;  // [n][W][P][3]
  std::vector<float> prop_quat_wb_xyzw;  // [n][W][P][4]
  std::vector<float> goal_w_m;           // [n][W][A][3]; empty where the task has none
  std::vector<std::uint8_t> alive;       // [n][W][A]
  // packets of the steps sampled, where the batch traced them
  std::vector<std::uint32_t> num_packets;  // [n]
  std::vector<Packet> packets;

  void clear() noexcept;
};

/// The bytes of samples before they are packed, and back. Throws Error(kFile) for other bytes.
void encode_poses(const Poses& poses, bool has_goals, std::vector<std::uint8_t>& out);
void decode_poses(std::span<const std::uint8_t> bytes, const RecordingHeader& header, Poses& poses);

/// Appends the state of a batch as one more sample.
void sample_poses(const Batch& batch, std::uint64_t step, Poses& poses);

class PoseWriter {
 public:
  /// As many samples per second as the agent steps allow, at most `poses_hz`.
  PoseWriter(const Batch& batch, double poses_hz);
  /// After each step.
  void step(const Batch& batch, std::uint64_t step, ChunkFile& file);
  void flush(ChunkFile& file);

 private:
  std::uint64_t every_;  // steps
  bool has_goals_;
  Poses poses_;
};

/// All samples of a file; none where it was recorded without. Throws as RecordingFile::read().
[[nodiscard]] Poses read_poses(RecordingFile& file);

}  // namespace volery::io
