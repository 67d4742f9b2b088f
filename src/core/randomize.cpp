#include "volery/randomize.hpp"

#include <algorithm>
#include <cmath>

#include "core/math.hpp"

namespace volery {
namespace {

// A normal distribution without a range ends this many standard deviations from its mean: bounds
// rest on what can be drawn. Six draws in 100,000 lie outside.
constexpr float kNormalReach = 4;

/// Sum of c[i] x^i.
template <std::size_t kCount>
float polynomial(const float (&c)[kCount], float x) noexcept {
  float sum = 0;
  for (std::size_t i = kCount; i-- > 0;) sum = sum * x + c[i];
  return sum;
}

void check_pair(const std::vector<float>& pair, const std::string& path) {
  if (pair.size() != 2 || !(pair[0] <= pair[1])) {
    throw Error(ErrorKind::kValue, path + ": must be [low, high] with low <= high");
  }
}

}  // namespace

void RangeConfig::describe(FieldVisitor& v) {
  v.field("field", field, {.doc = "path of the number, such as vehicle.mass_kg"});
  v.field("type", type,
          {.doc = "vehicle.* in fleets: for agents of this vehicle only; empty: all"});
  v.choice("distribution", distribution, {"uniform", "log_uniform", "normal", "choice"},
           "how it is drawn");
  v.field("range", range, {.doc = "low, high; cuts a normal distribution off"});
  v.field("mean", mean, {.doc = "of a normal distribution"});
  v.field("std", std, {.low = 0, .doc = "its standard deviation"});
  v.field("values", values, {.doc = "of a choice; equally likely"});
  v.choice("how", how, {"set", "scale", "add"},
           "whether the draw replaces the configured number, multiplies it or is added to it");
  v.choice("per", per, {"agent", "world"}, "who shares a draw");
  v.field("limits", limits,
          {.doc = "low, high of all that set_config may ask for later; empty: the range"});
}

DrawnNumber::DrawnNumber(const RangeConfig& config, const std::string& path)
    : distribution_(config.distribution), mean_(config.mean), std_(config.std) {
  const bool chosen = distribution_ == Distribution::kChoice;
  const bool normal = distribution_ == Distribution::kNormal;
  const auto refuse = [&path](const char* key, const char* why) {
    throw Error(ErrorKind::kValue, path + "." + key + ": " + why);
  };
  if (chosen && config.values.empty()) refuse("values", "a choice needs at least one");
  if (!chosen && !config.values.empty()) refuse("values", "belongs to distribution = \"choice\"");
  if (chosen && !config.range.empty()) refuse("range", "a choice has values, no range");
  if (normal && !(config.std > 0)) refuse("std", "a normal distribution needs one above 0");
  if (!chosen && !normal && config.range.empty())
    refuse("range", "missing: what is drawn lies in [low, high]");
  if (chosen) {
    values_ = config.values;
    low_ = *std::min_element(values_.begin(), values_.end());
    high_ = *std::max_element(values_.begin(), values_.end());
    return;
  }
  if (config.range.empty()) {
    low_ = mean_ - kNormalReach * std_;
    high_ = mean_ + kNormalReach * std_;
    return;
  }
  check_pair(config.range, path + ".range");
  low_ = config.range[0];
  high_ = config.range[1];
  if (distribution_ != Distribution::kLogUniform) return;
  if (!(low_ > 0)) refuse("range", "a log-uniform distribution needs low above 0");
  log_ratio_ = log(high_ / low_);
}

float DrawnNumber::at(float u) const noexcept {
  float number = low_;
  switch (distribution_) {
    case Distribution::kUniform:
      number = low_ + u * (high_ - low_);
      break;
    case Distribution::kLogUniform:
      number = low_ * exp(u * log_ratio_);
      break;
    case Distribution::kNormal:
      number = mean_ + std_ * normal_quantile(u);
      break;
    case Distribution::kChoice: {
      const auto last = static_cast<float>(values_.size() - 1);
      const float i = std::min(u * static_cast<float>(values_.size()), last);
      return values_[static_cast<std::size_t>(i)];
    }
  }
  // rounding, and the tails of a normal distribution
  return std::min(std::max(number, low_), high_);
}

// M. J. Wichura: "Algorithm AS 241: the percentage points of the normal distribution", Applied
// Statistics 37 (1988), routine PPND7: about seven digits.
float normal_quantile(float u) noexcept {
  constexpr float kMiddleTop[] = {3.3871327179F, 50.434271938F, 159.29113202F, 59.109374720F};
  constexpr float kMiddleBottom[] = {1, 17.895169469F, 78.757757664F, 67.187563600F};
  constexpr float kSideTop[] = {1.4234372777F, 2.7568153900F, 1.3067284816F, 0.17023821103F};
  constexpr float kSideBottom[] = {1, 0.73700164250F, 0.12021132975F};
  constexpr float kTailTop[] = {6.6579051150F, 3.0812263860F, 0.42868294337F, 0.017337203997F};
  constexpr float kTailBottom[] = {1, 0.24197894225F, 0.012258202635F};
  const float q = u - 0.5F;
  if (std::abs(q) <= 0.425F) {
    const float r = 0.180625F - q * q;
    return q * polynomial(kMiddleTop, r) / polynomial(kMiddleBottom, r);
  }
  const float r = std::sqrt(-log(std::min(u, 1 - u)));
  const float size = r <= 5 ? polynomial(kSideTop, r - 1.6F) / polynomial(kSideBottom, r - 1.6F)
                            : polynomial(kTailTop, r - 5) / polynomial(kTailBottom, r - 5);
  return q < 0 ? -size : size;
}

}  // namespace volery
