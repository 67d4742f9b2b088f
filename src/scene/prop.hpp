// What follows from the description of a dynamic prop.
#pragma once

#include "core/types.hpp"
#include "scene/scene.hpp"

namespace volery {

/// Principal moments of inertia about the prop's own axes: a homogeneous box, cylinder (along z) or
/// sphere of its mass and size, kg m^2.
[[nodiscard]] Vec3 prop_inertia_b_kgm2(const PropSpec& prop) noexcept;

}  // namespace volery
