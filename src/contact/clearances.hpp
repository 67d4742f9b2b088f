// How far each near agent may still move before any of its pairs can come within reach.
//
// Most near bodies are near for what they could do in a window, not for what they do: a drone at
// 10 cm over the floor is tested once and then left alone until it has moved by as much as that
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
  /// Forgets everything.
  void begin() noexcept { num_ = 0; }
  /// Takes in copies that were added; new ones are due.
  void grow(int num_places);
  /// Once per substep, before the pairs: what the coming motion of the copies will use up.
  void spend(const Blocks& copies, float step_s) noexcept;

  /// True where pairs of the body must be tested in this substep. Props always are.
  [[nodiscard]] bool due(int place) const noexcept {
    return place < 0 || !(free_m_[static_cast<std::size_t>(place)] > 0);
  }
  /// Makes the body due in the next substep: contacts changed its course.
  void wake(int place) noexcept {
    if (place >= 0) free_m_[static_cast<std::size_t>(place)] = 0;
  }

  /// The distances of a due body are measured anew: between measure() and settle() its pairs call
  /// limit() with what each leaves free (m). Settling spends the coming motion.
  void measure(int place) noexcept;
  [[nodiscard]] bool measured(int place) const noexcept {
    return place < 0 || measured_[static_cast<std::size_t>(place)] != 0;
  }
  void limit(int place, float free_m) noexcept;
  void settle(int place) noexcept;
  /// What the coming motion of an agent uses up (m), rounding included.
  [[nodiscard]] float path_m(int place) const noexcept {
    return path_m_[static_cast<std::size_t>(place)];
  }

 private:
  int num_ = 0;
  LaneColumn free_m_;                   // [places] may be NaN: due
  LaneColumn path_m_;                   // [places] of the coming motion, rounded up
  std::vector<std::uint8_t> measured_;  // [places]
};

}  // namespace volery::contact
