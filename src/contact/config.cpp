#include "contact/contact.hpp"

namespace volery::contact {

void ContactConfig::describe(FieldVisitor& v) {
  v.choice("mode", mode, {"culled", "all", "off"},
           "which bodies Bullet sees; culled and all give the same bits");
  v.field("iterations", iterations,
          {.low = 1, .high = 1000, .doc = "of the projected Gauss-Seidel solver"});
  v.field("max_pairs_per_world", max_pairs_per_world,
          {.low = 0,
           .high = 1e9,
           .doc = "pairs with contact points; 0: derived from the number of bodies"});
  v.field("audit", audit,
          {.doc = "check in each substep that no culled pair is within the threshold"});
}

void ContactStats::add(const ContactStats& other) noexcept {
  body_substeps += other.body_substeps;
  near_body_substeps += other.near_body_substeps;
  touching_body_substeps += other.touching_body_substeps;
  pairs_tested += other.pairs_tested;
  contact_points += other.contact_points;
  extensions += other.extensions;
  audit_failures += other.audit_failures;
}

}  // namespace volery::contact
