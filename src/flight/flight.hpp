// Flight: rotor commands -> rotor speeds -> wrench -> velocities -> pose, for blocks of bodies.
//
// The batch calls the fused form for blocks that nothing can touch in this window and the two halves
// around the contact solver for the others; both run the same code, so a body that touches nothing
// moves bit for bit the same either way. Semi-implicit Euler: velocities from forces at the old
// pose, then the pose from the new velocities.
#pragma once

#include <cstddef>
#include <vector>

#include "model/vehicle.hpp"
#include "state/blocks.hpp"

namespace volery::flight {

/// Which effects are on. All are cheap; switches exist for tests and for comparison.
struct FlightConfig {
  float gravity_mps2 = kGravityMps2;
  bool motor_lag = true;
  bool gyroscopic = true;     // body and rotor gyroscopic torque
  bool rotor_drag = true;
  bool body_drag = true;
  bool ground_effect = true;
  void describe(FieldVisitor& v);
};

/// Vehicle constants as lane rows, folded with the step. Rows repeat per block only where they differ
/// between bodies; a uniform fleet has one block of them and stride 0.
class FlightParams {
 public:
  FlightParams(const Vehicle& vehicle, const FlightConfig& config, float step_s);
  [[nodiscard]] const float* block(int b) const noexcept { return rows_.data() + b * block_stride_; }
  [[nodiscard]] int num_rotors() const noexcept { return num_rotors_; }
  [[nodiscard]] float step_s() const noexcept { return step_s_; }

 private:
  struct AlignedRow { alignas(64) float lane[kLanes]; };
  std::vector<float> rows_;  // 64-byte aligned start is ensured by the implementation
  std::ptrdiff_t block_stride_ = 0;
  int num_rotors_ = 4;
  float step_s_ = 0;
};

/// A control tick for a range of blocks: reads the action and state rows, writes rotor_command_radps.
/// A plain function pointer with its constants, so that the substep loop makes no virtual call.
struct ControlStage {
  void (*run)(const void* constants, const Blocks& blocks, int first_block, int last_block) = nullptr;
  const void* constants = nullptr;
  int every_substeps = 1;
};

/// Rotor lag, wrench, v and omega of blocks [first_block, last_block). In: commands, pose, velocities.
void advance_velocity(const FlightParams& params, const Blocks& blocks, int first_block, int last_block) noexcept;
/// Pose from v and omega; the position keeps its float32 remainder in position_residual.
void advance_pose(float step_s, const Blocks& blocks, int first_block, int last_block) noexcept;
/// Gravity alone on v (props have no rotors).
void advance_velocity_free(float gravity_mps2, float step_s, const Blocks& blocks, int first_block, int last_block) noexcept;
/// Substeps [first_substep, last_substep) of a window, control ticks included, in groups of blocks
/// that stay in the L1 cache. Equals the halves called in turn, bit for bit.
void advance_fused(const FlightParams& params, const ControlStage& control, const Blocks& blocks, int first_block,
                   int last_block, int first_substep, int last_substep) noexcept;

}  // namespace volery::flight
