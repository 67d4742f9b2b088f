// The audit: proves in each substep that no pair outside of the candidates could touch.
//
// Equal hashes of the two modes do not prove the swept bounds: a bound that is centimetres too
// small seldom changes a trajectory. This looks at the bound itself.
#pragma once

#include "contact/clearances.hpp"
#include "contact/near_set.hpp"

namespace volery::contact {

/// Pairs of one world whose bounding spheres are within the contact threshold though they are no
/// candidates, or within it (over planes: by their shape) though neither is due. Must be 0. Needs
/// every body advanced to this substep.
[[nodiscard]] std::uint64_t count_missed_pairs(const ContactModel::Impl& model,
                                               const SlabBodies& bodies, int world,
                                               const NearSet& near,
                                               const Clearances& clearances) noexcept;

/// Cables of one world that are taut, or end at a body with a contact record, though their group is
/// not near. Must be 0. Needs every body advanced to this substep.
[[nodiscard]] std::uint64_t count_missed_cables(const ContactModel::Impl& model,
                                                const SlabBodies& bodies, int world,
                                                const NearSet& near) noexcept;

}  // namespace volery::contact
