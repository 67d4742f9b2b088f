// What vehicles look like: built from their parameters, so that a new vehicle file needs no model.
#pragma once

#include "model/vehicle.hpp"
#include "render/mesh.hpp"

namespace volery::render {

/// Everything of a vehicle but its blades, at most kFullTriangles for quadcopters.
[[nodiscard]] Mesh full_mesh(const Vehicle& vehicle);
/// The same in at most kNearTriangles, rotors as plain discs.
[[nodiscard]] Mesh near_mesh(const Vehicle& vehicle);
/// Its collision shape: what the distance cameras of agents see, as rays do.
[[nodiscard]] Mesh shape_mesh(const Vehicle& vehicle);
/// A propeller of radius 1 about z, turning counter-clockwise.
[[nodiscard]] Mesh blade_mesh();

inline constexpr int kFullTriangles = 600;
inline constexpr int kNearTriangles = 60;

/// Half the span of what is drawn, from the center of mass: rotors reach beyond some collision
/// shapes.
[[nodiscard]] float drawn_radius_m(const Vehicle& vehicle) noexcept;

}  // namespace volery::render
