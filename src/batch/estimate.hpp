// A controller that flies on an estimated attitude.
//
// The estimator stands between the state and a control law as an IMU and a filter stand between a
// drone and its autopilot. At every control tick it measures, with errors, what an IMU would have
// told since the last one, takes its filter on, and lets the law run with the estimated attitude
// and rates in the place of the true ones. Position and velocity stay true, as if from motion
// capture. It is a Controller around another, so nothing else in a step knows about it; what it
// remembers lies in rows of the agent and travels with the copies of near bodies.
//
// The filter is the explicit complementary filter with bias correction of R. Mahony, T. Hamel,
// J.-M. Pflimlin: "Nonlinear complementary filters on the special orthogonal group", IEEE TAC 53
// (2008), eq. 34, on the direction of the specific force and on a heading:
//   dq/dt = q (0, omega_m - b + k_P e_f + k_H e_h) / 2,   db/dt = -k_I (e_f + e_h)
//   e_f = w (f / |f|) x (R^T e_z),   w = max(0, 1 - ||f| / g - 1| / gate)
//   e_h = sin(heading measured - heading estimated) R^T e_z
// The gate w trusts the specific force as the vertical only while it is about as large as gravity.
#pragma once

#include <memory>

#include "sense/error_common.hpp"
#include "state/slab.hpp"
#include "volery/controller.hpp"
#include "volery/value.hpp"

namespace volery::batch {

/// What the lane kernels of the estimator read, beside the rows of agents.
struct EstimatorConstants {
  explicit EstimatorConstants(sense::ErrorModel model) : errors(model) {}

  Controller::Kernel inner_window = nullptr;
  Controller::Kernel inner_tick = nullptr;
  const void* inner_constants = nullptr;
  sense::ErrorModel errors;  // gyro 3, accelerometer 3, heading 1
  int quat_row = -1;         // 4  estimated quat_wb_xyzw
  int rate_row = -1;         // 3  estimated omega_b_radps
  int bias_row = -1;         // 3  estimated bias of the gyroscope
  int last_row = -1;         // 10 velocity, quaternion and rates at the last tick
  int key_row = -1;          // 4  16 bits each of the key of the agent's draws
  int tick_row = -1;         // 1  ticks since the start
  bool has_lever = false;
  float lever_b_m[3] = {};
  float tick_s = 0;
  float per_tick = 0;
  float gravity_mps2 = 0;
  float gain_per_s = 0;
  float bias_gain_per_s2 = 0;
  float heading_gain_per_s = 0;
  float per_gate = 0;  // 1 / the share of g by which the specific force may be off
};

class EstimatedController final : public Controller {
 public:
  /// Throws Error for a bad config (path "estimator_config"). Declares its rows in `fields`.
  EstimatedController(std::unique_ptr<Controller> inner, const Value& config, float tick_s,
                      float step_s, float gravity_mps2, FieldTable& fields);

  [[nodiscard]] Kernel window_kernel() const noexcept override;
  [[nodiscard]] Kernel kernel() const noexcept override;
  [[nodiscard]] const void* constants() const noexcept override { return &constants_; }

  /// Begins agents [first_agent, last_agent) of the slab: the estimate is the truth, the biases are
  /// those of the episode, of which a calibration before the start has found most.
  void start(const Slab& slab, int first_agent, int last_agent) const noexcept;

 private:
  std::unique_ptr<Controller> inner_;
  EstimatorConstants constants_;
  float bias_error_radps_ = 0;  // what the calibration leaves, one sigma
  bool calibrated_ = true;
};

struct Setup;
/// Puts the estimator that the config asks for around the setup's controller. Throws Error where
/// fields of an estimator are given without one.
void put_estimator(Setup& setup);

}  // namespace volery::batch
