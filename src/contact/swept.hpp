// Fast bodies do not tunnel through thin static geometry.
//
// A body that moves farther in one substep than its core is thick could jump over a wall between
// two contact tests. Its centre's path is tested against the true shapes; where it would pass a
// surface, the pose is set back along the surface's normal so that the body ends just inside of
// contact range. The velocity stays, so the contact solver of the next substep sees the impact at
// full speed.
#pragma once

#include "contact/slab_bodies.hpp"

namespace volery::contact {

/// Applied after the solver and before the pose is advanced. Returns true where the body was set
/// back.
bool hold_before_walls(const ContactModel::Impl& model, const BodyKind& kind,
                       const Slab::BodyRef& body) noexcept;

}  // namespace volery::contact
