#include "scene/prop.hpp"

namespace volery {

Vec3 prop_inertia_b_kgm2(const PropSpec& prop) noexcept {
  const float x2 = prop.size_m[0] * prop.size_m[0];
  const float y2 = prop.size_m[1] * prop.size_m[1];
  const float z2 = prop.size_m[2] * prop.size_m[2];
  const float m = prop.mass_kg;
  switch (prop.kind) {
    case PrimitiveKind::kCylinder: {
      // m (3 r^2 + h^2) / 12 and m r^2 / 2, with the diameter in size_m[0]
      const float side = m * (0.75F * x2 + z2) / 12.0F;
      return {side, side, m * x2 / 8.0F};
    }
    case PrimitiveKind::kSphere: {
      const float any = m * x2 / 10.0F;  // 2/5 m r^2
      return {any, any, any};
    }
    default:
      return {m * (y2 + z2) / 12.0F, m * (x2 + z2) / 12.0F, m * (x2 + y2) / 12.0F};
  }
}

}  // namespace volery
