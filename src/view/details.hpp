// Details: everything that is known of single agents at one time, by name and unit, for the
// inspector, for plots and to be copied. Read by the thread that owns the batch.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "view/engine.hpp"

namespace volery::view {

/// Numbers with their names.
struct NamedValues {
  std::string name, unit, frame, doc;
  std::vector<std::string> columns;  // of each value; empty: just numbers
  std::vector<std::string> units;    // likewise
  std::vector<float> values;
};

struct AgentDetails {
  int agent = 0;
  std::string vehicle, team;
  std::vector<NamedValues> state;        // fields of the state
  std::vector<NamedValues> observation;  // by group
  NamedValues action;
  NamedValues reward_terms;
  float reward = 0;
  std::vector<NamedValues> inbox;  // one per slot, as observed
};

/// What a plot shows: one number of one agent. `field` is a state field, "reward", a group of the
/// observation ("obs:pose"), or "action".
struct PlotKey {
  std::string field;
  int column = 0;
  int world = 0;
  int agent = 0;
  friend bool operator==(const PlotKey&, const PlotKey&) = default;
};

/// A number over time. Older points are forgotten beyond kMost.
struct Series {
  static constexpr std::size_t kMost = 20000;
  PlotKey key;
  std::string unit;
  std::deque<std::uint64_t> positions;  // ascending
  std::deque<float> values;
  /// Adds a point; after going back what came later is dropped.
  void add(std::uint64_t position, float value);
};

/// Packets of the last step of a world, by fate, and what one agent heard and why not.
struct RadioTally {
  static constexpr double kWindow_s = 1;
  struct Row {
    std::uint64_t position = 0;
    std::vector<int> by_fate;
    std::int64_t bytes = 0;
  };
  std::deque<Row> rows;  // of the last second
  void add(std::uint64_t position, double step_s, std::size_t num_fates,
           const std::vector<Packet>& packets);
  /// Sums over the window, by fate.
  [[nodiscard]] std::vector<int> sums(std::size_t num_fates) const;
  [[nodiscard]] std::int64_t bytes() const;
  [[nodiscard]] double span_s(double step_s) const;
};

/// Everything about an agent. Of an engine without a batch: what moments tell.
[[nodiscard]] AgentDetails details_of(const Engine& engine, const Moment& moment, int world,
                                      int agent);
/// The number that a plot asks for; NaN where there is none.
[[nodiscard]] float value_of(const Engine& engine, const Moment& moment, const PlotKey& key);
/// Its unit, "" where unknown.
[[nodiscard]] std::string unit_of(const Engine& engine, const PlotKey& key);
/// The agent as JSON, in full precision.
[[nodiscard]] std::string details_json(const AgentDetails& details, std::uint64_t position,
                                       double time_s, int world);
/// A JSON string with its quotes.
[[nodiscard]] std::string json_string(const std::string& text);

}  // namespace volery::view
