// Who is near or strong enough to be heard, and how strong.
//
// Discs cut at the range exactly (strict <). Path loss is log-distance with shadowing:
//   power = tx_power - reference - 10 n log10(d / 1 m) + shadowing - walls        [dBm]
// and a link is heard where power > sensitivity. Shadowing is symmetric per pair and correlated in
// space: sigma (f(a) + f(b)) / sqrt(2 + 2 rho(d)) of one Gaussian random field f per world and
// episode whose correlation is rho(d) = exp(-d / correlation_m) (M. Gudmundson: "Correlation model
// for shadow fading in mobile radio systems", Electronics Letters 27(23), 1991); a field for the
// nodes makes links that lie close together correlated too (P. Agrawal, N. Patwari: "Correlated
// link shadow fading in multi-hop wireless networks", IEEE Trans. Wireless Communications 8(8),
// 2009).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/described.hpp"
#include "core/types.hpp"
#include "radio/draws.hpp"

namespace volery::radio {

enum class RangeKind : int { kDisc, kDiscMin, kChebyshev, kUnlimited, kPathLoss };

/// Lists hold one number for all agents or one per agent.
struct RangeConfig {
  RangeKind kind = RangeKind::kDisc;
  std::vector<float> range_m{50};      // of the sender's radio; disc, disc_min, chebyshev
  std::vector<float> rx_range_m;       // disc_min: of the receiver's; empty: range_m
  std::vector<float> tx_power_dbm{0};  // path_loss, from here on
  std::vector<float> sensitivity_dbm{-90};
  float reference_db = 40.05F;  // loss over the first meter; 2.4 GHz in free space
  float exponent = 2.2F;
  float shadowing_db = 0;    // sigma
  float correlation_m = 20;  // the field's correlation falls to 1/e
  float drift_per_s = 0;     // 1 / time in which it does so at a fixed place
  void describe(FieldVisitor& v);
};

/// The random field of one world and episode: 32 cosines (A. Rahimi, B. Recht: "Random features
/// for large-scale kernel machines", 2007). A pure function of its key: a cache, never state.
struct ShadowField {
  static constexpr int kFeatures = 32;
  float turns_x[kFeatures], turns_y[kFeatures], turns_z[kFeatures];  // wave vectors, turns per m
  float turns_t[kFeatures];                                          // turns per step
  float phase[kFeatures];                                            // turns, in [0, 1)
  std::uint64_t seed = 0;
  std::uint32_t episode = 0;
  bool is_drawn = false;
  /// Whether this is the field of the key already; its step does not count.
  [[nodiscard]] bool is_of(const RadioKey& key) const noexcept {
    return is_drawn && seed == key.seed && episode == key.episode;
  }
};

/// A sender, a receiver and what lies between them.
struct Link {
  int sender = 0, receiver = 0;  // world-local agents
  Vec3 offset_w_m;               // receiver - sender
  float distance2_m2 = 0;        // dot(offset, offset)
  float gain_db = 0;             // path_loss: shadowing minus walls, see RangeModel::shadowing_db
};

/// The ranges of a config, prepared. Immutable.
class RangeModel {
 public:
  RangeModel() = default;
  /// Throws Error, starting with `path`, for lists of neither 1 nor num_agents numbers.
  RangeModel(const RangeConfig& config, int num_agents, float step_s, const std::string& path);

  /// No link that is longer can be heard: the radius of candidates. Infinite where unlimited.
  [[nodiscard]] float max_range_m() const noexcept { return max_range_m_; }
  /// The same of one sender.
  [[nodiscard]] float max_range_m(int sender) const noexcept;
  [[nodiscard]] RangeKind kind() const noexcept { return kind_; }

  [[nodiscard]] bool has_shadowing() const noexcept { return sigma_db_ > 0; }
  /// Draws a world's field; keep it while is_of(key). Cost: about 5 us.
  void draw_field(const RadioKey& key, ShadowField& field) const noexcept;
  /// The field at a node, standard normal. Once per node and step: about 80 ns.
  [[nodiscard]] float node_value(const ShadowField& field, Vec3 position_w_m,
                                 std::uint32_t step) const noexcept;
  /// Shadowing of a link from the values of its nodes, dB: deviation sigma at any distance, clipped
  /// at 3 sigma. Cost: an exp and two roots.
  [[nodiscard]] float shadowing_db(float sender_value, float receiver_value,
                                   float distance2_m2) const noexcept;
  static constexpr float kClipSigma = 3;

  /// Whether the receiver can hear the sender. Disc: one comparison; path loss with a gain: one exp
  /// and no log.
  [[nodiscard]] bool is_heard(const Link& link) const noexcept;
  /// The same with the range stretched by `factor`: where it still disturbs others.
  [[nodiscard]] bool is_heard(const Link& link, float factor) const noexcept;
  /// Received power: dBm for path loss, else -20 log10(distance), which ranks and compares alike.
  /// Distances below 1 cm count as 1 cm.
  [[nodiscard]] float power_db(const Link& link) const noexcept;

 private:
  RangeKind kind_ = RangeKind::kUnlimited;
  float max_range_m_ = 0;
  // range of sender s at receiver r: reach[s] and heed[r] by kind; path loss: their product
  std::vector<float> reach_;
  std::vector<float> heed_;
  float largest_heed_ = 1;
  std::vector<float> tx_power_dbm_;
  float reference_db_ = 0;
  float db_per_log_ = 0;  // 10 n / ln 10
  float sigma_db_ = 0;
  float per_correlation_ = 0;
  float turns_per_m_ = 0;     // 1 / (2 pi correlation)
  float turns_per_step_ = 0;  // drift / (2 pi)
};

}  // namespace volery::radio
