#include "contact/clearances.hpp"

#include <limits>

#include "contact/near_lanes.hpp"

namespace volery::contact {

namespace {

// Positions and distances are rounded: so many metres per metre from the origin, and a little.
constexpr float kRoundingShare = 2e-6F;
constexpr float kRoundingM = 1e-5F;

// What a body moves in a substep per m/s, rounded up.
float path_per_mps(float step_s) noexcept {
  constexpr float kRoundedUp = 1.00001F;
  return step_s * kRoundedUp;
}

}  // namespace

void Clearances::grow(int num_places) {
  const auto size = static_cast<std::size_t>(num_places);
  free_m_.at_least(size);
  if (measured_.size() < size) measured_.resize(free_m_.size());
  for (auto i = static_cast<std::size_t>(num_); i < size; ++i) {
    free_m_[i] = 0;
    measured_[i] = 0;
  }
  num_ = num_places;
}

void Clearances::spend(const Blocks& copies, float step_s) noexcept {
  spend_path(copies, path_per_mps(step_s), free_m_.data());
}

void Clearances::measure(int place) noexcept {
  if (place < 0 || !due(place)) return;
  free_m_[static_cast<std::size_t>(place)] = std::numeric_limits<float>::infinity();
  measured_[static_cast<std::size_t>(place)] = 1;
}

void Clearances::limit(int place, float free_m) noexcept {
  if (place < 0) return;
  float& now = free_m_[static_cast<std::size_t>(place)];
  // also takes over NaN and what is not above 0
  if (!(free_m >= now)) now = free_m;
}

void Clearances::settle(int place, const Blocks& copies, float step_s) noexcept {
  if (place < 0 || measured_[static_cast<std::size_t>(place)] == 0) return;
  measured_[static_cast<std::size_t>(place)] = 0;
  const Vec3 p = copies.vec3(place, kPosition);
  const float rounding_m =
      kRoundingM + kRoundingShare * (abs_of(p.x) + abs_of(p.y) + abs_of(p.z));
  free_m_[static_cast<std::size_t>(place)] -=
      rounding_m + length(copies.vec3(place, kVelocity)) * path_per_mps(step_s);
}

}  // namespace volery::contact
