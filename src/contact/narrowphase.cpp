#include "contact/narrowphase.hpp"

#include <BulletCollision/CollisionDispatch/btBoxBoxDetector.h>
#include <BulletCollision/CollisionDispatch/btCollisionObjectWrapper.h>
#include <BulletCollision/CollisionDispatch/btConvexConvexAlgorithm.h>
#include <BulletCollision/CollisionDispatch/btManifoldResult.h>
#include <BulletCollision/CollisionShapes/btBoxShape.h>
#include <BulletCollision/CollisionShapes/btTriangleShape.h>
#include <BulletCollision/NarrowPhaseCollision/btGjkEpaPenetrationDepthSolver.h>
#include <BulletCollision/NarrowPhaseCollision/btPersistentManifold.h>

#include <algorithm>

#include "contact/cap_contact.hpp"
#include "contact/plane_contact.hpp"

namespace volery::contact {

namespace {

// triangles of one mesh that one body is tested against; more than this are dropped, highest index
// first
constexpr int kMaxTriangles = 64;

btVector3 bt(Vec3 v) noexcept {
  return {v.x, v.y, v.z};
}
btVector3 bt(const float* v) noexcept {
  return {v[0], v[1], v[2]};
}

btTransform bt(Vec3 position, Vec3 x, Vec3 y, Vec3 z) noexcept {
  return btTransform(btMatrix3x3(x.x, y.x, z.x, x.y, y.y, z.y, x.z, y.z, z.z), bt(position));
}

void store(float* out, const btVector3& v) noexcept {
  out[0] = v.x();
  out[1] = v.y();
  out[2] = v.z();
}

// The flat face of a solid that the body lies above with its whole shadow, if there is one.
bool face_below(const BodyKind& kind, const Pose& pose, const scene::Shape& solid,
                Face& face) noexcept {
  const Vec3 p = solid.to_local(pose.position_w_m - solid.center_w_m);
  const float r = kind.radius_m;
  if (solid.kind == PrimitiveKind::kCylinder) {
    const float room = solid.half_m.x - r;
    if (!(room > 0 && p.x * p.x + p.y * p.y <= room * room && abs_of(p.z) >= solid.half_m.z))
      return false;
    face.normal_w = p.z < 0 ? solid.axes_w[2] * -1.0F : solid.axes_w[2];
    face.offset_m = dot(face.normal_w, solid.center_w_m) + solid.half_m.z;
    return true;
  }
  const float at[3] = {p.x, p.y, p.z};
  const float half[3] = {solid.half_m.x, solid.half_m.y, solid.half_m.z};
  for (int i = 0; i < 3; ++i) {
    const int j = (i + 1) % 3;
    const int k = (i + 2) % 3;
    if (abs_of(at[i]) >= half[i] && abs_of(at[j]) <= half[j] - r && abs_of(at[k]) <= half[k] - r) {
      face.normal_w = at[i] < 0 ? solid.axes_w[i] * -1.0F : solid.axes_w[i];
      face.offset_m = dot(face.normal_w, solid.center_w_m) + half[i];
      return true;
    }
  }
  return false;
}

}  // namespace

// Two stand-ins for collision objects and the manifold between them, filled anew for each pair.
struct NarrowPhase::Scratch {
  btCollisionObject a, b;
  btPersistentManifold manifold;
  btGjkEpaPenetrationDepthSolver depth_solver;
  btDispatcherInfo info;

  // The pair's old points as Bullet keeps them. b's frame is the world for static geometry.
  void load(const ContactPair* old, const btTransform& frame_a, const btTransform& frame_b,
            float threshold_m) noexcept {
    a.setWorldTransform(frame_a);
    b.setWorldTransform(frame_b);
    manifold.setBodies(&a, &b);
    manifold.setContactBreakingThreshold(threshold_m);
    manifold.setContactProcessingThreshold(BT_LARGE_FLOAT);
    manifold.setNumContacts(old != nullptr ? static_cast<int>(old->num_points) : 0);
    for (int i = 0; i < manifold.getNumContacts(); ++i) {
      const ContactPoint& from = old->points[i];
      btManifoldPoint to(bt(from.local_a_m), bt(from.local_b_m), bt(from.normal_on_b_w),
                         from.distance_m);
      to.m_positionWorldOnA = frame_a(to.m_localPointA);
      to.m_positionWorldOnB = frame_b(to.m_localPointB);
      to.m_appliedImpulse = from.impulse_ns[0];
      to.m_appliedImpulseLateral1 = from.impulse_ns[1];
      to.m_appliedImpulseLateral2 = from.impulse_ns[2];
      manifold.getContactPoint(i) = to;
    }
  }

  // Drops points that came apart and reads the rest back.
  void unload(ContactPair& pair) noexcept {
    manifold.refreshContactPoints(a.getWorldTransform(), b.getWorldTransform());
    pair.num_points = static_cast<std::uint32_t>(manifold.getNumContacts());
    for (int i = 0; i < manifold.getNumContacts(); ++i) {
      const btManifoldPoint& from = manifold.getContactPoint(i);
      ContactPoint& to = pair.points[i];
      store(to.local_a_m, from.m_localPointA);
      store(to.local_b_m, from.m_localPointB);
      store(to.normal_on_b_w, from.m_normalWorldOnB);
      to.distance_m = from.m_distance1;
      to.impulse_ns[0] = from.m_appliedImpulse;
      to.impulse_ns[1] = from.m_appliedImpulseLateral1;
      to.impulse_ns[2] = from.m_appliedImpulseLateral2;
    }
  }

  void convex(const btConvexShape& shape_a, const btTransform& at_a, const btConvexShape& shape_b,
              const btTransform& at_b) noexcept {
    const btCollisionObjectWrapper wrap_a(nullptr, &shape_a, &a, at_a, -1, -1);
    const btCollisionObjectWrapper wrap_b(nullptr, &shape_b, &b, at_b, -1, -1);
    btManifoldResult result(&wrap_a, &wrap_b);
    result.setPersistentManifold(&manifold);
    if (shape_a.getShapeType() == BOX_SHAPE_PROXYTYPE &&
        shape_b.getShapeType() == BOX_SHAPE_PROXYTYPE) {
      btDiscreteCollisionDetectorInterface::ClosestPointInput input;
      input.m_maximumDistanceSquared = BT_LARGE_FLOAT;
      input.m_transformA = at_a;
      input.m_transformB = at_b;
      btBoxBoxDetector detector(static_cast<const btBoxShape*>(&shape_a),
                                static_cast<const btBoxShape*>(&shape_b));
      detector.getClosestPoints(input, result, nullptr);
      return;
    }
    btConvexConvexAlgorithm algorithm(&manifold, btCollisionAlgorithmConstructionInfo(), &wrap_a,
                                      &wrap_b, &depth_solver, 0, 0);
    algorithm.processCollision(&wrap_a, &wrap_b, info, &result);
  }

  void mesh(const PairBody& body, const btTransform& at_a, const scene::Shape& mesh,
            float reach_m) noexcept {
    // candidates in the order of their index, however the tree visits them
    int found[kMaxTriangles];
    int count = 0;
    const float reach_m2 = reach_m * reach_m;
    mesh.triangle_index.near(body.pose.position_w_m, reach_m2, [&](int t) {
      if (!(scene::distance_m(mesh.triangles[static_cast<std::size_t>(t)],
                              body.pose.position_w_m) <= reach_m))
        return;
      if (count == kMaxTriangles) {
        if (t > found[count - 1]) return;
        --count;
      }
      int at = count++;
      for (; at > 0 && found[at - 1] > t; --at) found[at] = found[at - 1];
      found[at] = t;
    });
    for (int i = 0; i < count; ++i) {
      const scene::Triangle& t = mesh.triangles[static_cast<std::size_t>(found[i])];
      btTriangleShape triangle(bt(t.a), bt(t.b), bt(t.c));
      triangle.setMargin(0);
      convex(*body.shape, at_a, triangle, btTransform::getIdentity());
    }
  }
};

NarrowPhase::NarrowPhase() : scratch_(std::make_unique<Scratch>()) {}
NarrowPhase::~NarrowPhase() = default;
NarrowPhase::NarrowPhase(NarrowPhase&&) noexcept = default;

namespace {

btTransform frame_of(const Pose& pose) noexcept {
  return bt(pose.position_w_m, pose.axes.x, pose.axes.y, pose.axes.z);
}

btTransform shape_frame_of(const PairBody& body) noexcept {
  return bt(body.pose.point_to_world(body.kind->offset_b_m), body.pose.axes.x, body.pose.axes.y,
            body.pose.axes.z);
}

}  // namespace

float NarrowPhase::touch_static(const PairBody& a, const StaticBody& b, const ContactPair* old,
                                ContactPair& pair) noexcept {
  const scene::Shape& solid = b.geometry;
  const float threshold_m = a.kind->threshold_m;
  if (solid.kind == PrimitiveKind::kPlane) {
    const scene::HalfSpace& s = solid.half_spaces.front();
    return touch_face(*a.kind, a.pose, {s.normal_w, s.offset_m}, threshold_m, old, pair);
  }
  if (solid.kind == PrimitiveKind::kBox || solid.kind == PrimitiveKind::kCylinder) {
    Face face;
    if (face_below(*a.kind, a.pose, solid, face)) {
      touch_face(*a.kind, a.pose, face, threshold_m, old, pair);
      return 0;
    }
  }
  scratch_->load(old, frame_of(a.pose), btTransform::getIdentity(), threshold_m);
  if (solid.kind == PrimitiveKind::kMesh) {
    scratch_->mesh(a, shape_frame_of(a), solid, a.kind->radius_m + threshold_m);
  } else {
    scratch_->convex(*a.shape, shape_frame_of(a), *b.bullet,
                     bt(solid.center_w_m, solid.axes_w[0], solid.axes_w[1], solid.axes_w[2]));
  }
  scratch_->unload(pair);
  return 0;
}

void NarrowPhase::touch_body(const PairBody& a, const PairBody& b, const ContactPair* old,
                             ContactPair& pair) noexcept {
  const float threshold_m = min_of(a.kind->threshold_m, b.kind->threshold_m);
  if (touch_caps(*a.kind, a.pose, *b.kind, b.pose, threshold_m, old, pair)) return;
  scratch_->load(old, frame_of(a.pose), frame_of(b.pose), threshold_m);
  scratch_->convex(*a.shape, shape_frame_of(a), *b.shape, shape_frame_of(b));
  scratch_->unload(pair);
}

}  // namespace volery::contact
