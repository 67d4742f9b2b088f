#include "contact/cap_contact.hpp"

#include "contact/point_writer.hpp"

namespace volery::contact {

namespace {

// Axes that differ by less (rad) count as parallel: the caps' true lowest points are then at most
// 0.3 * 0.01 r = 0.2 mm (Crazyflie) lower than the four points.
constexpr float kParallel = 0.01F;

}  // namespace

bool touch_caps(const BodyKind& kind_a, const Pose& pose_a, const BodyKind& kind_b,
                const Pose& pose_b, float threshold_m, const ContactPair* old,
                ContactPair& pair) noexcept {
  if (kind_a.shape != PrimitiveKind::kCylinder || kind_b.shape != PrimitiveKind::kCylinder)
    return false;
  const Vec3 tilt = cross(pose_a.axes.z, pose_b.axes.z);
  if (!(dot(tilt, tilt) < kParallel * kParallel)) return false;

  // a's centre from b's, along b's axis and across it
  const Vec3 center_a = pose_a.point_to_world(kind_a.offset_b_m);
  const Vec3 center_b = pose_b.point_to_world(kind_b.offset_b_m);
  const Vec3 apart = center_a - center_b;
  const float height = dot(pose_b.axes.z, apart);
  const Vec3 normal = height < 0 ? pose_b.axes.z * -1.0F : pose_b.axes.z;
  const float gap_m = abs_of(height) - kind_a.half_m.z - kind_b.half_m.z;
  const Vec3 across = apart - pose_b.axes.z * height;
  const float offset_m = length(across);
  const float shared_m = kind_a.half_m.x + kind_b.half_m.x - offset_m;
  // rims that meet side by side are left to GJK
  if (!(shared_m > 0 && -gap_m < shared_m)) return false;

  // the circle inside of both caps: from a's centre towards b's, the caps overlap from low to high
  const float low = max_of(-kind_a.half_m.x, offset_m - kind_b.half_m.x);
  const float high = min_of(kind_a.half_m.x, offset_m + kind_b.half_m.x);
  const float radius_m = 0.5F * (high - low);
  const Vec3 towards_b = offset_m > 0 ? across * (-1.0F / offset_m) : Vec3{};
  const Vec3 middle_a = pose_a.axes.to_body(towards_b) * (0.5F * (high + low));
  const float cap_z = dot(pose_a.axes.z, normal) > 0 ? -kind_a.half_m.z : kind_a.half_m.z;
  const float face_m = dot(normal, center_b) + kind_b.half_m.z;

  PointWriter writer(old, 0.3F * kind_a.half_m.x, pair);
  const float x[4] = {radius_m, 0, -radius_m, 0};
  const float y[4] = {0, radius_m, 0, -radius_m};
  for (int i = 0; i < 4; ++i) {
    const Vec3 local = Vec3{middle_a.x + x[i], middle_a.y + y[i], cap_z} + kind_a.offset_b_m;
    const Vec3 world = pose_a.point_to_world(local);
    const float distance_m = dot(normal, world) - face_m;
    if (!(distance_m <= threshold_m)) continue;
    writer.add(local, pose_b.point_to_body(world - normal * distance_m), normal, distance_m);
  }
  return true;
}

}  // namespace volery::contact
