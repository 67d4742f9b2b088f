// Flight: rotor commands -> rotor speeds -> wrench -> velocities -> pose, for blocks of bodies.
//
// The batch calls the fused form for blocks that nothing can touch in this window and the two
// halves around the contact solver for the others; both run the same code, so a body that touches
// nothing moves bit for bit the same either way. Semi-implicit Euler: velocities from forces at the
// old pose, then the pose from the new velocities.
#pragma once

#include <cstddef>
#include <vector>

#include "flight/effects.hpp"
#include "flight/param_rows.hpp"
#include "model/fleet.hpp"
#include "state/blocks.hpp"

namespace volery::flight {

/// Which effects are on. The first five are in every kernel; their switches exist for tests and for
/// comparison. The others are off by default and need the kernel with effects (flight/effects.hpp).
struct FlightConfig {
  float gravity_mps2 = kGravityMps2;
  bool motor_lag = true;
  bool gyroscopic = true;  // body and rotor gyroscopic torque, torque of rotors that spin up
  bool rotor_drag = true;
  bool body_drag = true;
  bool ground_effect = true;

  bool wind = false;             // drag against the air of wind_w_mps, which a wind model writes
  bool downwash = false;         // the same with downwash_w_mps, which neighbors write
  float max_air_speed_mps = 30;  // per axis; what the two rows hold beyond it is clipped
  bool ceiling_effect = false;
  bool axial_inflow = false;  // thrust of each rotor falls with the air through it
  bool battery = false;
  float battery_soc = 1;      // charge at the start of an episode
  float command_delay_s = 0;  // ESC and transport; the nearest whole number of substeps
  int command_levels = 0;     // steps from 0 to the highest speed; 0: any speed
  bool rotor_faults = false;  // rows of rotor effectiveness, also without a planned fault
  std::vector<FaultConfig> faults{};
  DisturbanceConfig disturbance{};
  void describe(FieldVisitor& v);
};

/// One parameter for the 16 lanes of a block.
struct alignas(64) ParamRow {
  float lane[kLanes];
};

/// Vehicle constants as lane rows, folded with the step (their layout: flight/param_rows.hpp). One
/// block of them serves a uniform fleet. Where agents are of several types, the rows stand in the
/// bodies' own blocks, so that they go along where bodies are copied.
class FlightParams {
 public:
  /// The vehicle is valid (Vehicle checks itself); step_s is the time of one substep, > 0; effects
  /// are the rows that declare_effect_fields gave for the same config. Throws Error for a number of
  /// rotors without kernel, and where the spins do not balance. Kernels run a rover or a particle
  /// as part of a fleet alone (the form below), also where all are of one type.
  FlightParams(const Vehicle& vehicle, const FlightConfig& config, float step_s,
               const EffectRows& effects = {});
  /// For a fleet whose bodies keep their parameters from row `first_row` on: see lane_of_type().
  FlightParams(const VehicleFleet& fleet, const FlightConfig& config, float step_s, int first_row,
               const EffectRows& effects = {});

  /// Rows that one body's parameters take.
  [[nodiscard]] static int num_rows(int num_rotors, const EffectRows& effects = {}) noexcept;
  /// What a body of a type of the fleet holds in these rows.
  [[nodiscard]] const std::vector<float>& lane_of_type(int type) const noexcept {
    return lanes_[static_cast<std::size_t>(type)];
  }
  /// The same of a body that differs from its type in what fold() reads: mass, inertia, thrust,
  /// drag, lag, battery, ... (not in the number, places and spins of its rotors). Writes
  /// num_rows() values; allocates nothing.
  void fold(const VehicleConfig& vehicle, int type, float* lane) const noexcept;
  /// To be called where fold() may get drag that differs between body x and y.
  void expect_any_drag() noexcept { axial_drag_ = false; }
  /// The parameters of the bodies of a block.
  [[nodiscard]] const float* block(const Blocks& blocks, int b) const noexcept {
    return first_row_ < 0 ? rows_.front().lane : blocks.row(b, first_row_);
  }
  [[nodiscard]] int num_rotors() const noexcept { return num_rotors_; }
  [[nodiscard]] float step_s() const noexcept { return step_s_; }
  /// The vehicle's rotors as the kernels take them: first those with spin 1, then the others.
  [[nodiscard]] const int* rotor_order() const noexcept { return rotor_order_.data(); }
  /// True where drag is the same along body x and y, as on most vehicles; it has a shorter kernel.
  [[nodiscard]] bool axial_drag() const noexcept { return axial_drag_; }
  [[nodiscard]] const EffectRows& effects() const noexcept { return effects_; }

 private:
  FlightConfig config_;
  std::vector<ParamRow> rows_;
  std::vector<std::vector<float>> lanes_;  // one per type of a fleet
  std::vector<std::vector<int>> orders_;   // likewise: rotor_order() of each type
  std::vector<int> rotor_order_;
  EffectRows effects_;
  bool axial_drag_ = false;
  int first_row_ = -1;  // of the parameters in the bodies' blocks; -1: all bodies share rows_
  int num_rotors_ = 4;
  float step_s_ = 0;
};

/// What free bodies (props) need: gravity and their inertia, for the gyroscopic torque. Body i of
/// the blocks is prop i % num_props of its world, so the rows repeat after a few blocks.
class FreeBodyParams {
 public:
  /// principal_inertia_b_kgm2[p], all positive, belongs to prop p of every world.
  FreeBodyParams(float gravity_mps2, float step_s,
                 const std::vector<Vec3>& principal_inertia_b_kgm2);
  [[nodiscard]] const float* block(int b) const noexcept {
    return rows_[static_cast<std::size_t>(b % period_blocks_ * kNumFreeParams)].lane;
  }

 private:
  std::vector<ParamRow> rows_;
  int period_blocks_ = 1;
};

/// A control tick for a range of blocks: reads the action and state rows, writes
/// rotor_command_radps. A plain function pointer with its constants, so that the substep loop makes
/// no virtual call.
struct ControlStage {
  void (*run)(const void* constants, const Blocks& blocks, int first_block,
              int last_block) = nullptr;  // null: commands stay as they are
  const void* constants = nullptr;
  int every_substeps = 1;
};

/// Rotor lag, wrench, v and omega of blocks [first_block, last_block). In: commands, pose,
/// velocities. A body whose mode is not kMoving gets zero velocities; its rotors spin all the same.
void advance_velocity(const FlightParams& params, const Blocks& blocks, int first_block,
                      int last_block) noexcept;

/// Pose from v and omega; the position keeps its float32 remainder in position_residual_w_m. Bodies
/// that do not move keep theirs. The attitude advances by the exponential of omega * step; a body
/// turns by at most kMaxHalfAngle * 2 per axis and substep, which is 480 rad/s at 240 Hz; beyond
/// that it turns at this rate, and its angular velocity keeps its value.
void advance_pose(float step_s, const Blocks& blocks, int first_block, int last_block) noexcept;
inline constexpr float kMaxHalfAngle = 1;

/// v and omega of bodies without rotors: gravity and the gyroscopic torque.
void advance_velocity_free(const FreeBodyParams& params, const Blocks& blocks, int first_block,
                           int last_block) noexcept;

/// Substeps [first_substep, last_substep) of a window, control ticks included, in groups of blocks
/// that stay in the L1 cache. Control runs before substep s when s % every_substeps == 0. Equals
/// the halves called in turn, bit for bit.
void advance_fused(const FlightParams& params, const ControlStage& control, const Blocks& blocks,
                   int first_block, int last_block, int first_substep, int last_substep) noexcept;

}  // namespace volery::flight
