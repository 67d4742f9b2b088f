// Contact points of one pair of bodies: closed forms on flat faces, Bullet's algorithms elsewhere.
//
// The result depends on the two poses and the pair's old points alone, never on what else was
// tested before; so culled and brute-force pair lists give the same bits.
#pragma once

#include <memory>

#include "contact/body_kind.hpp"
#include "contact/model.hpp"
#include "contact/pose.hpp"
#include "state/contact_records.hpp"

namespace volery::contact {

/// A moving body in a pair.
struct PairBody {
  const BodyKind* kind = nullptr;
  const btConvexShape* shape = nullptr;
  Pose pose;
};

/// Scratch of one worker.
class NarrowPhase {
 public:
  NarrowPhase();
  ~NarrowPhase();
  NarrowPhase(NarrowPhase&&) noexcept;

  /// Finds the points of `pair` for a body and static geometry. `old`: the pair in the last substep
  /// or null; points that are still there keep their impulses. Returns how far the body is from
  /// having points where the solid is a plane, 0 otherwise.
  float touch_static(const PairBody& a, const StaticBody& b, const ContactPair* old,
                     ContactPair& pair) noexcept;
  /// The same for two moving bodies.
  void touch_body(const PairBody& a, const PairBody& b, const ContactPair* old,
                  ContactPair& pair) noexcept;

 private:
  struct Scratch;
  std::unique_ptr<Scratch> scratch_;
};

}  // namespace volery::contact
