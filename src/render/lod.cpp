// Levels of detail.
#include "render/lod.hpp"

#include <algorithm>
#include <cstddef>

namespace volery::render {
namespace {

Level wanted(float diameter_px, Level before, float full_from_px) {
  const float full = before == Level::kFull ? full_from_px * kStay : full_from_px;
  if (diameter_px >= full) return Level::kFull;
  const bool was_mesh = before == Level::kFull || before == Level::kNear;
  const float near = was_mesh ? kNearFrom_px * kStay : kNearFrom_px;
  return diameter_px >= near ? Level::kNear : Level::kFar;
}

// Turns all but the `most` largest of a level into the one below.
void limit(std::span<const float> diameter_px, std::span<const std::uint8_t> always_full,
           std::vector<Level>& levels, Level level, int most) {
  std::vector<std::size_t> members;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    if (levels[i] == level && always_full[i] == 0) members.push_back(i);
  }
  const auto keep = static_cast<std::size_t>(most);
  if (members.size() <= keep) return;
  const auto larger = [&](std::size_t a, std::size_t b) {
    return diameter_px[a] != diameter_px[b] ? diameter_px[a] > diameter_px[b] : a < b;
  };
  std::nth_element(members.begin(), members.begin() + most, members.end(), larger);
  const Level below = level == Level::kFull ? Level::kNear : Level::kFar;
  for (std::size_t i = keep; i < members.size(); ++i) levels[members[i]] = below;
}

}  // namespace

void select_levels(std::span<const float> diameter_px, std::span<const std::uint8_t> always_full,
                   std::vector<Level>& levels, float full_from_px) {
  levels.resize(diameter_px.size(), Level::kCulled);
  for (std::size_t i = 0; i < levels.size(); ++i) {
    if (diameter_px[i] < 0) {
      levels[i] = Level::kCulled;
    } else {
      levels[i] =
          always_full[i] != 0 ? Level::kFull : wanted(diameter_px[i], levels[i], full_from_px);
    }
  }
  limit(diameter_px, always_full, levels, Level::kFull, kMostFull);
  limit(diameter_px, always_full, levels, Level::kNear, kMostNear);
}

}  // namespace volery::render
