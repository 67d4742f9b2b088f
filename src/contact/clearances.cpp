#include "contact/clearances.hpp"

#include <limits>

#include "contact/near_lanes.hpp"

namespace volery::contact {

void Clearances::grow(int num_places) {
  const auto size = static_cast<std::size_t>(num_places);
  for (LaneColumn* column :
       {&free_m_, &path_m_, &rounding_m_, &normal_x_, &normal_y_, &normal_z_, &any_way_}) {
    column->at_least(size);
  }
  if (measured_.size() < size) measured_.resize(free_m_.size());
  for (auto i = static_cast<std::size_t>(num_); i < size; ++i) {
    measured_[i] = 0;
    wake(static_cast<int>(i));
  }
  num_ = num_places;
}

void Clearances::spend(const Blocks& copies) noexcept {
  spend_motion(copies, step_s_, radius_m_,
               {normal_x_.data(), normal_y_.data(), normal_z_.data(), any_way_.data(),
                path_m_.data(), rounding_m_.data(), free_m_.data()});
}

void Clearances::wake(int place) noexcept {
  if (place < 0) return;
  free_m_[at(place)] = 0;
  count_any_way(at(place));
}

void Clearances::count_any_way(std::size_t i) noexcept {
  any_way_[i] = 1;
  normal_x_[i] = normal_y_[i] = normal_z_[i] = 0;
}

void Clearances::measure(int place) noexcept {
  if (place < 0 || !due(place)) return;
  free_m_[at(place)] = std::numeric_limits<float>::infinity();
  measured_[at(place)] = 1;
}

void Clearances::limit(int place, float free_m) noexcept {
  if (place < 0) return;
  const std::size_t i = at(place);
  // also takes over NaN and what is not above 0
  if (!(free_m >= free_m_[i])) free_m_[i] = free_m;
  count_any_way(i);
}

void Clearances::limit_by_plane(int place, float free_m, Vec3 normal_w) noexcept {
  if (place < 0) return;
  const std::size_t i = at(place);
  // nothing free: due in the next substep, wherever the body goes
  if (!(free_m > 0) || free_m_[i] != std::numeric_limits<float>::infinity()) {
    limit(place, free_m);
    return;
  }
  free_m_[i] = free_m;
  any_way_[i] = 0;
  normal_x_[i] = normal_w.x;
  normal_y_[i] = normal_w.y;
  normal_z_[i] = normal_w.z;
}

void Clearances::settle(int place, const Blocks& copies) noexcept {
  if (place < 0 || measured_[at(place)] == 0) return;
  const std::size_t i = at(place);
  measured_[i] = 0;
  const Vec3 normal{normal_x_[i], normal_y_[i], normal_z_[i]};
  const float down_m = -dot(normal, copies.vec3(place, kVelocity)) * step_s_;
  const float turn_m = length(copies.vec3(place, kOmega)) * step_s_ * radius_m_;
  free_m_[i] -= (any_way_[i] != 0 ? path_m_[i] : down_m) + turn_m + rounding_m_[i];
}

}  // namespace volery::contact
