// What the files of the gpd mode share among themselves (gpd_compat.cpp calls the others).
#pragma once

#include <span>

#include "flight/gpd_compat.hpp"

namespace volery::gpd {

using Body = Scratch::Body;

/// Force (world) and torque (body) on a drone.
struct Wrench {
  V3 force_w_n;
  V3 torque_b_nm;
};

/// Adds ground effect, drag and downwash, whichever the mode has, to the wrench of drone `self`.
/// `spin` is the sum of the rotor speeds one substep ago.
void add_aerodynamics(const World& world, std::span<const Body> bodies, int self, double spin_radps,
                      Wrench& wrench) noexcept;

/// Changes the velocities of drones that touch the ground or each other. Positions and attitudes
/// are those before the substep, velocities those that it would give without contacts.
void solve_contacts(const World& world, std::span<Body> bodies,
                    std::vector<Contact>& contacts) noexcept;

/// One substep of the explicit equations of motion (kDyn).
void advance_explicit(const World& world, const std::array<double, kRotors>& rpm,
                      Drone& drone) noexcept;

}  // namespace volery::gpd
