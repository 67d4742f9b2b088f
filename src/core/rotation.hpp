// Conversions between the ways to write a rotation, with our own sin and cos.
#pragma once

#include "core/math.hpp"
#include "core/types.hpp"

namespace volery {

/// Roll about world x, then pitch about world y, then yaw about world z (radians): Rz Ry Rx.
[[nodiscard]] inline Quat quat_from_rpy(Vec3 rpy_rad) noexcept {
  const float cr = cos(rpy_rad.x * 0.5F);
  const float sr = sin(rpy_rad.x * 0.5F);
  const float cp = cos(rpy_rad.y * 0.5F);
  const float sp = sin(rpy_rad.y * 0.5F);
  const float cy = cos(rpy_rad.z * 0.5F);
  const float sy = sin(rpy_rad.z * 0.5F);
  return {sr * cp * cy - cr * sp * sy, cr * sp * cy + sr * cp * sy, cr * cp * sy - sr * sp * cy,
          cr * cp * cy + sr * sp * sy};
}

}  // namespace volery
