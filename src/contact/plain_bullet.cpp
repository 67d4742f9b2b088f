#include "contact/plain_bullet.hpp"

#include <BulletCollision/BroadphaseCollision/btDbvtBroadphase.h>
#include <BulletCollision/CollisionDispatch/btCollisionDispatcher.h>
#include <BulletCollision/CollisionDispatch/btDefaultCollisionConfiguration.h>
#include <BulletCollision/CollisionShapes/btBoxShape.h>
#include <BulletCollision/CollisionShapes/btBvhTriangleMeshShape.h>
#include <BulletCollision/CollisionShapes/btCompoundShape.h>
#include <BulletCollision/CollisionShapes/btConvexHullShape.h>
#include <BulletCollision/CollisionShapes/btCylinderShape.h>
#include <BulletCollision/CollisionShapes/btSphereShape.h>
#include <BulletCollision/CollisionShapes/btStaticPlaneShape.h>
#include <BulletCollision/CollisionShapes/btTriangleMesh.h>
#include <BulletDynamics/ConstraintSolver/btSequentialImpulseConstraintSolver.h>
#include <BulletDynamics/Dynamics/btDiscreteDynamicsWorld.h>
#include <BulletDynamics/Dynamics/btRigidBody.h>

#include <vector>

#include "contact/body_kind.hpp"
#include "core/rotation.hpp"

namespace volery::contact {

namespace {

btVector3 bt(Vec3 v) {
  return {v.x, v.y, v.z};
}
Vec3 from(const btVector3& v) {
  return {v.x(), v.y(), v.z()};
}
Vec3 vec3_of(const std::vector<float>& v) {
  return {v[0], v[1], v[2]};
}

std::unique_ptr<btCollisionShape> solid_shape(PrimitiveKind kind, Vec3 half_m) {
  if (kind == PrimitiveKind::kSphere) return std::make_unique<btSphereShape>(half_m.x);
  if (kind == PrimitiveKind::kBox) return std::make_unique<btBoxShape>(bt(half_m));
  return std::make_unique<btCylinderShapeZ>(bt(half_m));
}

}  // namespace

struct PlainBullet::Impl {
  /// One world; the body list of Bullet holds its statics and bodies.
  struct World {
    std::unique_ptr<btCollisionDispatcher> dispatcher;
    std::unique_ptr<btDbvtBroadphase> broadphase;
    std::unique_ptr<btSequentialImpulseConstraintSolver> solver;
    std::unique_ptr<btDiscreteDynamicsWorld> dynamics;
    std::vector<std::unique_ptr<btRigidBody>> statics;
    std::vector<std::unique_ptr<btRigidBody>> bodies;
    std::vector<btVector3> lift_n;
  };

  Impl(const Scene& scene, const Vehicle& vehicle, float gravity_mps2, float step)
      : kind(vehicle_kind(vehicle, gravity_mps2)), gravity(gravity_mps2), step_s(step) {
    btDefaultCollisionConstructionInfo construction;
    // shared by all worlds, which take turns; more is allocated where the pool runs out
    construction.m_defaultMaxPersistentManifoldPoolSize = 1 << 14;
    construction.m_defaultMaxCollisionAlgorithmPoolSize = 1 << 14;
    configuration = std::make_unique<btDefaultCollisionConfiguration>(construction);
    auto solid = solid_shape(kind.shape, kind.half_m);
    if (kind.offset_b_m == Vec3{}) {
      body_shape = std::move(solid);
    } else {
      auto compound = std::make_unique<btCompoundShape>();
      compound->addChildShape(btTransform(btQuaternion::getIdentity(), bt(kind.offset_b_m)),
                              solid.get());
      shapes.push_back(std::move(solid));
      body_shape = std::move(compound);
    }
    for (const Primitive& primitive : scene.config().statics) {
      statics.push_back(&primitive);
      shapes.push_back(static_shape(primitive));
      static_shapes.push_back(shapes.back().get());
    }
  }

  std::unique_ptr<btCollisionShape> static_shape(const Primitive& primitive) {
    if (primitive.kind == PrimitiveKind::kPlane)
      return std::make_unique<btStaticPlaneShape>(btVector3(0, 0, 1), 0);
    const auto vertex = [&](std::size_t i) {
      const float* v = primitive.vertices_m.data() + 3 * i;
      return btVector3(v[0], v[1], v[2]);
    };
    if (primitive.kind == PrimitiveKind::kHull) {
      auto hull = std::make_unique<btConvexHullShape>();
      for (std::size_t i = 0; i < primitive.vertices_m.size() / 3; ++i) hull->addPoint(vertex(i));
      hull->setMargin(0);
      return hull;
    }
    if (primitive.kind == PrimitiveKind::kMesh) {
      meshes.push_back(std::make_unique<btTriangleMesh>());
      const std::vector<float>& t = primitive.triangles;
      for (std::size_t i = 0; i + 2 < t.size(); i += 3) {
        meshes.back()->addTriangle(vertex(static_cast<std::size_t>(t[i])),
                                   vertex(static_cast<std::size_t>(t[i + 1])),
                                   vertex(static_cast<std::size_t>(t[i + 2])));
      }
      return std::make_unique<btBvhTriangleMeshShape>(meshes.back().get(), true);
    }
    return solid_shape(primitive.kind, vec3_of(primitive.size_m) * 0.5F);
  }

  void add_world(int num_bodies) {
    World& world = worlds.emplace_back();
    world.dispatcher = std::make_unique<btCollisionDispatcher>(configuration.get());
    world.broadphase = std::make_unique<btDbvtBroadphase>();
    world.solver = std::make_unique<btSequentialImpulseConstraintSolver>();
    world.dynamics = std::make_unique<btDiscreteDynamicsWorld>(
        world.dispatcher.get(), world.broadphase.get(), world.solver.get(), configuration.get());
    world.dynamics->setGravity({0, 0, -gravity});
    world.dynamics->getSolverInfo().m_numIterations = kPlainIterations;
    for (std::size_t i = 0; i < statics.size(); ++i) {
      const Primitive& primitive = *statics[i];
      const Quat q = quat_from_rpy(vec3_of(primitive.rpy_rad));
      world.statics.push_back(
          make_body(static_shapes[i], 0, {}, primitive.friction, primitive.restitution));
      world.statics.back()->setWorldTransform(
          btTransform({q.x, q.y, q.z, q.w}, bt(vec3_of(primitive.position_w_m))));
      world.dynamics->addRigidBody(world.statics.back().get());
    }
    for (int i = 0; i < num_bodies; ++i) {
      world.bodies.push_back(make_body(body_shape.get(), kind.mass_kg, kind.inertia_b_kgm2,
                                       kind.surface.friction, kind.surface.restitution));
      world.lift_n.emplace_back(0, 0, 0);
      world.dynamics->addRigidBody(world.bodies.back().get());
    }
  }

  static std::unique_ptr<btRigidBody> make_body(btCollisionShape* shape, float mass_kg,
                                                Vec3 inertia_kgm2, float friction,
                                                float restitution) {
    btRigidBody::btRigidBodyConstructionInfo construction(mass_kg, nullptr, shape,
                                                          bt(inertia_kgm2));
    construction.m_friction = friction;
    construction.m_restitution = restitution;
    auto body = std::make_unique<btRigidBody>(construction);
    // a drone under control never sleeps
    if (mass_kg > 0) body->setActivationState(DISABLE_DEACTIVATION);
    return body;
  }

  BodyKind kind;
  float gravity;
  float step_s;
  std::unique_ptr<btDefaultCollisionConfiguration> configuration;
  std::vector<std::unique_ptr<btTriangleMesh>> meshes;
  std::vector<std::unique_ptr<btCollisionShape>> shapes;
  std::unique_ptr<btCollisionShape> body_shape;
  std::vector<const Primitive*> statics;
  std::vector<btCollisionShape*> static_shapes;
  std::vector<World> worlds;
};

PlainBullet::PlainBullet(const Scene& scene, const Vehicle& vehicle, float gravity_mps2,
                         float step_s, int num_worlds, int num_bodies)
    : impl_(std::make_unique<Impl>(scene, vehicle, gravity_mps2, step_s)) {
  impl_->worlds.reserve(static_cast<std::size_t>(num_worlds));
  for (int i = 0; i < num_worlds; ++i) impl_->add_world(num_bodies);
}

PlainBullet::~PlainBullet() {
  // bodies must leave their world before either goes
  for (Impl::World& world : impl_->worlds) {
    for (auto& body : world.bodies) world.dynamics->removeRigidBody(body.get());
    for (auto& body : world.statics) world.dynamics->removeRigidBody(body.get());
    world.dynamics.reset();
  }
}

void PlainBullet::set_body(int world, int body, const PlainBody& state) {
  Impl::World& in = impl_->worlds[static_cast<std::size_t>(world)];
  btRigidBody& to = *in.bodies[static_cast<std::size_t>(body)];
  const Quat q = state.quat_wb;
  const btTransform pose({q.x, q.y, q.z, q.w}, bt(state.position_w_m));
  to.setWorldTransform(pose);
  to.setInterpolationWorldTransform(pose);
  to.setLinearVelocity(bt(state.velocity_w_mps));
  to.setAngularVelocity(bt(state.omega_w_radps));
  to.updateInertiaTensor();
  in.lift_n[static_cast<std::size_t>(body)] = {0, 0, state.lift_n};
}

PlainBody PlainBullet::body(int world, int body) const {
  const Impl::World& in = impl_->worlds[static_cast<std::size_t>(world)];
  const btRigidBody& of = *in.bodies[static_cast<std::size_t>(body)];
  const btQuaternion q = of.getWorldTransform().getRotation();
  return {from(of.getWorldTransform().getOrigin()),
          {q.x(), q.y(), q.z(), q.w()},
          from(of.getLinearVelocity()),
          from(of.getAngularVelocity()),
          in.lift_n[static_cast<std::size_t>(body)].z()};
}

void PlainBullet::step(int substeps) {
  for (Impl::World& world : impl_->worlds) {
    for (int s = 0; s < substeps; ++s) {
      for (std::size_t i = 0; i < world.bodies.size(); ++i) {
        world.bodies[i]->applyCentralForce(world.lift_n[i]);
      }
      // 0: exactly one step of the time given
      world.dynamics->stepSimulation(impl_->step_s, 0);
    }
  }
}

double PlainBullet::touching_share() const {
  std::size_t touching = 0, all = 0;
  for (const Impl::World& world : impl_->worlds) {
    std::vector<char> marks(world.bodies.size() + world.statics.size(), 0);
    for (int i = 0; i < world.dispatcher->getNumManifolds(); ++i) {
      const btPersistentManifold& manifold = *world.dispatcher->getManifoldByIndexInternal(i);
      if (manifold.getNumContacts() == 0) continue;
      // addRigidBody numbers objects in order: statics, then bodies
      for (const btCollisionObject* object : {manifold.getBody0(), manifold.getBody1()}) {
        marks[static_cast<std::size_t>(object->getWorldArrayIndex())] = 1;
      }
    }
    for (std::size_t i = world.statics.size(); i < marks.size(); ++i) touching += marks[i] != 0;
    all += world.bodies.size();
  }
  return all == 0 ? 0 : static_cast<double>(touching) / static_cast<double>(all);
}

}  // namespace volery::contact
