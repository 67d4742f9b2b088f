// What is wrong with a measurement: the error model that all sensors with errors share.
//
//   y = clamp((1 + scale) x + offset + bias + white n, +-limit)
//
// scale and offset (turn-on bias) are drawn once per episode, `white n` with every sample. The bias
// wanders: b+ = keep b + drive n, with keep = exp(-dt / tau) and drive = walk sqrt(tau / 2 (1 -
// exp(-2 dt / tau))), the exact discretisation of a first-order Gauss-Markov process; tau = 0 means
// infinite and gives the random walk walk sqrt(dt). A white noise of density s becomes s / sqrt(dt)
// per sample. (N. El-Sheimy, H. Hou, X. Niu: "Analysis and modeling of inertial sensors using Allan
// variance", 2008; the same form as in RotorS' IMU plugin.)
//
// All draws are keyed by (seed, episode, agent, step, sensor), in lanes.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "state/slab.hpp"

namespace volery::sense {

/// Most numbers that one sensor measures.
inline constexpr int kMaxChannels = 8;

/// The errors of one number, in its unit. 0 switches each of them off.
struct ChannelErrors {
  float white_std = 0;       // of every sample
  float walk = 0;            // drives the bias, unit / sqrt(s)
  float tau_s = 0;           // correlation time of the bias; 0: a random walk
  float offset_std = 0;      // turn-on bias
  float scale_std = 0;       // relative
  float bias_start_std = 0;  // bias at the start of an episode
  float limit = std::numeric_limits<float>::infinity();  // saturation
};

/// White noise per sample for a density (unit / sqrt(Hz)) at a sample interval.
[[nodiscard]] float white_from_density(float density, float interval_s) noexcept;
/// `walk` of a Gauss-Markov bias with that stationary standard deviation.
[[nodiscard]] float walk_from_std(float std, float tau_s) noexcept;

/// The constants of a channel that ErrorModel works with; rows where each agent has its own.
enum ErrorConstant : int {
  kWhite = 0,  // per sample
  kKeep,       // of the bias per wander interval
  kDrive,      // what a normal draw adds to it
  kOffsetStd,  // at the start of an episode
  kScaleStd,
  kBiasStartStd,
  kNumErrorConstants,
};

/// Whose draws: the coordinates of Rng, a lane each. Lanes past the last agent repeat it.
struct LaneKeys {
  alignas(64) std::uint32_t seed_low[kLanes];
  alignas(64) std::uint32_t seed_high[kLanes];
  alignas(64) std::uint32_t agent[kLanes];
  alignas(64) std::uint32_t step[kLanes];
  alignas(64) std::uint32_t episode[kLanes];  // and stream, packed as in Rng

  LaneKeys() = default;
  /// Keys of a block's agents; `steps_ahead` is added to the step that their world counts.
  LaneKeys(const Slab& slab, int block, std::uint32_t steps_ahead) noexcept;
};

/// A sensor's share of the draws, from its name.
[[nodiscard]] std::uint32_t first_draw(std::string_view sensor) noexcept;

/// The error model of a sensor's channels, with constants for its sample interval and the rows that
/// it keeps: none for what is switched off.
class ErrorModel {
 public:
  /// Declares "<sensor>_offset", "<sensor>_scale" and "<sensor>_bias" in `fields` where needed.
  /// The bias moves on every `wander_interval_s`: with each sample, or by wander() where that is
  /// another interval.
  ErrorModel(FieldTable& fields, const std::string& sensor,
             const std::vector<ChannelErrors>& channels, float wander_interval_s);
  [[nodiscard]] int num_channels() const noexcept { return num_channels_; }
  /// First row of the turn-on biases, -1 where there are none.
  [[nodiscard]] int offset_row() const noexcept { return offset_row_; }

  /// The constants, [kNumErrorConstants][channels].
  [[nodiscard]] std::vector<float> constants() const;
  /// From now on the constants of each agent are those that its rows "<sensor>_errors" hold.
  /// Declares them, and all other rows of the model.
  FieldRef keep_constants_in_rows(FieldTable& fields, const std::string& sensor);

  /// Draws offset, scale and first bias of the lanes of a block with active[lane] != 0.
  void start(const LaneKeys& keys, const float* active, float* block) const noexcept;
  /// Truth into measurement, in place: tile[channel][16].
  void apply(const LaneKeys& keys, const float* block, float* tile) const noexcept;
  /// The bias of the active lanes moves on; called before apply().
  void wander(const LaneKeys& keys, const float* active, float* block) const noexcept;

 private:
  friend struct ErrorKernels;
  void declare_rows(FieldTable& fields, const std::string& sensor, bool offset, bool scale,
                    bool bias);

  int num_channels_ = 0;
  int offset_row_ = -1;
  int scale_row_ = -1;
  int bias_row_ = -1;
  // normal draws of a sample and of a bias: which one is whose, -1 where a channel needs none
  int num_whites_ = 0;
  int num_drives_ = 0;
  int white_draw_[kMaxChannels] = {};
  int drive_draw_[kMaxChannels] = {};
  std::uint32_t first_draw_ = 0;
  float constants_[kNumErrorConstants][kMaxChannels] = {};
  int constants_row_ = -1;  // of those that differ between agents
  float limit_[kMaxChannels] = {};
};

/// Uniform in [0, 1) per lane, the sensor's draw for dropouts.
void draw_dropout(const LaneKeys& keys, std::uint32_t first_draw, float* out) noexcept;

}  // namespace volery::sense
