#include "contact/bullet_solver.hpp"

#include <BulletCollision/CollisionShapes/btEmptyShape.h>
#include <BulletCollision/NarrowPhaseCollision/btPersistentManifold.h>
#include <BulletDynamics/ConstraintSolver/btContactSolverInfo.h>
#include <BulletDynamics/ConstraintSolver/btSequentialImpulseConstraintSolver.h>
#include <BulletDynamics/Dynamics/btRigidBody.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "contact/cable_joint.hpp"
#include "contact/cable_solver.hpp"

namespace volery::contact {

namespace {

btVector3 bt(Vec3 v) noexcept {
  return {v.x, v.y, v.z};
}
btVector3 bt(const float* v) noexcept {
  return {v[0], v[1], v[2]};
}
Vec3 from(const btVector3& v) noexcept {
  return {v.x(), v.y(), v.z()};
}

// The speed at which the bodies part at a point, before any impulse. Kept in a field that Bullet
// reads for conveyor belts alone.
btScalar& normal_speed(btManifoldPoint& point) noexcept {
  return point.m_contactMotion1;
}
btScalar normal_speed(const btManifoldPoint& point) noexcept {
  return point.m_contactMotion1;
}

// Bullet's solver with its results read out instead of written into bodies.
class Solver final : public btSequentialImpulseConstraintSolver {
 public:
  std::vector<SolvedBody>* results = nullptr;
  std::vector<Mat3>* axes_w = nullptr;  // of the bodies, as the results
  // of an island with cables: the rates before; empty otherwise
  std::vector<Vec3>* omega_b_radps = nullptr;

 protected:
  // Bullet takes the gap of an approaching point off the bounce speed too, up to 0.3 m/s: give it
  // back.
  void convertContacts(btPersistentManifold** manifolds, int count,
                       const btContactSolverInfo& info) override {
    btSequentialImpulseConstraintSolver::convertContacts(manifolds, count, info);
    start_cables();
    for (int i = 0; i < m_tmpSolverContactConstraintPool.size(); ++i) {
      btSolverConstraint& row = m_tmpSolverContactConstraintPool[i];
      const auto& point = *static_cast<const btManifoldPoint*>(row.m_originalContactPoint);
      if (point.m_distance1 <= 0 || point.m_combinedRestitution <= 0) continue;
      if (normal_speed(point) >= -kRestitutionSpeed) continue;
      row.m_rhs += point.m_distance1 / info.m_timeStep * row.m_jacDiagABInv;
    }
  }

  btScalar solveGroupCacheFriendlyFinish(btCollisionObject** /*bodies*/, int /*count*/,
                                         const btContactSolverInfo& info) override {
    writeBackContacts(0, m_tmpSolverContactConstraintPool.size(), info);
    for (int i = 0; i < m_tmpSolverNonContactConstraintPool.size(); ++i) {
      const btSolverConstraint& row = m_tmpSolverNonContactConstraintPool[i];
      cable_of(row).impulse_ns = static_cast<float>(row.m_appliedImpulse);
    }
    for (int i = 0; i < m_tmpSolverBodyPool.size(); ++i) {
      const btSolverBody& body = m_tmpSolverBodyPool[i];
      if (body.m_originalBody == nullptr) continue;
      SolvedBody& out = (*results)[static_cast<std::size_t>(body.m_originalBody->getUserIndex())];
      out.velocity_w_mps = from(body.m_linearVelocity + body.m_deltaLinearVelocity);
      const Mat3& axes = (*axes_w)[static_cast<std::size_t>(body.m_originalBody->getUserIndex())];
      out.omega_b_radps = axes.to_body(from(body.m_angularVelocity + body.m_deltaAngularVelocity));
      out.push_w_mps = from(body.m_pushVelocity);
      out.turn_b_radps = axes.to_body(from(body.m_turnVelocity));
      out.changed = true;
      if (!omega_b_radps->empty()) keep_slack_bits(body, out);
    }
    m_tmpSolverContactConstraintPool.resizeNoInitialize(0);
    m_tmpSolverNonContactConstraintPool.resizeNoInitialize(0);
    m_tmpSolverContactFrictionConstraintPool.resizeNoInitialize(0);
    m_tmpSolverContactRollingFrictionConstraintPool.resizeNoInitialize(0);
    m_tmpSolverBodyPool.resizeNoInitialize(0);
    return 0;
  }

 private:
  static CableRow& cable_of(const btSolverConstraint& row) noexcept {
    // Bullet keeps the constraint of a row in the field that contacts keep their point in
    auto* constraint = static_cast<btTypedConstraint*>(row.m_originalContactPoint);
    return static_cast<CableJoint*>(constraint)->row();
  }

  // Bullet would start joints from nothing.
  void start_cables() {
    for (int i = 0; i < m_tmpSolverNonContactConstraintPool.size(); ++i) {
      btSolverConstraint& row = m_tmpSolverNonContactConstraintPool[i];
      const btScalar start = cable_of(row).start_ns;
      btSolverBody& a = m_tmpSolverBodyPool[row.m_solverBodyIdA];
      btSolverBody& b = m_tmpSolverBodyPool[row.m_solverBodyIdB];
      row.m_appliedImpulse = start;
      a.internalApplyImpulse(row.m_contactNormal1 * a.internalGetInvMass(), row.m_angularComponentA,
                             start);
      b.internalApplyImpulse(row.m_contactNormal2 * b.internalGetInvMass(), row.m_angularComponentB,
                             start);
    }
  }

  // A swing lasts for minutes: its rates are not taken to the world and back in each substep, and a
  // body at a cable that stayed slack is left alone.
  void keep_slack_bits(const btSolverBody& body, SolvedBody& out) const {
    const auto i = static_cast<std::size_t>(body.m_originalBody->getUserIndex());
    out.omega_b_radps =
        (*omega_b_radps)[i] + (*axes_w)[i].to_body(from(body.m_deltaAngularVelocity));
    out.changed = !body.m_deltaLinearVelocity.isZero() || !body.m_deltaAngularVelocity.isZero() ||
                  !body.m_pushVelocity.isZero() || !body.m_turnVelocity.isZero();
  }
};

// Cables that Bullet must balance, by itself or with contacts, take the longer the more there are.
int iterations_of(const ContactModel::Impl& model, const Island& island, bool balanced) {
  constexpr std::size_t kMostTimes = 10;
  if (island.cables.empty() || (balanced && island.pairs.empty())) return model.config.iterations;
  return model.config.iterations * static_cast<int>(1 + std::min(island.cables.size(), kMostTimes));
}

btContactSolverInfo solver_info(const ContactModel::Impl& model) {
  btContactSolverInfo info;
  info.m_timeStep = model.substep_s;
  info.m_numIterations = model.config.iterations;
  // two friction directions and warm starting keep resting bodies and stacks still
  info.m_solverMode = SOLVER_USE_WARMSTARTING | SOLVER_SIMD | SOLVER_USE_2_FRICTION_DIRECTIONS;
  info.m_warmstartingFactor = 1;  // starting_impulse() has decided
  // the number of iterations never depends on what else is solved
  info.m_leastSquaresResidualThreshold = 0;
  info.m_splitImpulse = 1;
  // every penetration is corrected in position alone: Bullet's default of -4 cm would turn shallow
  // ones into speed, and rebounds at 0.5 into 0.6
  info.m_splitImpulsePenetrationThreshold = 0;
  info.m_splitImpulseTurnErp = kTurnShare;
  info.m_erp2 = kPenetrationShare;
  info.m_restitutionVelocityThreshold = kRestitutionSpeed;
  return info;
}

// The poses of bodies with contact points are in their records, so these count as changed.
void keep_touching(const Island& island, std::vector<SolvedBody>& results) {
  if (island.cables.empty()) return;
  for (const ContactPair* pair : island.pairs) {
    for (const std::uint32_t local : {pair->a, pair->b}) {
      const auto at =
          std::lower_bound(island.bodies.begin(), island.bodies.end(), static_cast<int>(local));
      if (at != island.bodies.end() && *at == static_cast<int>(local))
        results[static_cast<std::size_t>(at - island.bodies.begin())].changed = true;
    }
  }
}

}  // namespace

struct BulletSolver::Impl {
  explicit Impl(const ContactModel::Impl& m) : model(m), info(solver_info(m)), cables(m) {
    fixed = make_body();
    solver.results = &results;
    solver.axes_w = &axes_w;
    solver.omega_b_radps = &omega_b_radps;
  }

  std::unique_ptr<btRigidBody> make_body() {
    btRigidBody::btRigidBodyConstructionInfo construction(0, nullptr, &no_shape, {0, 0, 0});
    auto body = std::make_unique<btRigidBody>(construction);
    // the default flag would add the gyroscopic term, which the lanes have already added
    body->setFlags(0);
    body->setActivationState(DISABLE_DEACTIVATION);
    return body;
  }

  // Puts the state of body `local` into pool body i.
  void load(const SlabBodies& bodies, int world, int local, int i) {
    const Slab::BodyRef ref = bodies.ref(world, local);
    const BodyKind& kind = model.kinds[static_cast<std::size_t>(bodies.kind(local))];
    const Pose pose = pose_of(ref);
    btRigidBody& body = *pool[static_cast<std::size_t>(i)];
    const BodyMass mass = mass_of(model, kind, ref);
    body.setMassProps(mass.mass_kg, bt(mass.inertia_b_kgm2));
    const Mat3& m = pose.axes;
    axes_w[static_cast<std::size_t>(i)] = m;
    body.setWorldTransform(
        btTransform(btMatrix3x3(m.x.x, m.y.x, m.z.x, m.x.y, m.y.y, m.z.y, m.x.z, m.y.z, m.z.z),
                    bt(pose.position_w_m)));
    body.updateInertiaTensor();
    body.setLinearVelocity(bt(ref.blocks->vec3(ref.body, kVelocity)));
    body.setAngularVelocity(bt(m.to_world(ref.blocks->vec3(ref.body, kOmega))));
    body.setCompanionId(-1);
    body.setUserIndex(i);
  }

  void load_cables(const SlabBodies& bodies, const Island& island) {
    omega_b_radps.clear();
    joint_list.clear();
    if (island.cables.empty()) return;
    for (const int local : island.bodies) {
      const Slab::BodyRef ref = bodies.ref(island.world, local);
      omega_b_radps.push_back(ref.blocks->vec3(ref.body, kOmega));
    }
    if (joints.size() < island.cables.size()) joints.resize(island.cables.size());
    for (std::size_t i = 0; i < island.cables.size(); ++i) {
      CableRow& row = *island.cables[i];
      joints[i].emplace(*find(island, row.a), *find(island, row.b), row);
      joint_list.push_back(&*joints[i]);
    }
  }

  // pool body of a local index, the one fixed body for everything that does not move
  btRigidBody* find(const Island& island, int local) {
    const auto at = std::lower_bound(island.bodies.begin(), island.bodies.end(), local);
    if (at == island.bodies.end() || *at != local) return fixed.get();
    return pool[static_cast<std::size_t>(at - island.bodies.begin())].get();
  }

  void load(const SlabBodies& bodies, const Island& island, const ContactPair& pair,
            btPersistentManifold& out) {
    const int local_b = static_cast<int>(pair.b);
    btRigidBody* a = find(island, static_cast<int>(pair.a));
    btRigidBody* b = local_b < bodies.per_world ? find(island, local_b) : fixed.get();
    out.setBodies(a, b);
    out.setContactProcessingThreshold(BT_LARGE_FLOAT);
    out.setNumContacts(static_cast<int>(pair.num_points));

    const BodyKind& kind_a =
        model.kinds[static_cast<std::size_t>(bodies.kind(static_cast<int>(pair.a)))];
    const bool with_static = local_b >= bodies.per_world;
    const Surface& surface_b = surface_of(model, bodies, local_b);
    const Surface surface = combined(kind_a.surface, surface_b);
    const Pose pose_a = pose_of(bodies.ref(island.world, static_cast<int>(pair.a)));
    const Pose pose_b = with_static ? Pose{} : pose_of(bodies.ref(island.world, local_b));
    const BodyKind* const kind_b =
        with_static ? nullptr : &model.kinds[static_cast<std::size_t>(bodies.kind(local_b))];
    for (int i = 0; i < out.getNumContacts(); ++i) {
      const ContactPoint& point = pair.points[i];
      const Vec3 normal_w = {point.normal_on_b_w[0], point.normal_on_b_w[1],
                             point.normal_on_b_w[2]};
      const bool slides =
          under_wheels(kind_a, pose_a.axes.z, normal_w) ||
          (kind_b != nullptr && under_wheels(*kind_b, pose_b.axes.z, normal_w * -1.0F));
      btManifoldPoint to(bt(point.local_a_m), bt(point.local_b_m), bt(point.normal_on_b_w),
                         point.distance_m);
      to.m_positionWorldOnA =
          bt(pose_a.point_to_world({point.local_a_m[0], point.local_a_m[1], point.local_a_m[2]}));
      to.m_positionWorldOnB =
          bt(pose_b.point_to_world({point.local_b_m[0], point.local_b_m[1], point.local_b_m[2]}));
      to.m_combinedFriction = slides ? 0.0F : surface.friction;
      to.m_combinedRestitution = surface.restitution;
      normal_speed(to) = to.m_normalWorldOnB.dot(
          a->getVelocityInLocalPoint(to.m_positionWorldOnA - bt(pose_a.position_w_m)) -
          b->getVelocityInLocalPoint(to.m_positionWorldOnB - bt(pose_b.position_w_m)));
      to.m_appliedImpulse = starting_impulse(point.impulse_ns[0], normal_speed(to));
      out.getContactPoint(i) = to;
    }
  }

  const ContactModel::Impl& model;
  btContactSolverInfo info;
  CableSolver cables;
  Solver solver;
  btEmptyShape no_shape;
  std::unique_ptr<btRigidBody> fixed;
  std::vector<std::unique_ptr<btRigidBody>> pool;
  std::vector<btCollisionObject*> body_list;
  std::vector<btPersistentManifold> manifolds;
  std::vector<btPersistentManifold*> manifold_list;
  std::vector<SolvedBody> results;
  std::vector<Mat3> axes_w;
  std::vector<Vec3> omega_b_radps;
  std::vector<std::optional<CableJoint>> joints;
  std::vector<btTypedConstraint*> joint_list;
  std::vector<PairImpulse> impulses;
};

BulletSolver::BulletSolver(const ContactModel::Impl& model)
    : impl_(std::make_unique<Impl>(model)) {}
BulletSolver::~BulletSolver() = default;
BulletSolver::BulletSolver(BulletSolver&&) noexcept = default;

SolvedIsland BulletSolver::solve(const SlabBodies& bodies, const Island& island) {
  Impl& s = *impl_;
  const std::size_t num_bodies = island.bodies.size();
  const std::size_t num_pairs = island.pairs.size();
  while (s.pool.size() < num_bodies) s.pool.push_back(s.make_body());
  if (s.manifolds.size() < num_pairs) s.manifolds.resize(num_pairs);
  s.results.resize(num_bodies);
  s.axes_w.resize(num_bodies);
  s.body_list.clear();
  s.manifold_list.clear();
  s.impulses.clear();

  for (std::size_t i = 0; i < num_bodies; ++i) {
    s.load(bodies, island.world, island.bodies[i], static_cast<int>(i));
    s.body_list.push_back(s.pool[i].get());
  }
  for (std::size_t i = 0; i < num_pairs; ++i) {
    s.load(bodies, island, *island.pairs[i], s.manifolds[i]);
    s.manifold_list.push_back(&s.manifolds[i]);
  }
  const bool balanced = island.cables.empty() || s.cables.solve(bodies, island);
  s.load_cables(bodies, island);
  s.info.m_numIterations = iterations_of(s.model, island, balanced);
  s.solver.reset();
  s.solver.solveGroup(s.body_list.data(), static_cast<int>(num_bodies), s.manifold_list.data(),
                      static_cast<int>(num_pairs), s.joint_list.data(),
                      static_cast<int>(s.joint_list.size()), s.info, nullptr, nullptr);

  // impulses: the sum to report, each one for the next substep to start from
  for (std::size_t i = 0; i < num_pairs; ++i) {
    PairImpulse sum;
    for (int k = 0; k < s.manifolds[i].getNumContacts(); ++k) {
      const btManifoldPoint& point = s.manifolds[i].getContactPoint(k);
      sum.normal_ns += point.m_appliedImpulse;
      island.pairs[i]->points[k].impulse_ns[0] =
          lasting_impulse(point.m_appliedImpulse, normal_speed(point));
    }
    s.impulses.push_back(sum);
  }
  keep_touching(island, s.results);
  return {s.results, s.impulses};
}

}  // namespace volery::contact
