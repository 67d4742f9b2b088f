// Collision shapes of vehicles among the primitives of a scene.
#pragma once

#include "model/vehicle.hpp"
#include "scene/scene.hpp"

namespace volery {

[[nodiscard]] constexpr PrimitiveKind kind_of(CollisionSpec::Shape shape) noexcept {
  switch (shape) {
    case CollisionSpec::Shape::kBox:
      return PrimitiveKind::kBox;
    case CollisionSpec::Shape::kSphere:
      return PrimitiveKind::kSphere;
    case CollisionSpec::Shape::kCylinder:
      break;
  }
  return PrimitiveKind::kCylinder;
}

}  // namespace volery
