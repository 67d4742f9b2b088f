// Working copies of a few bodies of a slab, side by side in blocks of their own.
//
// Bodies near a contact go substep by substep while all others run a whole window in one go. Few
// bodies are near, but they lie in many blocks (one drone per world: 5 % near are in half of the
// blocks). So they are copied out, stepped in full blocks, and written back at the window's end;
// lanes do not depend on their neighbours, so a body's bits are the same in either place.
#pragma once

#include <span>
#include <vector>

#include "state/blocks.hpp"

namespace volery {

/// Rows [first, last) of a block.
struct RowRange {
  int first = 0;
  int last = 0;
};

/// Puts into the lane of an agent whose state is not needed, as it will be overwritten after the
/// window, one that flies high up and obeys. The flight kernels take a longer path for a whole
/// block with one wreck or low flyer in it, and with one drone per world half of the blocks had
/// one.
void leave_stand_in(const Blocks& blocks, int body) noexcept;

class BodyCopies {
 public:
  /// The rows that a copy carries; the others of its blocks hold nothing of use. Empty: all.
  explicit BodyCopies(std::span<const RowRange> rows = {}) : rows_(rows.begin(), rows.end()) {}

  /// Starts over without copies of anything.
  void begin(const Blocks& source);
  /// Copies one body that has no copy yet, and leaves a stand-in that flies along in its block.
  void add(int body);
  /// Copies a whole block of which no body has a copy yet, and leaves its bodies side by side.
  void add_block(int block);
  /// Fills up the last block, so that what is added next starts a block. Before the copies are
  /// used.
  void close();
  /// Writes the copies of bodies of a block of the source back to `target`, that block.
  void write_back(int block, float* target) const noexcept;

  /// The copies; num_bodies counts the places in closed blocks.
  [[nodiscard]] const Blocks& blocks() const noexcept { return blocks_; }
  /// Where in blocks() the copy of a body is, or -1.
  [[nodiscard]] int place(int body) const noexcept {
    return places_[static_cast<std::size_t>(body)];
  }
  /// True for a block that was copied whole.
  [[nodiscard]] bool has_block(int block) const noexcept {
    return whole_[static_cast<std::size_t>(block)] != 0;
  }

 private:
  struct alignas(64) Line {
    float lane[kLanes];
  };

  void make_room(int num_blocks);

  std::vector<RowRange> rows_;
  std::vector<Line> lines_;
  int num_places_ = 0;               // with those that fill up blocks
  std::vector<int> places_;          // [blocks of the source][16] -1: no copy
  std::vector<std::uint8_t> whole_;  // [blocks of the source]
  Blocks source_, blocks_;
};

}  // namespace volery
