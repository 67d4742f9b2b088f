#include "contact/plane_contact.hpp"

#include "contact/point_writer.hpp"

namespace volery::contact {

namespace {

constexpr int kMaxPoints = 4;

// Points of a shape that may touch a face, in body coordinates about the shape's centre.
struct Features {
  Vec3 point[kMaxPoints];
  int count = 0;
  void add(Vec3 p) noexcept { point[count++] = p; }
};

// the lowest face of a box has the lowest corner, and the lowest edge where one is
void add_box(Vec3 half, Vec3 down_b, Features& out) noexcept {
  const float ax = abs_of(down_b.x);
  const float ay = abs_of(down_b.y);
  const float az = abs_of(down_b.z);
  const Vec3 s{down_b.x < 0 ? -half.x : half.x, down_b.y < 0 ? -half.y : half.y,
               down_b.z < 0 ? -half.z : half.z};
  if (az >= ax && az >= ay) {
    for (const float x : {-half.x, half.x}) {
      for (const float y : {-half.y, half.y}) out.add({x, y, s.z});
    }
  } else if (ay >= ax) {
    for (const float x : {-half.x, half.x}) {
      for (const float z : {-half.z, half.z}) out.add({x, s.y, z});
    }
  } else {
    for (const float y : {-half.y, half.y}) {
      for (const float z : {-half.z, half.z}) out.add({s.x, y, z});
    }
  }
}

// Below this sine of the tilt the rim points stay fixed to the body, so that impulses of a resting
// body carry over; the lowest point of the rim is then at most 0.3 * 0.004 r = 70 um below them.
constexpr float kFlatTilt = 0.004F;

void add_cylinder(Vec3 half, Vec3 down_b, Features& out) noexcept {
  const float r = half.x;
  const float low_z = down_b.z < 0 ? -half.z : half.z;
  const float tilt2 = down_b.x * down_b.x + down_b.y * down_b.y;
  if (tilt2 < kFlatTilt * kFlatTilt) {
    out.add({r, 0, low_z});
    out.add({0, r, low_z});
    out.add({-r, 0, low_z});
    out.add({0, -r, low_z});
    return;
  }
  // lowest point of the rim, the two at right angles, and the next lowest: across or on the other
  // cap
  const float scale = r / std::sqrt(tilt2);
  const float dx = down_b.x * scale;
  const float dy = down_b.y * scale;
  out.add({dx, dy, low_z});
  out.add({-dy, dx, low_z});
  out.add({dy, -dx, low_z});
  const float across = 2 * r * r / scale;  // how much higher: 2 r sin(tilt), as tilt = r / scale
  const float other_cap = 2 * half.z * abs_of(down_b.z);
  if (other_cap < across) {
    out.add({dx, dy, -low_z});
  } else {
    out.add({-dx, -dy, low_z});
  }
}

}  // namespace

float reach_m(const BodyKind& kind, const Pose& pose, Vec3 normal_w) noexcept {
  const Vec3 n = pose.axes.to_body(normal_w);
  const Vec3 h = kind.half_m;
  float shape_m = 0;
  switch (kind.shape) {
    case PrimitiveKind::kBox:
      shape_m = abs_of(n.x) * h.x + abs_of(n.y) * h.y + abs_of(n.z) * h.z;
      break;
    case PrimitiveKind::kCylinder:
      shape_m = h.x * std::sqrt(n.x * n.x + n.y * n.y) + abs_of(n.z) * h.z;
      break;
    default:
      shape_m = h.x;
  }
  return shape_m - dot(n, kind.offset_b_m);
}

float touch_face(const BodyKind& kind, const Pose& pose, const Face& face, float threshold_m,
                 const ContactPair* old, ContactPair& pair) noexcept {
  pair.num_points = 0;
  const float gap_m = dot(face.normal_w, pose.position_w_m) - face.offset_m -
                      reach_m(kind, pose, face.normal_w) - threshold_m;
  if (gap_m > 0) return gap_m;
  const Vec3 down_b = pose.axes.to_body(face.normal_w) * -1.0F;
  Features features;
  switch (kind.shape) {
    case PrimitiveKind::kBox:
      add_box(kind.half_m, down_b, features);
      break;
    case PrimitiveKind::kCylinder:
      add_cylinder(kind.half_m, down_b, features);
      break;
    default:
      features.add(down_b * kind.half_m.x);
  }

  // a third of the size: rim points that turned by less are the same feature
  PointWriter writer(old, 0.3F * kind.half_m.x, pair);
  for (int i = 0; i < features.count; ++i) {
    const Vec3 local = features.point[i] + kind.offset_b_m;
    const Vec3 world = pose.point_to_world(local);
    const float distance_m = dot(face.normal_w, world) - face.offset_m;
    if (!(distance_m <= threshold_m)) continue;
    writer.add(local, world - face.normal_w * distance_m, face.normal_w, distance_m);
  }
  return 0;
}

}  // namespace volery::contact
