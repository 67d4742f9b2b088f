// How far each near agent may still move before any of its pairs can come within reach.
//
// Most near bodies are near for what they could do in a window, not for what they do: a drone at
// 10 cm over the floor is tested once and then left alone until it has come down by as much as that
// test found free. Never too late, so what is skipped could not have found a contact; the audit
// checks that.
#pragma once

#include <cstdint>
#include <vector>

#include "contact/lane_column.hpp"
#include "contact/slab_bodies.hpp"

namespace volery::contact {

class Clearances {
 public:
  /// The bounding radius of an agent bounds what a turn moves its surface by.
  Clearances(float step_s, float radius_m) : step_s_(step_s), radius_m_(radius_m) {}

  /// Forgets everything.
  void begin() noexcept { num_ = 0; }
  /// Takes in copies that were added; new ones are due.
  void grow(int num_places);
  /// Once per substep, before the pairs: what the coming motion of the copies will use up.
  void spend(const Blocks& copies) noexcept;

  /// True where pairs of the body must be tested in this substep. Props (place -1) always are.
  [[nodiscard]] bool due(int place) const noexcept {
    return place < 0 || !(free_m_[at(place)] > 0);
  }
  /// Makes the body due in the next substep: contacts changed its course.
  void wake(int place) noexcept;

  /// The distances of a due body are measured anew: between measure() and settle() each of its
  /// pairs calls one of the limits. Settling spends the coming motion.
  void measure(int place) noexcept;
  [[nodiscard]] bool measured(int place) const noexcept {
    return place < 0 || measured_[at(place)] != 0;
  }
  /// Free to move by this much, any way (m).
  void limit(int place, float free_m) noexcept;
  /// Free to come down by this much against the normal, by motion or turn, and to move along it at
  /// will, as long as no other pair limits the body.
  void limit_by_plane(int place, float free_m, Vec3 normal_w) noexcept;
  void settle(int place, const Blocks& copies) noexcept;

  /// The length of the coming path of an agent (m), rounded up.
  [[nodiscard]] float path_m(int place) const noexcept { return path_m_[at(place)]; }

 private:
  void count_any_way(std::size_t i) noexcept;
  static std::size_t at(int place) noexcept { return static_cast<std::size_t>(place); }

  float step_s_;
  float radius_m_;
  int num_ = 0;
  LaneColumn free_m_;      // [places] may be NaN: due
  LaneColumn path_m_;      // [places]
  LaneColumn rounding_m_;  // [places] what rounding may add to a motion
  // which way motion counts: along a normal, or (normal 0, any_way 1) the length of the path
  LaneColumn normal_x_, normal_y_, normal_z_, any_way_;
  std::vector<std::uint8_t> measured_;  // [places]
};

}  // namespace volery::contact
