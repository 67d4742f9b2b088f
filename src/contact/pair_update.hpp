// Brings the contact records of one world up to date, pair by pair in canonical order.
//
// Both modes go through here: culled visits its candidates, brute force visits every pair. A pair
// leaves a record when it has at least one point.
#pragma once

#include <vector>

#include "contact/narrowphase.hpp"
#include "contact/slab_bodies.hpp"
#include "state/contact_records.hpp"

namespace volery::contact {

class PairUpdate {
 public:
  explicit PairUpdate(const ContactModel::Impl& model) : model_(model) {}

  /// Starts over a world: its present records become the old ones. `bodies` must stay.
  void begin(const SlabBodies& bodies, int world);
  /// Next pair; (a, b) ascend from call to call. b >= per_world is static geometry. Returns how far
  /// the two are from having points (m), by their spheres or, over a plane, by the body's shape;
  /// not above 0 (or NaN) where that is not known.
  float visit(int a, int b);

  [[nodiscard]] std::uint64_t num_tested() const noexcept { return num_tested_; }

 private:
  [[nodiscard]] const ContactPair* take_old(int a, int b) noexcept;
  [[nodiscard]] PairBody pair_body(int local, const Slab::BodyRef& ref) const noexcept;
  [[nodiscard]] float gap_to_static_m(int a, const Slab::BodyRef& ref, int s) const noexcept;
  [[nodiscard]] float gap_to_body_m(int a, const Slab::BodyRef& ref_a, int b,
                                    const Slab::BodyRef& ref_b) const noexcept;

  const ContactModel::Impl& model_;
  NarrowPhase narrowphase_;
  const SlabBodies* bodies_ = nullptr;
  int world_ = 0;
  std::vector<ContactPair> old_;
  std::size_t next_old_ = 0;
  std::vector<ContactPair>* records_ = nullptr;
  std::uint64_t num_tested_ = 0;
};

}  // namespace volery::contact
