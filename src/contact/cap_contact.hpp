// Contact points of two cylinders that lie flat on each other, in closed form.
//
// GJK gives one point per substep, and flat faces need three: stacks of drones creep and topple.
#pragma once

#include "contact/body_kind.hpp"
#include "contact/pose.hpp"
#include "state/contact_records.hpp"

namespace volery::contact {

/// If both are cylinders with nearly parallel axes that overlap cap on cap, sets the points of
/// `pair` to four on the largest circle that both caps share, and returns true. Points that are
/// farther apart than the threshold are left out.
[[nodiscard]] bool touch_caps(const BodyKind& kind_a, const Pose& pose_a, const BodyKind& kind_b,
                              const Pose& pose_b, float threshold_m, const ContactPair* old,
                              ContactPair& pair) noexcept;

}  // namespace volery::contact
