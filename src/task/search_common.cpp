#include "task/search_common.hpp"

#include <cmath>

namespace volery::task {

namespace {

// Draws for a free point; then the last one has to do.
constexpr int kDraws = 64;
constexpr float kLeastCode = 0.05F;

}  // namespace

bool Record::same_as(const Record& other) const noexcept {
  for (int c = 0; c < kRecordSize; ++c) {
    if (!(std::fabs(value[c] - other.value[c]) < kSameRecord)) return false;
  }
  return true;
}

Record record_of(const float* target, const Area& area) noexcept {
  Record record;
  record.value[kRecordX] = 2 * (target[kTargetX] - area.low_x_m) / area.width_m() - 1;
  record.value[kRecordY] = 2 * (target[kTargetY] - area.low_y_m) / area.depth_m() - 1;
  record.value[kRecordCode] = target[kTargetCode];
  return record;
}

void draw_target(const Area& area, const Scene& scene, float height_m, float clearance_m, Rng& rng,
                 float* target) noexcept {
  Vec3 point;
  for (int i = 0; i < kDraws; ++i) {
    point = {rng.uniform(area.low_x_m + clearance_m, area.high_x_m - clearance_m),
             rng.uniform(area.low_y_m + clearance_m, area.high_y_m - clearance_m), height_m};
    if (scene.near_primitives(point, clearance_m, nullptr, 0) == 0) break;
  }
  const float code = rng.uniform(kLeastCode, 1);
  target[kTargetX] = point.x;
  target[kTargetY] = point.y;
  target[kTargetZ] = point.z;
  target[kTargetCode] = rng.uniform() < 0.5F ? code : -code;
  target[kTargetSeen] = 0;
  target[kTargetHome] = 0;
}

Record RecordMemory::at(int index) const noexcept {
  Record record;
  for (int c = 0; c < kRecordSize; ++c) record.value[c] = cell(index, c);
  return record;
}

int RecordMemory::find(const Record& record) const noexcept {
  for (int i = 0; i < kMostRecords; ++i) {
    if (at(i).same_as(record)) return i;
  }
  return -1;
}

void RecordMemory::keep(const Record& record) const noexcept {
  if (find(record) >= 0) return;
  for (int i = 0; i < kMostRecords; ++i) {
    if (!at(i).is_empty()) continue;
    for (int c = 0; c < kRecordSize; ++c) cell(i, c) = record.value[c];
    cell(i, kRecordSize) = 0;
    return;
  }
}

void RecordMemory::count_sent(const Record& record) const noexcept {
  const int index = find(record);
  if (index >= 0) cell(index, kRecordSize) += 1;
}

}  // namespace volery::task
