#include "policy/spacing_common.hpp"

#include "policy/pilot_common.hpp"

namespace volery::policy {

namespace {

// Columns of one neighbor: relative position, relative velocity, mask.
constexpr int kColumns = 7;
// Neighbors farther than this do not bend the way.
constexpr float kLookM = 1.5F;
constexpr int kSweeps = 4;

}  // namespace

Spacing::Spacing(const PolicyContext& context, std::string_view policy_name, float margin_m)
    : velocity_(need_group(context, policy_name, "velocity", 3)),
      neighbors_(need_group(context, policy_name, "neighbors", kColumns)),
      num_slots_(context.group("neighbors").count / kColumns),
      apart_m_(2 * context.vehicle.bounding_radius_m + margin_m) {}

bool Spacing::neighbor(const float* observation, int slot, Vec3& offset_w_m) const noexcept {
  const float* const columns = observation + neighbors_ + slot * kColumns;
  offset_w_m = read_vec3(columns);
  return columns[kColumns - 1] != 0;
}

Vec3 Spacing::keep(const float* observation, Vec3 wished_w_mps,
                   float closing_per_s) const noexcept {
  const Vec3 own_w_mps = read_vec3(observation + velocity_);
  Vec3 v = wished_w_mps;
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    for (int k = 0; k < num_slots_; ++k) {
      Vec3 offset;
      if (!neighbor(observation, k, offset)) continue;
      const float distance_m = norm(offset);
      if (distance_m > kLookM || distance_m < 1e-3F) continue;
      const Vec3 towards = offset * (1 / distance_m);
      const float closing_mps =
          -dot(read_vec3(observation + neighbors_ + k * kColumns + 3), towards);
      const float spare_mps = closing_per_s * (distance_m - apart_m_) - closing_mps;
      // half of what is left is this agent's; what is too much it takes back alone
      const float most_mps = dot(own_w_mps, towards) + (spare_mps > 0 ? 0.5F : 1.0F) * spare_mps;
      const float excess_mps = dot(v, towards) - most_mps;
      if (excess_mps > 0) v = v - towards * excess_mps;
    }
  }
  return v;
}

}  // namespace volery::policy
