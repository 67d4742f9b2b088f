#include "radio/propagation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/math.hpp"
#include "core/math64.hpp"

namespace volery::radio {

namespace {

constexpr float kLn10 = 2.302585093F;
constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// e^x of setup time.
float exp_of(double x) {
  return static_cast<float>(math64::exp(x));
}

/// One number per agent from a list of one or of all.
std::vector<float> per_agent(const std::vector<float>& list, int num_agents,
                             const std::string& path) {
  if (list.size() == 1) return std::vector<float>(static_cast<std::size_t>(num_agents), list[0]);
  if (list.size() == static_cast<std::size_t>(num_agents)) return list;
  throw Error(ErrorKind::kValue, path + ": has " + std::to_string(list.size()) +
                                     " numbers: must be 1 or one per agent, " +
                                     std::to_string(num_agents));
}

float largest(const std::vector<float>& numbers) {
  return *std::max_element(numbers.begin(), numbers.end());
}

float& at(std::vector<float>& numbers, int i) {
  return numbers[static_cast<std::size_t>(i)];
}
float at(const std::vector<float>& numbers, int i) noexcept {
  return numbers[static_cast<std::size_t>(i)];
}

float size_of(float x) noexcept {
  return x < 0 ? -x : x;
}

/// Two independent standard normal draws (Box, Muller, 1958).
void normal_pair(std::uint32_t word0, std::uint32_t word1, float& first, float& second) noexcept {
  const float radius = std::sqrt(-2 * log(1 - unit_of(word0)));
  const float angle_rad = 2 * kPi * unit_of(word1);
  first = radius * cos(angle_rad);
  second = radius * sin(angle_rad);
}

/// 1 / |x|, cut off where a wave would be too short to be summed: 0.3 % of the draws.
float per_size(float x) noexcept {
  constexpr float kSmallest = 1.0F / 256;
  return 1 / std::max(size_of(x), kSmallest);
}

}  // namespace

void RangeConfig::describe(FieldVisitor& v) {
  v.choice("kind", kind, {"disc", "disc_min", "chebyshev", "unlimited", "path_loss"},
           "who is heard: within the sender's range; within the smaller of the sender's and the "
           "receiver's; within a cube about the sender; everybody; by received power");
  v.field("range_m", range_m,
          {.unit = "m",
           .low = 0,
           .high = 1e6,
           .doc = "range of the sender, one for all or one per agent; heard where less, strictly"});
  v.field("rx_range_m", rx_range_m,
          {.unit = "m",
           .low = 0,
           .high = 1e6,
           .doc = "disc_min: range of the receiver, one for all or one per agent; empty: range_m"});
  v.field("tx_power_dbm", tx_power_dbm,
          {.unit = "dBm",
           .low = -60,
           .high = 60,
           .doc = "path_loss: transmitted power, one for all or one per agent"});
  v.field("sensitivity_dbm", sensitivity_dbm,
          {.unit = "dBm",
           .low = -150,
           .high = 0,
           .doc = "path_loss: what a receiver needs, one for all or one per agent"});
  v.field("reference_db", reference_db,
          {.unit = "dB",
           .low = 0,
           .high = 120,
           .doc = "path_loss: loss over the first meter; 40.05 in free space at 2.4 GHz"});
  v.field("exponent", exponent,
          {.low = 1, .high = 8, .doc = "path_loss: 2 in free space, 2.0 to 2.2 from air to air"});
  v.field("shadowing_db", shadowing_db,
          {.unit = "dB", .low = 0, .high = 20, .doc = "path_loss: standard deviation"});
  v.field("correlation_m", correlation_m,
          {.unit = "m",
           .low = 0.1,
           .high = 1e4,
           .doc = "path_loss: shadowing of places this far apart correlates with 1/e"});
  v.field("drift_per_s", drift_per_s,
          {.unit = "1/s",
           .low = 0,
           .high = 100,
           .doc = "path_loss: 1 / time in which shadowing at one place loses the same; 0: fixed"});
}

RangeModel::RangeModel(const RangeConfig& config, int num_agents, float step_s,
                       const std::string& path)
    : kind_(config.kind) {
  if (kind_ == RangeKind::kUnlimited) {
    max_range_m_ = kInfinity;
    return;
  }
  if (kind_ != RangeKind::kPathLoss) {
    reach_ = per_agent(config.range_m, num_agents, path + ".range_m");
    max_range_m_ = largest(reach_);
    if (kind_ == RangeKind::kDiscMin) {
      heed_ = config.rx_range_m.empty()
                  ? reach_
                  : per_agent(config.rx_range_m, num_agents, path + ".rx_range_m");
      largest_heed_ = largest(heed_);
      max_range_m_ = std::min(max_range_m_, largest_heed_);
    }
    // the corner of the cube, rounded up
    if (kind_ == RangeKind::kChebyshev) max_range_m_ *= 1.7320510F;
    return;
  }

  tx_power_dbm_ = per_agent(config.tx_power_dbm, num_agents, path + ".tx_power_dbm");
  const std::vector<float> sensitivity_dbm =
      per_agent(config.sensitivity_dbm, num_agents, path + ".sensitivity_dbm");
  reference_db_ = config.reference_db;
  const double db_per_log = 10.0 * static_cast<double>(config.exponent) / 2.302585092994046;
  db_per_log_ = static_cast<float>(db_per_log);
  sigma_db_ = config.shadowing_db;
  per_correlation_ = 1 / config.correlation_m;
  turns_per_m_ = per_correlation_ / (2 * kPi);
  turns_per_step_ = config.drift_per_s * step_s / (2 * kPi);
  // power > sensitivity solved for the distance: a product of what each end contributes
  reach_.resize(tx_power_dbm_.size());
  heed_.resize(tx_power_dbm_.size());
  for (int i = 0; i < num_agents; ++i) {
    at(reach_, i) =
        exp_of((static_cast<double>(at(tx_power_dbm_, i)) - reference_db_) / db_per_log);
    at(heed_, i) = exp_of(-static_cast<double>(at(sensitivity_dbm, i)) / db_per_log);
  }
  // times the largest gain, rounded up
  const float largest_gain =
      exp_of(static_cast<double>(kClipSigma) * sigma_db_ / db_per_log) * 1.00001F;
  largest_heed_ = largest(heed_) * largest_gain;
  max_range_m_ = largest(reach_) * largest_heed_;
}

float RangeModel::max_range_m(int sender) const noexcept {
  switch (kind_) {
    case RangeKind::kDisc:
      return at(reach_, sender);
    case RangeKind::kDiscMin:
      return std::min(at(reach_, sender), largest_heed_);
    case RangeKind::kChebyshev:
      return at(reach_, sender) * 1.7320510F;
    case RangeKind::kPathLoss:
      return at(reach_, sender) * largest_heed_;
    case RangeKind::kUnlimited:
      break;
  }
  return kInfinity;
}

void RangeModel::draw_field(const RadioKey& key, ShadowField& field) const noexcept {
  for (int i = 0; i < ShadowField::kFeatures; ++i) {
    const RadioKey place{key.seed, key.episode, static_cast<std::uint32_t>(i)};
    const auto wave = radio_words(place, DrawKind::kField, 0, 0);
    const auto rest = radio_words(place, DrawKind::kField, 0, 1);
    // the spectrum of exp(-|r|) in any number of dimensions is a Cauchy distribution: normal
    // numbers over the size of one more
    float x = 0, y = 0, z = 0, over = 0, t = 0, over_t = 0;
    normal_pair(wave[0], wave[1], x, y);
    normal_pair(wave[2], wave[3], z, over);
    normal_pair(rest[0], rest[1], t, over_t);
    const float size = turns_per_m_ * per_size(over);
    field.turns_x[i] = x * size;
    field.turns_y[i] = y * size;
    field.turns_z[i] = z * size;
    field.turns_t[i] = t * turns_per_step_ * per_size(over_t);
    field.phase[i] = unit_of(rest[2]);
  }
  field.seed = key.seed;
  field.episode = key.episode;
  field.is_drawn = true;
}

float RangeModel::node_value(const ShadowField& field, Vec3 position_w_m,
                             std::uint32_t step) const noexcept {
  // adding 1.5 * 2^23 rounds to an integer: what is left are turns in [-1/2, 1/2], also where a
  // wave is so short that rounding makes noise of it
  constexpr float kRound = 0x1.8p+23F;
  const auto time = static_cast<float>(step);
  float cosines[ShadowField::kFeatures];
  for (int i = 0; i < ShadowField::kFeatures; ++i) {
    const float turns = field.turns_x[i] * position_w_m.x + field.turns_y[i] * position_w_m.y +
                        field.turns_z[i] * position_w_m.z + field.turns_t[i] * time +
                        field.phase[i];
    const float left = turns - ((turns + kRound) - kRound);
    const float part = std::min(0.5F, std::max(-0.5F, left));
    // cos of a turn = sin of the angle left to a quarter; Taylor, 4e-6 off at most
    const float a = (0.25F - size_of(part)) * (2 * kPi);
    const float q = a * a;
    cosines[i] =
        a - a * q * (1.0F / 6 - q * (1.0F / 120 - q * (1.0F / 5040 - q * (1.0F / 362880))));
  }
  float sum = 0;
  for (const float cosine : cosines) sum += cosine;
  return sum * 0.25F;  // sqrt(2 / 32): variance 1
}

float RangeModel::shadowing_db(float sender_value, float receiver_value,
                               float distance2_m2) const noexcept {
  const float correlation = exp(-std::sqrt(distance2_m2) * per_correlation_);
  const float db = sigma_db_ * (sender_value + receiver_value) / std::sqrt(2 + 2 * correlation);
  const float most_db = kClipSigma * sigma_db_;
  return std::min(most_db, std::max(-most_db, db));
}

bool RangeModel::is_heard(const Link& link) const noexcept {
  return is_heard(link, 1);
}

bool RangeModel::is_heard(const Link& link, float factor) const noexcept {
  float range_m = 0;
  switch (kind_) {
    case RangeKind::kDisc:
      range_m = at(reach_, link.sender);
      break;
    case RangeKind::kDiscMin:
      range_m = std::min(at(reach_, link.sender), at(heed_, link.receiver));
      break;
    case RangeKind::kChebyshev:
      range_m = at(reach_, link.sender) * factor;
      return size_of(link.offset_w_m.x) < range_m && size_of(link.offset_w_m.y) < range_m &&
             size_of(link.offset_w_m.z) < range_m;
    case RangeKind::kUnlimited:
      return link.distance2_m2 < kInfinity;
    case RangeKind::kPathLoss:
      range_m = at(reach_, link.sender) * at(heed_, link.receiver);
      if (link.gain_db != 0) range_m *= exp(link.gain_db / db_per_log_);
      break;
  }
  range_m *= factor;
  return link.distance2_m2 < range_m * range_m;
}

float RangeModel::power_db(const Link& link) const noexcept {
  constexpr float kNearest2_m2 = 1e-4F;
  const float log_distance = 0.5F * log(std::max(link.distance2_m2, kNearest2_m2));
  if (kind_ != RangeKind::kPathLoss) return -20 / kLn10 * log_distance;
  return at(tx_power_dbm_, link.sender) - reference_db_ - db_per_log_ * log_distance + link.gain_db;
}

}  // namespace volery::radio
