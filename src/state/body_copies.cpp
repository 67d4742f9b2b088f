#include "state/body_copies.hpp"

#include <algorithm>
#include <cstring>

namespace volery {

namespace {

void copy_lane(std::span<const RowRange> rows, const float* from, float* to) noexcept {
  for (const RowRange& range : rows) {
    for (int r = range.first; r < range.last; ++r) to[r * kLanes] = from[r * kLanes];
  }
}

void copy_block(std::span<const RowRange> rows, const float* from, float* to) noexcept {
  for (const RowRange& range : rows) {
    std::memcpy(to + range.first * kLanes, from + range.first * kLanes,
                sizeof(float) * static_cast<std::size_t>((range.last - range.first) * kLanes));
  }
}

float* lane_of(const Blocks& blocks, int body) noexcept {
  return blocks.block(body / kLanes) + body % kLanes;
}

}  // namespace

void BodyCopies::begin(const Blocks& source) {
  source_ = source;
  if (rows_.empty()) rows_.push_back({0, source.num_rows});
  blocks_.num_rows = source.num_rows;
  blocks_.num_blocks = 0;
  blocks_.num_bodies = 0;
  bodies_.clear();
  places_.assign(static_cast<std::size_t>(source.num_blocks * kLanes), -1);
  whole_.assign(static_cast<std::size_t>(source.num_blocks), 0);
}

void BodyCopies::make_room(int num_blocks) {
  const auto lines = static_cast<std::size_t>(num_blocks * blocks_.num_rows);
  if (lines_.size() < lines) lines_.resize(std::max(lines, 2 * lines_.size()), Line{});
  blocks_.data = lines_.front().lane;
  blocks_.num_blocks = num_blocks;
}

void BodyCopies::add(int body) {
  const int place = static_cast<int>(bodies_.size());
  if (place % kLanes == 0) make_room(place / kLanes + 1);
  copy_lane(rows_, lane_of(source_, body), lane_of(blocks_, place));
  bodies_.push_back(body);
  places_[static_cast<std::size_t>(body)] = place;
}

void BodyCopies::add_block(int block) {
  close();
  const int place = static_cast<int>(bodies_.size());
  make_room(place / kLanes + 1);
  copy_block(rows_, source_.block(block), blocks_.block(place / kLanes));
  for (int l = 0; l < kLanes; ++l) {
    places_[static_cast<std::size_t>(block * kLanes + l)] = place + l;
    bodies_.push_back(block * kLanes + l);
  }
  whole_[static_cast<std::size_t>(block)] = 1;
  blocks_.num_bodies = place + kLanes;
}

void BodyCopies::close() {
  // padding flies along as a twin of the last body and is never read
  while (bodies_.size() % kLanes != 0) {
    const int place = static_cast<int>(bodies_.size());
    copy_lane(rows_, lane_of(blocks_, place - 1), lane_of(blocks_, place));
    bodies_.push_back(-1);
  }
  blocks_.num_bodies = static_cast<int>(bodies_.size());
}

void BodyCopies::write_back(const Blocks& target) {
  for (int b = 0; b < blocks_.num_blocks; ++b) {
    const int* bodies = bodies_.data() + b * kLanes;
    const int source = bodies[0] / kLanes;
    if (bodies[0] >= 0 && has_block(source)) {
      copy_block(rows_, blocks_.block(b), target.block(source));
      continue;
    }
    for (int l = 0; l < kLanes; ++l) {
      if (bodies[l] < 0) continue;
      copy_lane(rows_, blocks_.block(b) + l, lane_of(target, bodies[l]));
    }
  }
  bodies_.clear();
  blocks_.num_blocks = 0;
  blocks_.num_bodies = 0;
}

}  // namespace volery
