// GpdBatch: the environments of gym-pybullet-drones, W worlds of A drones, in double precision.
//
//   volery::GpdBatch batch(volery::GpdConfig{.task = volery::GpdTask::kHover, .num_worlds = 1024});
//   batch.reset({}, outputs);
//   batch.step(actions, outputs);
//
// For its users to check that nothing is lost before they leave it: same vehicles, forces, PID,
// action maps, observations, rewards and episode lengths (docs/gpd.md). Apart from volery::Batch
// and its lanes: nothing is shared but the rules (caller's memory, no allocation in a step, results
// that do not depend on threads or on how worlds are batched).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "flight/gpd_model.hpp"
#include "flight/gpd_pid.hpp"
#include "volery/config.hpp"

namespace volery {

/// HoverAviary, MultiHoverAviary, CtrlAviary, VelocityAviary.
enum class GpdTask : int { kHover, kMultiHover, kCtrl, kVelocity };

struct GpdConfig {
  GpdTask task = GpdTask::kHover;
  GpdModel model = GpdModel::kCf2x;
  GpdPhysics physics = GpdPhysics::kPyb;
  GpdAction action = GpdAction::kRpm;  // of the hover tasks; the others have their own
  int num_worlds = 1;                  // W
  int num_agents = 0;                  // A; 0: the original's default
  int num_threads = 1;                 // 0: one per core
  Autoreset autoreset = Autoreset::kNextStep;
  int physics_rate_hz = 240;
  int control_rate_hz = 0;       // of steps; divides physics_rate_hz; 0: the original's default
  double episode_s = 8;          // of the hover tasks
  bool clip_rpm = true;          // task ctrl: hold rotor speeds in [0, maximum], as CtrlAviary
  bool forget_on_reset = false;  // clear PIDs and action buffers at each reset: not the original
  Value initial_xyzs = Value::Array{};  // A rows of 3 numbers, m; empty: the original's
  Value initial_rpys = Value::Array{};  // A rows of 3 numbers, rad; empty: level

  void describe(FieldVisitor& v);
};

/// A config from values (a dict or TOML table); unknown keys and bad values throw Error.
[[nodiscard]] GpdConfig gpd_config(const Value& table);

/// Where a step or reset writes. C-contiguous; what is null is not written.
struct GpdOutputs {
  float* observation =
      nullptr;                 // [W][A][O] of the hover tasks: position, roll pitch yaw, velocity,
                               // angular velocity (world), then the last actions, oldest first
  double* state = nullptr;     // [W][A][20] the original's state vector: position, quaternion
                               // xyzw, roll pitch yaw, velocity, angular velocity, RPM
  double* reward = nullptr;    // [W] one number per world, as in the original
  bool* terminated = nullptr;  // [W]
  bool* truncated = nullptr;   // [W]
  float* final_observation =
      nullptr;                    // same_step: as the above, of worlds that ended in this step;
  double* final_state = nullptr;  // other rows are left as they are
};

/// Which worlds to reset, and whether as if they were new.
struct GpdResetRequest {
  std::span<const std::uint8_t> mask = {};  // [W] non-zero resets; empty: all
  bool fresh = false;  // clear what the original keeps over a reset (PIDs, action buffers)
};

/// What happened to worlds in the last step. Owned by the batch, valid until the next call.
struct GpdEvents {
  std::span<const std::uint8_t> ended;       // [W] 1 where the episode ended in the last step
  std::span<const std::uint8_t> just_reset;  // [W] 1 where it reset the world instead (next_step)
  std::span<const std::uint8_t> diverged;    // [W] 1 where a state was not finite; it was truncated
  std::span<const std::int32_t> length;      // [W] steps of the episode that ended last
  std::span<const double> episode_return;    // [W] its sum of rewards
  int num_ended = 0;
};

class GpdBatch {
 public:
  /// Validates everything and allocates all memory. Throws Error.
  explicit GpdBatch(GpdConfig config);
  ~GpdBatch();
  GpdBatch(GpdBatch&&) noexcept;
  GpdBatch& operator=(GpdBatch&&) noexcept;

  /// The config with every default filled in.
  [[nodiscard]] const GpdConfig& config() const noexcept;
  [[nodiscard]] int num_worlds() const noexcept;
  [[nodiscard]] int num_agents() const noexcept;
  /// U: numbers in an action row.
  [[nodiscard]] int action_size() const noexcept;
  /// O: 12 and the action buffer for the hover tasks, 20 for the others (their state).
  [[nodiscard]] int observation_size() const noexcept;
  /// Actions that the observation shows: half a second of them; 0 for the state tasks.
  [[nodiscard]] int action_buffer_size() const noexcept;
  /// Where drones start: [A][3], m and rad.
  [[nodiscard]] const std::vector<double>& start_xyzs() const noexcept;
  [[nodiscard]] const std::vector<double>& start_rpys() const noexcept;

  /// Starts new episodes in the masked worlds and writes observations and states of all.
  void reset(const GpdResetRequest& request, const GpdOutputs& out);
  /// One control step of all worlds. actions: [W][A][U], finite, taken as they are (rotor speeds of
  /// kCtrl alone are clipped). Throws Error before anything is written: kValue for a wrong size or
  /// values that are not finite, kState before the first reset, after an end in disabled mode, or
  /// while another call runs.
  void step(std::span<const double> actions, const GpdOutputs& out);
  /// Observations and states of the present moment.
  void observe(const GpdOutputs& out);

  [[nodiscard]] const GpdEvents& events() const noexcept;

  /// Places drone `agent` of a world: state[0..15] as in GpdOutputs::state, of which roll, pitch
  /// and yaw are not read; its rotors keep their speeds. Throws for values that are not finite.
  void set_state(int world, int agent, std::span<const double> state);

  /// 64-bit hash of everything that a world's future depends on.
  [[nodiscard]] std::uint64_t state_hash(int world) const;
  /// Everything that the named worlds (all when empty) need to continue exactly, in any batch of
  /// the same config, at any number of worlds and threads.
  [[nodiscard]] std::vector<std::uint8_t> snapshot(std::span<const int> worlds) const;
  /// Puts the snapshot's worlds into the named ones, in order. All or nothing; throws Error.
  void restore(std::span<const std::uint8_t> snapshot, std::span<const int> worlds);

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

/// Constants of a vehicle under the names of the original's attributes, for the Python package.
[[nodiscard]] Value gpd_constants(GpdModel model);

}  // namespace volery
