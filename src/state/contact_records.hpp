// Contact truth: what of the contacts survives from one substep to the next, flat per world.
//
// Warm starting needs the points and impulses of the last substep; everything else about a contact
// is rebuilt. Bullet's own manifolds are scratch that is filled from these records and written
// back.
#pragma once

#include <cstdint>
#include <vector>

namespace volery {

/// One point of a contact pair, in the coordinates of its two bodies.
struct ContactPoint {
  float local_a_m[3];
  float local_b_m[3];
  float normal_on_b_w[3];
  float distance_m;
  float impulse_ns[3];  // normal, first and second friction direction
};

/// Contact of two world-local bodies, a < b; statics are numbered after the bodies.
struct ContactPair {
  /// Leaves the points as they are: zeroing 200 bytes for each pair tested was 1.5 % of `hover`.
  ContactPair() noexcept {}  // NOLINT(modernize-use-equals-default)
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  std::uint32_t num_points = 0;  // 1..4
  ContactPoint points[4];
};

/// The pairs of one world that hold at least one point, ascending by (a, b).
struct WorldContacts {
  std::vector<ContactPair> pairs;
};

}  // namespace volery
