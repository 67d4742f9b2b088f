// Wind: the velocity of the air at a place and time of a world.
//
// The air is the sum of a constant mean, discrete gusts, turbulence and a field given on a grid;
// parts that are off cost nothing. All of it is a pure function of (world seed, episode, agent
// step, position): no part has state, so snapshots and splits need nothing of it. The batch writes
// it once per window into the row wind_w_mps, and flight holds it over the substeps.
#pragma once

#include <cstdint>
#include <vector>

#include "core/described.hpp"
#include "core/types.hpp"
#include "flight/wind_field.hpp"
#include "flight/wind_gusts.hpp"
#include "flight/wind_turbulence.hpp"
#include "state/slab.hpp"
#include "volery/value.hpp"

namespace volery::flight {

/// What the air does. Every default is still air.
struct WindConfig {
  std::vector<float> mean_w_mps{0, 0, 0};  // constant part; the direction in which gusts travel
  Turbulence turbulence = Turbulence::kOff;
  float w20_mps = 7.7F;  // turbulence = "custom": wind at 20 ft; the others have the standard's
  float height_m = 10;   // above ground, where the turbulence is that of the whole field
  float min_convection_mps = 1;  // turbulence and gusts pass at no less than this
  RandomGustConfig random_gusts;
  std::vector<GustConfig> gusts;  // at given times
  WindFieldConfig field;
  /// True where anything above moves air.
  [[nodiscard]] bool any() const noexcept;
  void describe(FieldVisitor& v);
};

/// What the wind in 16 lanes depends on besides the position. Lanes may belong to different worlds.
struct alignas(64) WindLanes {
  std::uint32_t step[kLanes];         // agent steps since the reset
  std::uint32_t scaled_step[kLanes];  // times scale / kScaleOne, as the turbulence counts time
  std::uint32_t phase_key[kLanes];
  std::uint32_t gust_key[kLanes];
  float scale[kLanes];     // of the turbulence's wave numbers
  float mirror_y[kLanes];  // +-1: the turbulence's second and third axis
  float mirror_z[kLanes];
  /// Fills a lane for a world; draws are keyed by its seed and episode.
  void set(int lane, const WorldHeader& world) noexcept;
  /// Copies lane `from` to lane `to`.
  void copy(int from, int to) noexcept;
};

/// The wind of a config, prepared for evaluation. Immutable; any number of threads may ask.
class Wind {
 public:
  Wind() = default;
  /// step_s: time of an agent step. Throws Error for a config that describe() cannot refuse: gusts
  /// longer than their interval, a field of the wrong shape or with entries that are not finite.
  Wind(const WindConfig& config, float step_s);

  [[nodiscard]] bool any() const noexcept { return any_; }
  /// Along any axis the air is hardly ever faster: all parts at their largest, turbulence at four
  /// times its standard deviation.
  [[nodiscard]] float likely_max_mps() const noexcept { return likely_max_mps_; }
  /// Velocity of the air at the agents [first, last) of a slab, world frame, m/s, into three rows
  /// of their blocks. Cost per agent: O(1), about 20 ns with turbulence.
  void write(const Slab& slab, int first_agent, int last_agent, int row) const noexcept;
  /// The same for 16 points: x, y, z in and out are rows of 16 that follow each other, 64-byte
  /// aligned. Positions beyond +-kFarthest_m and those that are not finite are cut to it.
  void sample(const WindLanes& lanes, const float* position_w_m, float* out_w_mps) const noexcept;
  static constexpr float kFarthest_m = 1e5F;

 private:
  bool any_ = false;
  bool draws_ = false;  // some part differs from world to world
  float likely_max_mps_ = 0;
  Vec3 mean_w_mps_;
  TurbulenceField turbulence_;
  GustTrain gusts_;
  WindField field_;
};

}  // namespace volery::flight
