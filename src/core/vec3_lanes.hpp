// Rows and three-vectors in lanes.

// Highway re-includes this file for each target; the toggle replaces an include guard.
#if defined(VOLERY_CORE_VEC3_LANES_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef VOLERY_CORE_VEC3_LANES_HPP_
#undef VOLERY_CORE_VEC3_LANES_HPP_
#else
#define VOLERY_CORE_VEC3_LANES_HPP_
#endif

#include "core/lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::HWY_NAMESPACE {

/// A row of a block at the lanes that `lanes` points to.
HWY_INLINE F32 load_row(const float* lanes, int row) {
  return F32::load(lanes + row * kLanes);
}

/// A vector per lane. Its components are rows that stand `stride` floats apart.
struct Vec3F32 {
  F32 x, y, z;
  HWY_INLINE static Vec3F32 load(const float* row, int stride = kLanes) {
    return {F32::load(row), F32::load(row + stride), F32::load(row + 2 * stride)};
  }
  HWY_INLINE void store(float* row, int stride = kLanes) const {
    x.store(row);
    y.store(row + stride);
    z.store(row + 2 * stride);
  }
};
HWY_INLINE Vec3F32 operator+(Vec3F32 a, Vec3F32 b) {
  return {a.x + b.x, a.y + b.y, a.z + b.z};
}
HWY_INLINE Vec3F32 operator-(Vec3F32 a, Vec3F32 b) {
  return {a.x - b.x, a.y - b.y, a.z - b.z};
}
HWY_INLINE Vec3F32 operator*(Vec3F32 a, Vec3F32 b) {
  return {a.x * b.x, a.y * b.y, a.z * b.z};
}
HWY_INLINE Vec3F32 operator*(F32 s, Vec3F32 a) {
  return {s * a.x, s * a.y, s * a.z};
}

HWY_INLINE F32 dot(Vec3F32 a, Vec3F32 b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
HWY_INLINE Vec3F32 cross(Vec3F32 a, Vec3F32 b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
HWY_INLINE Vec3F32 select(Mask m, Vec3F32 yes, Vec3F32 no) {
  return {select(m, yes.x, no.x), select(m, yes.y, no.y), select(m, yes.z, no.z)};
}

}  // namespace volery::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // VOLERY_CORE_VEC3_LANES_HPP_
