#include "radio/loss.hpp"

#include "core/math.hpp"

namespace volery::radio {

bool LossConfig::any() const noexcept {
  return probability > 0 || by_distance != LossByDistance::kOff || burst_loss > 0 ||
         bit_error_rate > 0;
}

void LossConfig::describe(FieldVisitor& v) {
  v.field("probability", probability,
          {.low = 0, .high = 1, .doc = "share of messages lost whatever the distance"});
  v.choice("by_distance", by_distance, {"off", "logistic", "table"},
           "loss that grows with the distance, on top");
  v.field("d50_m", d50_m,
          {.unit = "m", .low = 0, .high = 1e6, .doc = "logistic: half are lost at this distance"});
  v.field("width_m", width_m,
          {.unit = "m",
           .low = 1e-3,
           .high = 1e6,
           .doc = "logistic: loss = 1 / (1 + exp(-(d - d50_m) / width_m))"});
  v.field("distances_m", distances_m,
          {.unit = "m", .low = 0, .high = 1e6, .doc = "table: ascending distances"});
  v.field("probabilities", probabilities,
          {.low = 0, .high = 1, .doc = "table: loss there; linear between, constant outside"});
  v.field("burst_loss", burst_loss,
          {.low = 0,
           .high = 1,
           .doc = "share of messages lost to bursts in the long run (Gilbert-Elliott); 0: none"});
  v.field("burst_steps", burst_steps,
          {.unit = "steps", .low = 1, .high = 1000, .doc = "mean length of a bad period"});
  v.field("burst_loss_good", burst_loss_good, {.low = 0, .high = 1, .doc = "loss in good periods"});
  v.field("burst_loss_bad", burst_loss_bad, {.low = 0, .high = 1, .doc = "loss in bad periods"});
  v.field("bit_error_rate", bit_error_rate,
          {.low = 0,
           .high = 0.1,
           .doc = "probability that a bit flips; a message with a flipped bit is dropped"});
}

namespace {

void check_table(const LossConfig& config, const std::string& path) {
  const auto& at = config.distances_m;
  if (at.empty() || at.size() != config.probabilities.size()) {
    throw Error(ErrorKind::kValue, path + ".distances_m: has " + std::to_string(at.size()) +
                                       " numbers and " + path + ".probabilities " +
                                       std::to_string(config.probabilities.size()) +
                                       ": must be as many, at least 1");
  }
  for (std::size_t i = 1; i < at.size(); ++i) {
    if (!(at[i - 1] < at[i])) {
      throw Error(ErrorKind::kValue,
                  path + ".distances_m[" + std::to_string(i) + "] = " + std::to_string(at[i]) +
                      ": must be more than the one before, " + std::to_string(at[i - 1]));
    }
  }
}

/// r = 1 / burst, p = r share / (1 - share), from the share of bad steps that gives the loss.
BurstChain chain_of(const LossConfig& config, const std::string& path) {
  const double good = config.burst_loss_good;
  const double bad = config.burst_loss_bad;
  const double loss = config.burst_loss;
  if (!(good < bad) || loss < good || loss >= bad) {
    throw Error(ErrorKind::kValue,
                path + ".burst_loss = " + std::to_string(loss) +
                    ": must be at least burst_loss_good = " + std::to_string(good) +
                    " and less than burst_loss_bad = " + std::to_string(bad));
  }
  const double share = (loss - good) / (bad - good);
  const double to_good = 1 / static_cast<double>(config.burst_steps);
  const double to_bad = to_good * share / (1 - share);
  if (to_bad + to_good > 1) {
    throw Error(ErrorKind::kValue, path + ".burst_steps = " + std::to_string(config.burst_steps) +
                                       ": must be at least " + std::to_string(1 / (1 - share)) +
                                       ", shorter bursts cannot take a share of " +
                                       std::to_string(loss));
  }
  return {to_bad, to_good, share};
}

}  // namespace

LossModel::LossModel(const LossConfig& config, int max_bytes, const std::string& path)
    : any_(config.any()),
      by_distance_(config.by_distance),
      keep_(1 - config.probability),
      d50_m_(config.d50_m),
      per_width_(1 / config.width_m) {
  if (by_distance_ == LossByDistance::kTable) {
    check_table(config, path);
    distances_m_ = config.distances_m;
    probabilities_ = config.probabilities;
  }
  if (config.burst_loss > 0) {
    bursts_ = true;
    chain_ = chain_of(config, path);
    keep_good_ = 1 - config.burst_loss_good;
    keep_bad_ = 1 - config.burst_loss_bad;
    // p / (p + r) is the stationary share too
    bad_below_ = threshold_of(chain_.share_bad);
    const double decides = chain_.to_bad + chain_.to_good;
    while (window_steps_ * decides < 1) window_steps_ *= 2;
    // every step decides where p + r = 1: log 0, and gaps of 0
    steps_per_log_ = 1 / log(static_cast<float>(1 - decides));
  }
  if (config.bit_error_rate > 0) {
    const double bit = 1 - static_cast<double>(config.bit_error_rate);
    const double pair = bit * bit;
    const double byte = pair * pair * pair * pair;
    double all = 1;
    for (int n = 0; n <= max_bytes; ++n) {
      intact_.push_back(static_cast<float>(all));
      all *= byte;
    }
  }
}

float LossModel::loss_at(float distance_m) const noexcept {
  if (by_distance_ == LossByDistance::kOff) return 0;
  if (by_distance_ == LossByDistance::kLogistic) {
    return 1 / (1 + exp((d50_m_ - distance_m) * per_width_));
  }
  std::size_t above = 0;
  while (above < distances_m_.size() && distances_m_[above] <= distance_m) ++above;
  if (above == 0) return probabilities_.front();
  if (above == distances_m_.size()) return probabilities_.back();
  const float share =
      (distance_m - distances_m_[above - 1]) / (distances_m_[above] - distances_m_[above - 1]);
  return probabilities_[above - 1] + share * (probabilities_[above] - probabilities_[above - 1]);
}

float LossModel::intact(int num_bytes) const noexcept {
  if (intact_.empty() || num_bytes <= 0) return 1;
  const auto bytes = static_cast<std::size_t>(num_bytes);
  return bytes < intact_.size() ? intact_[bytes] : intact_.back();
}

namespace {

/// Where the draws of step 0 lie: no window begins so late.
constexpr std::uint32_t kStart = 0xffffffffU;

}  // namespace

bool LossModel::is_bad(const RadioKey& key, std::uint32_t sender,
                       std::uint32_t receiver) const noexcept {
  if (!bursts_) return false;
  // decisions of a window from its end to its begin, window by window: the first one that is not
  // after the step decides
  std::uint32_t steps = key.step % window_steps_ + 1;  // of the window that count
  for (std::uint32_t window = key.step / window_steps_;; --window) {
    std::uint32_t left = window_steps_;  // steps of the window before the last decision found
    for (std::uint32_t block = 0; left > 0; ++block) {
      // two decisions per block, a gap and a direction each
      const RadioKey place{key.seed, key.episode, window * window_steps_ + block};
      const auto words = radio_words(place, DrawKind::kBurst, sender, receiver);
      for (std::size_t i = 0; i < 4 && left > 0; i += 2) {
        // gaps are geometric: P(gap >= n) = (1 - p - r)^n
        const float gap = log(1 - unit_of(words[i])) * steps_per_log_;
        if (gap >= static_cast<float>(left)) {
          left = 0;
          break;
        }
        left -= static_cast<std::uint32_t>(gap) + 1;
        if (left < steps) return words[i + 1] < bad_below_;
      }
    }
    if (window == 0) break;
    steps = window_steps_;
  }
  const auto start =
      radio_words({key.seed, key.episode, kStart}, DrawKind::kBurst, sender, receiver);
  return start[0] < bad_below_;
}

Fate LossModel::fate(const RadioKey& key, std::uint32_t sender, std::uint32_t receiver,
                     const LinkDraws& draws, float distance_m, int num_bytes) const noexcept {
  if (!any_) return Fate::kDelivered;
  // one draw for all parts: the product of what each keeps
  float keep = keep_;
  if (by_distance_ != LossByDistance::kOff) keep *= 1 - loss_at(distance_m);
  if (bursts_) keep *= is_bad(key, sender, receiver) ? keep_bad_ : keep_good_;
  const float draw = unit_of(draws.loss);
  if (!(draw < keep)) return Fate::kLost;
  return draw < keep * intact(num_bytes) ? Fate::kDelivered : Fate::kBitError;
}

}  // namespace volery::radio
