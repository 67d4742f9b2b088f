// A cable as a constraint of Bullet: one row that only pulls.
#pragma once

#include <BulletDynamics/ConstraintSolver/btTypedConstraint.h>
#include <BulletDynamics/Dynamics/btRigidBody.h>

#include "contact/cables.hpp"

namespace volery::contact {

/// Made anew for each solve, as Bullet's constraints keep their bodies for good; no memory of its
/// own. What the row asks for was found in double; Bullet adds the masses.
class CableJoint final : public btTypedConstraint {
 public:
  CableJoint(btRigidBody& a, btRigidBody& b, CableRow& row) noexcept
      : btTypedConstraint(MAX_CONSTRAINT_TYPE, a, b), row_(&row) {}

  [[nodiscard]] CableRow& row() const noexcept { return *row_; }

  void getInfo1(btConstraintInfo1* info) override {
    info->m_numConstraintRows = 1;
    info->nub = 0;
  }
  void getInfo2(btConstraintInfo2* info) override {
    const Vec3 n = row_->toward_b_w;
    set(info->m_J1linearAxis, n);
    set(info->m_J1angularAxis, cross(row_->arm_a_w_m, n));
    set(info->m_J2linearAxis, n * -1.0F);
    set(info->m_J2angularAxis, cross(row_->arm_b_w_m, n) * -1.0F);
    info->m_constraintError[0] = row_->approach_mps;
    info->m_lowerLimit[0] = 0;
    info->m_upperLimit[0] = SIMD_INFINITY;
  }
  // Bullet's own parameters of a joint: none here
  void setParam(int /*number*/, btScalar /*value*/, int /*axis*/) override {}
  [[nodiscard]] btScalar getParam(int /*number*/, int /*axis*/) const override { return 0; }

 private:
  static void set(btScalar* to, Vec3 v) noexcept {
    to[0] = v.x;
    to[1] = v.y;
    to[2] = v.z;
  }

  CableRow* row_;
};

}  // namespace volery::contact
