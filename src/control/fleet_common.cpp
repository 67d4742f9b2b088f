#include "control/fleet_common.hpp"

#include <algorithm>
#include <string>

#include "volery/error.hpp"

namespace volery::control {

namespace {

// Room on the stack for the rows that controllers write, of one block.
constexpr int kMostRows = 192;

// Calls job(rows of the block, rows kept aside, lanes) for each run of written rows.
template <class Job>
void for_each_range(const std::vector<RowRange>& ranges, float* block, float* aside, Job&& job) {
  for (const RowRange& range : ranges) {
    const int count = (range.last - range.first) * kLanes;
    job(block + range.first * kLanes, aside, count);
    aside += count;
  }
}

}  // namespace

FleetController::FleetController(std::vector<std::unique_ptr<Controller>> types,
                                 std::vector<RowRange> written, int type_row)
    : types_(std::move(types)), written_(std::move(written)), type_row_(type_row) {
  int rows = 0;
  for (const RowRange& range : written_) rows += range.last - range.first;
  if (rows > kMostRows) {
    throw Error(ErrorKind::kValue,
                "config.action: in worlds of several vehicles a controller may "
                "keep " +
                    std::to_string(kMostRows) + " rows, this one has " + std::to_string(rows));
  }
}

Controller::Kernel FleetController::window_kernel() const noexcept {
  const bool any = std::any_of(types_.begin(), types_.end(), [](const auto& controller) {
    return controller->window_kernel() != nullptr;
  });
  return any ? window : nullptr;
}

void FleetController::tick(const void* constants, const Blocks& blocks, int first_block,
                           int last_block) {
  static_cast<const FleetController*>(constants)->run(false, blocks, first_block, last_block);
}

void FleetController::window(const void* constants, const Blocks& blocks, int first_block,
                             int last_block) {
  static_cast<const FleetController*>(constants)->run(true, blocks, first_block, last_block);
}

void FleetController::run(bool window, const Blocks& blocks, int first_block,
                          int last_block) const noexcept {
  for (int b = first_block; b < last_block; ++b) run_block(window, blocks, b);
}

void FleetController::run_block(bool window, const Blocks& blocks, int b) const noexcept {
  alignas(64) float before[kMostRows * kLanes];
  alignas(64) float after[kMostRows * kLanes];
  float* const block = blocks.block(b);
  const float* const type_of_lane = blocks.row(b, type_row_);
  for_each_range(written_, block, before,
                 [](float* rows, float* aside, int n) { std::copy_n(rows, n, aside); });
  for_each_range(written_, block, after,
                 [](float* rows, float* aside, int n) { std::copy_n(rows, n, aside); });
  for (std::size_t t = 0; t < types_.size(); ++t) {
    const Controller& controller = *types_[t];
    const Kernel run_type = window ? controller.window_kernel() : controller.kernel();
    if (run_type == nullptr) continue;
    // each starts from what was there before, and its lanes alone are taken
    for_each_range(written_, block, before,
                   [](float* rows, float* aside, int n) { std::copy_n(aside, n, rows); });
    run_type(controller.constants(), blocks, b, b + 1);
    const auto type = static_cast<float>(t);
    for_each_range(written_, block, after, [&](float* rows, float* aside, int n) {
      for (int i = 0; i < n; ++i) aside[i] = type_of_lane[i % kLanes] == type ? rows[i] : aside[i];
    });
  }
  for_each_range(written_, block, after,
                 [](float* rows, float* aside, int n) { std::copy_n(aside, n, rows); });
}

}  // namespace volery::control
