#include "contact/swept.hpp"

#include "contact/plane_contact.hpp"

namespace volery::contact {

namespace {

// False where no static can be within the path and the core, by planes and bounding boxes.
bool may_hit(const ContactModel::Impl& model, Vec3 position_w_m, Vec3 direction, float reach_m) {
  if (model.near_planes.num_boxes() > 0) return true;
  const float* plane = model.near_planes.planes.data();
  constexpr float kRounding = 1e-5F;  // relative, of heights that cancel
  for (int i = 0; i < model.near_planes.num_planes(); ++i, plane += 4) {
    const Vec3 n{plane[0], plane[1], plane[2]};
    const float height_m = dot(n, position_w_m) - plane[3];
    const float end_m = height_m + dot(n, direction) * reach_m;
    if (!(end_m > kRounding * (abs_of(plane[3]) + abs_of(height_m) + reach_m))) return true;
  }
  return false;
}

}  // namespace

bool hold_before_walls(const ContactModel::Impl& model, const BodyKind& kind,
                       const Slab::BodyRef& body) noexcept {
  const Vec3 velocity = body.blocks->vec3(body.body, kVelocity);
  const float speed_mps = length(velocity);
  const float path_m = speed_mps * model.substep_s;
  // slower bodies are still in contact when they are tested next; also lets no NaN pass
  if (!(path_m > kind.core_m && path_m < kFarthest) || !finite_pose(body)) return false;

  const Vec3 position = body.blocks->vec3(body.body, kPosition);
  const Vec3 direction = velocity * (1.0F / speed_mps);
  if (!may_hit(model, position, direction, path_m + kind.core_m)) return false;
  const Pose pose = pose_of(body);
  const RayHit hit = model.scene->cast_ray(pose.position_w_m, direction, path_m + kind.core_m);
  // a centre that is already inside is left to the contact solver
  if (hit.primitive < 0 || !(hit.distance_m > 0)) return false;
  const float closing_m = -dot(velocity, hit.normal_w) * model.substep_s;
  if (!(closing_m > 0)) return false;

  // where along the normal the step may end: the shape a little inside of the surface
  constexpr float kOverlapShare = 0.05F;
  const float ahead_m = -dot(direction, hit.normal_w) * hit.distance_m;
  const float least_m =
      max_of(reach_m(kind, pose, hit.normal_w) - kOverlapShare * kind.core_m, kind.core_m * 0.5F);
  const float allowed_m = max_of(ahead_m - least_m, 0);
  if (closing_m <= allowed_m) return false;
  body.blocks->set_vec3(body.body, kPosition,
                        pose.position_w_m + hit.normal_w * (closing_m - allowed_m));
  return true;
}

}  // namespace volery::contact
