// Lane blocks: where the state of bodies lives.
//
// A block holds 16 bodies. Inside it each row (one component of one field) is 16 contiguous floats,
// 64-byte aligned, and the rows of a block follow each other. So a kernel streams whole vectors,
// one block stays in a few pages, and no two rows alias in the L1 cache as plain
// one-array-per-field layouts do. Bodies past the last one are padding: they hold a resting body
// and are never read out.
#pragma once

#include <cstddef>

#include "core/types.hpp"
#include "state/fields.hpp"

namespace volery {

/// Rows that every moving body has, agents and props alike. Fixed, so that kernels use constants.
enum RigidRow : int {
  kPosition = 0,          // 3  position_w_m
  kPositionResidual = 3,  // 3  what float32 dropped when the position was last advanced, metres
  kQuat = 6,              // 4  quat_wb_xyzw
  kVelocity = 10,         // 3  velocity_w_mps
  kOmega = 13,            // 3  omega_b_radps
  kTouchStatic = 16,      // 1  1 where static geometry or a prop was touched in the last agent step
  kTouchAgent = 17,       // 1  1 where another agent was touched in the last agent step
  kImpulse = 18,          // 1  sum of the normal contact impulses of the last agent step, N s
  kMode = 19,             // 1  a BodyMode
  kNumRigidRows = 20,
};

/// Rows of agents that fly, after the rigid ones. Rotor rows come last: their number is the
/// vehicle's.
enum FlightRow : int {
  kSurfaceHeight = kNumRigidRows,  // 1  world z of the surface below, held over the window, m
  kMotorsOn,                       // 1  1 while the motors obey the controller, 0 in a wreck
  kRotorRows,                      // R  rotor_command_radps, then R rotor_speed_radps
};

/// What contacts and flight do with a body. Stored as a float in kMode.
enum class BodyMode : int {
  kMoving = 0,  // flies, touches
  kFrozen = 1,  // holds its pose; others touch it as a body of infinite mass
  kAbsent = 2,  // neither moves nor touches anything
};

/// Blocks of one kind of body in one slab. A view: the slab arena owns the memory.
struct Blocks {
  float* data = nullptr;  // [num_blocks][num_rows][16]
  int num_blocks = 0;
  int num_rows = 0;
  int num_bodies = 0;

  [[nodiscard]] float* block(int b) const noexcept {
    return data + static_cast<std::ptrdiff_t>(b) * num_rows * kLanes;
  }
  /// The 16 lanes of a row.
  [[nodiscard]] float* row(int b, int r) const noexcept { return block(b) + r * kLanes; }
  [[nodiscard]] float& at(int body, int r) const noexcept {
    return block(body / kLanes)[r * kLanes + body % kLanes];
  }
  [[nodiscard]] Vec3 vec3(int body, int r) const noexcept {
    const float* p = block(body / kLanes) + r * kLanes + body % kLanes;
    return {p[0], p[kLanes], p[2 * kLanes]};
  }
  void set_vec3(int body, int r, Vec3 v) const noexcept {
    float* p = block(body / kLanes) + r * kLanes + body % kLanes;
    p[0] = v.x;
    p[kLanes] = v.y;
    p[2 * kLanes] = v.z;
  }
  [[nodiscard]] Quat quat(int body) const noexcept {
    const float* p = block(body / kLanes) + kQuat * kLanes + body % kLanes;
    return {p[0], p[kLanes], p[2 * kLanes], p[3 * kLanes]};
  }
  void set_quat(int body, Quat q) const noexcept {
    float* p = block(body / kLanes) + kQuat * kLanes + body % kLanes;
    p[0] = q.x;
    p[kLanes] = q.y;
    p[2 * kLanes] = q.z;
    p[3 * kLanes] = q.w;
  }
};

/// Whether nobody is there: it has left, is still to join, or is parked.
[[nodiscard]] inline bool is_absent(const Blocks& blocks, int body) noexcept {
  return blocks.at(body, kMode) == static_cast<float>(BodyMode::kAbsent);
}

/// Declares the rigid rows, in the order of RigidRow; every table of moving bodies starts with it.
void declare_rigid_fields(FieldTable& table);
/// Declares the rows of FlightRow for a vehicle with that many rotors.
void declare_flight_fields(FieldTable& table, int num_rotors);

}  // namespace volery
