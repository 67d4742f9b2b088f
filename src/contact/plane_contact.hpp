// Contact points of a moving body on a plane or a large flat face, in closed form.
//
// Bullet's convex-plane algorithm finds one point per call, so a flat body rocks on it by
// millimetres. All points at once let it rest without jitter.
#pragma once

#include "contact/body_kind.hpp"
#include "contact/pose.hpp"
#include "state/contact_records.hpp"

namespace volery::contact {

/// The half space dot(normal, p) <= offset is solid.
struct Face {
  Vec3 normal_w;
  float offset_m = 0;
};

/// Sets the points of `pair` (a: the body, b: the solid; local_b in world coordinates) to those
/// of the body's lowest features within the threshold: corners of the lowest box face, the lowest
/// and side points of a cylinder's rim, the lowest point of a sphere. Points that stay where they
/// were on the body keep their impulses. Returns how far the body is from the threshold, 0 where it
/// may be within.
float touch_face(const BodyKind& kind, const Pose& pose, const Face& face, float threshold_m,
                 const ContactPair* old, ContactPair& pair) noexcept;

/// How far the shape reaches from the centre of mass against a surface with this normal.
[[nodiscard]] float reach_m(const BodyKind& kind, const Pose& pose, Vec3 normal_w) noexcept;

}  // namespace volery::contact
