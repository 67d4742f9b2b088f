// Who may talk to whom, whatever the range.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/described.hpp"
#include "radio/draws.hpp"

namespace volery::radio {

enum class TopologyKind : int {
  kRange,         // no mask
  kKNearest,      // to the k nearest of the sender
  kFixed,         // edges or rows
  kStar,          // to and from agent 0
  kRing,          // i to i + 1 and back, the last to agent 0
  kChain,         // i to i + 1 and back
  kMesh,          // i to all j > i
  kLayered,       // each layer to the next
  kFull,          // all to all
  kRandom,        // each link with probability p, drawn once per config
  kHierarchical,  // within groups, and among their leaders
  kLearned,       // probabilities given every step
};

/// Most agents of a world with a topology that is kept as a matrix.
inline constexpr int kMaxMaskAgents = 4096;

struct TopologyConfig {
  TopologyKind kind = TopologyKind::kRange;
  int k = 6;                      // k_nearest
  std::vector<float> edges;       // fixed: sender, receiver, sender, receiver, ...
  std::vector<std::string> rows;  // fixed: one string of 0 and 1 per sender
  bool one_way = false;           // star, ring, chain: without the way back
  int layers = 2;                 // layered: equal shares of the agents, in order
  float probability = 0.5F;       // random
  std::int64_t seed = 0;          // random
  int group_size = 4;             // hierarchical: agents in order, the first of a group leads
  std::vector<float> groups;      // hierarchical: or the group of each agent
  std::vector<float> leaders;     // hierarchical: or the leaders
  void describe(FieldVisitor& v);
};

/// Immutable.
class TopologyModel {
 public:
  TopologyModel() = default;
  /// Throws Error, starting with `path`, for agents that are not there, rows of the wrong length,
  /// groups without a leader, and more than kMaxMaskAgents agents where it needs a matrix.
  TopologyModel(const TopologyConfig& config, int num_agents, const std::string& path);

  [[nodiscard]] TopologyKind kind() const noexcept { return kind_; }
  /// Neighbors that k_nearest needs to know; 0 for other kinds.
  [[nodiscard]] int num_nearest() const noexcept {
    return kind_ == TopologyKind::kKNearest ? k_ : 0;
  }
  /// Whether the mask permits the link; always for range, k_nearest and learned, which have none.
  [[nodiscard]] bool allows(int sender, int receiver) const noexcept {
    if (bits_.empty()) return true;
    const auto word = bits_[static_cast<std::size_t>(sender) * words_per_row_ +
                            (static_cast<std::size_t>(receiver) >> 6U)];
    return ((word >> (static_cast<unsigned>(receiver) & 63U)) & 1U) != 0;
  }
  /// learned: a link of this probability with this draw (LinkDraws::mask). NaN forbids.
  [[nodiscard]] static bool allows(float probability, std::uint32_t draw) noexcept {
    return unit_of(draw) < probability;
  }
  /// k_nearest: whether the receiver is in a row of a NeighborTable (-1 ends it).
  [[nodiscard]] static bool is_among(const std::int32_t* nearest, int k, int receiver) noexcept {
    for (int i = 0; i < k && nearest[i] >= 0; ++i) {
      if (nearest[i] == receiver) return true;
    }
    return false;
  }

 private:
  TopologyKind kind_ = TopologyKind::kRange;
  int k_ = 0;
  std::size_t words_per_row_ = 0;
  std::vector<std::uint64_t> bits_;  // [senders][words_per_row]
};

}  // namespace volery::radio
