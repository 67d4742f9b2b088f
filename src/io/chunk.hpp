// Chunks: the frames that a recording is made of. Each is a head of fixed size, then bytes that
// zstd packed; both are covered by hashes, so a chunk is whole or it is not there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace volery::io {

enum class ChunkKind : std::uint32_t {
  kEvents = 1,    // steps and everything else that came in (events.hpp)
  kKeyframe = 2,  // a snapshot of all worlds
  kPoses = 3,     // sampled poses (poses.hpp)
  kIndex = 4,     // where the others are; the last one
};

/// Steps (first_step, first_step + num_steps]; a keyframe is the state at position first_step.
struct ChunkHead {
  ChunkKind kind = ChunkKind::kEvents;
  std::uint64_t first_step = 0;
  std::uint32_t num_steps = 0;
  std::uint64_t raw_size = 0;     // unpacked
  std::uint64_t packed_size = 0;  // that follow the head
};

/// Bytes of a head in a file: mark, the fields above, hash of the packed bytes, hash of the head.
inline constexpr std::size_t kHeadBytes = 4 + 4 + 8 + 4 + 4 + 8 + 8 + 8 + 8;
/// Largest chunk that is read; nothing writes larger ones.
inline constexpr std::uint64_t kMostChunkBytes = std::uint64_t{1} << 33U;

/// Whether bytes have that hash. True for all in builds for fuzzing, so that what lies behind the
/// hashes is reached.
[[nodiscard]] bool hash_matches(std::span<const std::uint8_t> bytes, std::uint64_t hash) noexcept;

struct ParsedHead {
  ChunkHead head;
  std::uint64_t packed_hash = 0;
};
/// The head in kHeadBytes bytes; nothing where they are none, or damaged.
[[nodiscard]] std::optional<ParsedHead> parse_head(std::span<const std::uint8_t> bytes) noexcept;

/// Packs and frames bytes; keeps what packing needs between calls.
class Packer {
 public:
  explicit Packer(int level);
  ~Packer();
  Packer(const Packer&) = delete;
  Packer& operator=(const Packer&) = delete;
  /// Appends head and packed bytes to `out`. Sizes in `head` are filled in. The last `plane_bytes`
  /// of `raw` are four planes (to_planes), each of which is packed as it deserves.
  void pack(ChunkHead head, std::span<const std::uint8_t> raw, std::vector<std::uint8_t>& out,
            std::size_t plane_bytes = 0);

 private:
  void append(std::span<const std::uint8_t> part, bool is_plane, std::vector<std::uint8_t>& out);

  void* context_;
  int level_;
};

/// Unpacks what parse_head() announced. Throws Error(kFile) where the hash does not match or the
/// bytes are no chunk.
void unpack(const ParsedHead& head, std::span<const std::uint8_t> packed,
            std::vector<std::uint8_t>& raw);

/// How numbers lie: so many side by side in a row, and so many from a step to the next; whole rows.
struct PlaneShape {
  std::size_t columns = 1;
  std::size_t stride = 1;
};

/// Numbers of 4 bytes as planes of bytes, in each plane column after column, each number xored with
/// the one a stride before it: bits that stay the same from step to step come together as zeros,
/// and those that are noise keep to themselves. `to` has 4 bytes per number; whole rows.
void to_planes(std::span<const float> values, PlaneShape shape, std::uint8_t* to) noexcept;
void from_planes(const std::uint8_t* from, PlaneShape shape, std::span<float> values) noexcept;

}  // namespace volery::io
