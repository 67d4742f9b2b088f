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

void leave_stand_in(const Blocks& blocks, int body) noexcept {
  if (blocks.num_rows <= kMotorsOn) return;
  constexpr float kHighM = 1000;
  blocks.at(body, kMode) = static_cast<float>(BodyMode::kMoving);
  blocks.at(body, kMotorsOn) = 1;
  blocks.at(body, kPosition + 2) = blocks.at(body, kSurfaceHeight) + kHighM;
}

void BodyCopies::begin(const Blocks& source) {
  source_ = source;
  if (rows_.empty()) rows_.push_back({0, source.num_rows});
  blocks_.num_rows = source.num_rows;
  blocks_.num_blocks = 0;
  blocks_.num_bodies = 0;
  num_places_ = 0;
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
  const int place = num_places_++;
  if (place % kLanes == 0) make_room(place / kLanes + 1);
  copy_lane(rows_, lane_of(source_, body), lane_of(blocks_, place));
  leave_stand_in(source_, body);
  places_[static_cast<std::size_t>(body)] = place;
}

void BodyCopies::add_block(int block) {
  close();
  make_room(num_places_ / kLanes + 1);
  copy_block(rows_, source_.block(block), blocks_.block(num_places_ / kLanes));
  for (int l = 0; l < kLanes; ++l)
    places_[static_cast<std::size_t>(block * kLanes + l)] = num_places_++;
  whole_[static_cast<std::size_t>(block)] = 1;
  blocks_.num_bodies = num_places_;
}

void BodyCopies::close() {
  // padding flies along as a twin of the last body and is never read
  for (; num_places_ % kLanes != 0; ++num_places_)
    copy_lane(rows_, lane_of(blocks_, num_places_ - 1), lane_of(blocks_, num_places_));
  blocks_.num_bodies = num_places_;
}

void BodyCopies::write_back(int block, float* target) const noexcept {
  const int* places = places_.data() + static_cast<std::ptrdiff_t>(block) * kLanes;
  if (has_block(block)) {
    copy_block(rows_, blocks_.block(places[0] / kLanes), target);
    return;
  }
  int all = -1;  // stays so while no bit of a place is cleared: without a branch per lane
  for (int l = 0; l < kLanes; ++l) all &= places[l];
  if (all == -1) return;
  for (int l = 0; l < kLanes; ++l) {
    if (places[l] >= 0) copy_lane(rows_, lane_of(blocks_, places[l]), target + l);
  }
}

}  // namespace volery
