// Domain randomisation: which numbers of a batch differ from episode to episode, and how.
//
// config.randomize is a list of ranges. Each names a number by its path and says how it is drawn:
//
//   [[randomize]]
//   field = "vehicle.mass_kg"
//   range = [0.025, 0.031]
//   [[randomize]]
//   field = "vehicle.inertia_b_kgm2"
//   how = "scale"
//   range = [0.8, 1.25]
//   distribution = "log_uniform"
//
// docs/randomization.md lists the paths. Draws are functions of (world seed, episode, range, agent)
// alone: the same episode has the same numbers in any batch and in any replay.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/described.hpp"

namespace volery {

enum class Distribution : int { kUniform, kLogUniform, kNormal, kChoice };

/// Who shares a draw.
enum class DrawnPer : int { kAgent, kWorld };

/// One number, or all the numbers of an array, and how they are drawn.
struct RangeConfig {
  std::string field;
  std::string type;  // in fleets: for agents of this vehicle only; "": all
  Distribution distribution = Distribution::kUniform;
  std::vector<float> range;  // low, high; cuts a normal distribution off
  float mean = 0;            // of a normal distribution
  float std = 0;
  std::vector<float> values;                    // of a choice, equally likely
  NumberEdit::How how = NumberEdit::How::kSet;  // what the draw does with the config's number
  DrawnPer per = DrawnPer::kAgent;
  std::vector<float> limits;  // low, high of all that set_config may ask for later; empty: as now

  void describe(FieldVisitor& v);
};

/// A distribution ready to draw from.
class DrawnNumber {
 public:
  /// Throws Error, naming `path`, for a distribution without what it needs.
  DrawnNumber(const RangeConfig& config, const std::string& path);
  /// Its quantile: what a uniform draw u in (0, 1) becomes.
  [[nodiscard]] float at(float u) const noexcept;
  [[nodiscard]] float low() const noexcept { return low_; }
  [[nodiscard]] float high() const noexcept { return high_; }

 private:
  Distribution distribution_;
  float low_ = 0, high_ = 0;  // no draw lies outside
  float mean_ = 0, std_ = 0;  // of a normal one
  float log_ratio_ = 0;       // of a log-uniform one: log(high / low)
  std::vector<float> values_;
};

/// The standard normal number below which a share u in (0, 1) lies.
[[nodiscard]] float normal_quantile(float u) noexcept;

}  // namespace volery
