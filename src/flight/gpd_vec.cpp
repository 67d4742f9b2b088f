#include "flight/gpd_vec.hpp"

namespace volery::gpd {

Q4 quat_of_rpy(V3 rpy_rad) noexcept {
  double sr = 0, cr = 0, sp = 0, cp = 0, sy = 0, cy = 0;
  math64::sin_cos(rpy_rad.x * 0.5, sr, cr);
  math64::sin_cos(rpy_rad.y * 0.5, sp, cp);
  math64::sin_cos(rpy_rad.z * 0.5, sy, cy);
  return normalized({sr * cp * cy - cr * sp * sy, cr * sp * cy + sr * cp * sy,
                     cr * cp * sy - sr * sp * cy, cr * cp * cy + sr * sp * sy});
}

V3 rpy_of(Q4 q) noexcept {
  const double xx = q.x * q.x, yy = q.y * q.y, zz = q.z * q.z, ww = q.w * q.w;
  const double sine = -2 * (q.x * q.z - q.w * q.y);
  if (sine <= -0.99999) return {0, -0.5 * math64::kPi, 2 * math64::atan2(q.x, -q.y)};
  if (sine >= 0.99999) return {0, 0.5 * math64::kPi, 2 * math64::atan2(-q.x, q.y)};
  return {math64::atan2(2 * (q.y * q.z + q.w * q.x), ww - xx - yy + zz), math64::asin(sine),
          math64::atan2(2 * (q.x * q.y + q.w * q.z), ww + xx - yy - zz)};
}

}  // namespace volery::gpd
