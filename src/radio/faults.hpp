// What goes wrong by script: radios that fail, jammers, partitions, and agents that lie.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/described.hpp"
#include "core/types.hpp"
#include "radio/draws.hpp"
#include "state/jammer_records.hpp"
#include "volery/radio.hpp"

namespace volery::radio {

/// Seconds since the reset, from <= t < to; fields of their own in each entry.
struct TimeWindow {
  float from_s = 0;
  float to_s = 1e6F;
  void describe(FieldVisitor& v);
};

/// Radios that neither send nor receive.
struct OutageConfig {
  std::vector<float> agents;
  TimeWindow window;
  void describe(FieldVisitor& v);
};

/// Receivers inside a sphere lose messages.
struct JammerConfig : Jammer {
  TimeWindow window;
  void describe(FieldVisitor& v);
};

/// No message passes between agents of different groups.
struct PartitionConfig {
  std::vector<float> groups;  // the group of each agent
  TimeWindow window;
  void describe(FieldVisitor& v);
};

enum class LieMode : int { kRandom, kInverted, kConstant };

/// Agents whose messages are replaced.
struct LiarConfig {
  std::vector<float> agents;
  LieMode mode = LieMode::kRandom;
  float value = 1;  // constant
  TimeWindow window;
  void describe(FieldVisitor& v);
};

struct FaultConfig {
  std::vector<OutageConfig> outages;
  std::vector<JammerConfig> jammers;
  std::vector<PartitionConfig> partitions;
  std::vector<LiarConfig> liars;
  [[nodiscard]] bool any() const noexcept;
  void describe(FieldVisitor& v);
};

/// Jammers as a world keeps them, and back.
[[nodiscard]] JammerRecord record_of(const Jammer& jammer) noexcept;
[[nodiscard]] Jammer jammer_of(const JammerRecord& record);
/// Throws Error, starting with `path`, for numbers out of range and more than kMostJammers.
void check_jammers(std::span<const Jammer> jammers, const std::string& path);

/// Immutable. Each question costs nothing where its list is empty, else O(entries).
class FaultModel {
 public:
  FaultModel() = default;
  /// Throws Error, starting with `path`, for agents that are not there, lists of groups of the
  /// wrong length and windows that end before they begin.
  FaultModel(const FaultConfig& config, int num_agents, float step_s, const std::string& path);

  [[nodiscard]] bool has_outages() const noexcept { return !outages_.empty(); }
  [[nodiscard]] bool has_jammers() const noexcept { return !jammers_.empty(); }
  [[nodiscard]] bool has_partitions() const noexcept { return !partitions_.empty(); }
  [[nodiscard]] bool has_liars() const noexcept { return !liars_.empty(); }

  /// Whether the agent's radio is out.
  [[nodiscard]] bool is_out(int agent, std::uint32_t step) const noexcept;
  /// Whether a partition separates the two.
  [[nodiscard]] bool is_cut(int sender, int receiver, std::uint32_t step) const noexcept;
  /// Whether a receiver at this place loses the message; `draw` is LinkDraws::jam. Jammers, those
  /// that were put down in the world among them, are independent: 1 - p is the product of theirs.
  [[nodiscard]] bool is_jammed(Vec3 receiver_w_m, std::uint32_t step, std::uint32_t draw,
                               std::span<const JammerRecord> put_down) const noexcept;
  /// The jammers of the config that are on, one after the other.
  void append_jammers(std::uint32_t step, std::vector<JammerRecord>& out) const;
  /// Whether the agent lies.
  [[nodiscard]] bool is_liar(int agent, std::uint32_t step) const noexcept;
  /// Replaces what a liar sends, numbers of [-1, 1]; returns whether it did. Random: uniform;
  /// inverted: -x; constant: the value.
  bool lie(const RadioKey& key, int agent, std::span<float> payload) const noexcept;
  /// The same for bytes: uniform; 255 - x; the value's share of [-1, 1] in 0..255.
  bool lie(const RadioKey& key, int agent, std::span<std::uint8_t> payload) const noexcept;

 private:
  struct Window {
    std::uint32_t from_step = 0, to_step = 0;
    [[nodiscard]] bool holds(std::uint32_t step) const noexcept {
      return step >= from_step && step < to_step;
    }
  };
  struct Group {  // outages, liars, partitions: a number per agent
    Window window;
    std::vector<std::int32_t> of_agent;
  };
  struct Liar : Group {
    LieMode mode = LieMode::kRandom;
    float value = 0;
  };
  struct TimedJammer {
    Window window;
    JammerRecord jammer;
  };
  [[nodiscard]] static Window window_of(const TimeWindow& window, float step_s,
                                        const std::string& path);
  [[nodiscard]] const Liar* liar_of(int agent, std::uint32_t step) const noexcept;

  std::vector<Group> outages_, partitions_;
  std::vector<TimedJammer> jammers_;
  std::vector<Liar> liars_;
};

}  // namespace volery::radio
