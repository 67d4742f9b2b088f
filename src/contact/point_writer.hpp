// Writes the points of a pair that a closed form finds anew in each substep.
//
// A point that stays where it was on body a keeps its impulses, which the solver starts from.
#pragma once

#include "core/types.hpp"
#include "state/contact_records.hpp"

namespace volery::contact {

class PointWriter {
 public:
  /// `old`: the pair in the last substep, null where there was none; `reach_m`: how far on the body
  /// a point may have moved and still be the same.
  PointWriter(const ContactPair* old, float reach_m, ContactPair& pair) noexcept
      : pair_(pair),
        reach_m2_(reach_m * reach_m),
        num_old_(old != nullptr ? static_cast<int>(old->num_points) : 0),
        old_(old != nullptr ? old->points : nullptr) {
    pair.num_points = 0;
  }

  /// At most four times.
  void add(Vec3 local_a_m, Vec3 local_b_m, Vec3 normal_on_b_w, float distance_m) noexcept {
    ContactPoint& point = pair_.points[pair_.num_points++];
    set(point.local_a_m, local_a_m);
    set(point.local_b_m, local_b_m);
    set(point.normal_on_b_w, normal_on_b_w);
    point.distance_m = distance_m;
    set(point.impulse_ns, take_impulse(local_a_m));
  }

 private:
  static void set(float* out, Vec3 v) noexcept {
    out[0] = v.x;
    out[1] = v.y;
    out[2] = v.z;
  }

  // that of the nearest old point within reach, each used once
  Vec3 take_impulse(Vec3 at) noexcept {
    // resting bodies: the same point in the same place
    const auto next = static_cast<int>(pair_.num_points) - 1;
    if (next < num_old_ && !taken_[next] && is_at(old_[next], at)) return take(next);

    float best = reach_m2_;
    int found = -1;
    for (int i = 0; i < num_old_; ++i) {
      if (taken_[i]) continue;
      const Vec3 d{old_[i].local_a_m[0] - at.x, old_[i].local_a_m[1] - at.y,
                   old_[i].local_a_m[2] - at.z};
      const float d2 = dot(d, d);
      if (d2 < best) {
        best = d2;
        found = i;
      }
    }
    return found < 0 ? Vec3{} : take(found);
  }

  static bool is_at(const ContactPoint& point, Vec3 at) noexcept {
    return point.local_a_m[0] == at.x && point.local_a_m[1] == at.y && point.local_a_m[2] == at.z;
  }
  Vec3 take(int i) noexcept {
    taken_[i] = true;
    const float* impulse = old_[i].impulse_ns;
    return {impulse[0], impulse[1], impulse[2]};
  }

  ContactPair& pair_;
  float reach_m2_;
  int num_old_;
  const ContactPoint* old_;
  bool taken_[4] = {};
};

}  // namespace volery::contact
