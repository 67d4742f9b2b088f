#include "contact/clearances.hpp"

#include <limits>

#include "contact/near_lanes.hpp"

namespace volery::contact {

void Clearances::grow(int num_places) {
  const auto size = static_cast<std::size_t>(num_places);
  free_m_.at_least(size);
  path_m_.at_least(size);
  if (measured_.size() < size) measured_.resize(free_m_.size());
  for (auto i = static_cast<std::size_t>(num_); i < size; ++i) {
    free_m_[i] = 0;
    measured_[i] = 0;
  }
  num_ = num_places;
}

void Clearances::spend(const Blocks& copies, float step_s) noexcept {
  spend_path(copies, step_s, path_m_.data(), free_m_.data());
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

void Clearances::settle(int place) noexcept {
  if (place < 0) return;
  const auto i = static_cast<std::size_t>(place);
  if (measured_[i] != 0) free_m_[i] -= path_m_[i];
  measured_[i] = 0;
}

}  // namespace volery::contact
