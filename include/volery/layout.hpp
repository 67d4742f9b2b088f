// Layout: names, shapes and offsets of every buffer that crosses the boundary, in one table. NumPy
// views, Gymnasium spaces, recordings and the docs are made from it; no width is typed twice.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "volery/column.hpp"

namespace volery {

/// A contiguous run of observation columns that one sensor writes.
struct Group {
  std::string name;
  int first = 0;
  int count = 0;
  std::vector<int> shape;  // {count}, or e.g. {K, F}
  std::string doc;
};

struct Layout {
  int num_worlds = 0;                  // W
  int num_agents = 0;                  // A
  std::vector<Column> action;          // U columns: those of the action level, then the outbox
  int num_controls = 0;                // columns of the action level
  int inbox_slots = 0;                 // messages that an agent holds (K); 0: there is no radio
  std::vector<Column> inbox_slot;      // columns of one of them
  // of those, how many each vehicle type reads; agent a is of type a modulo their number
  std::vector<int> control_sizes;
  std::vector<Column> observation;     // O columns
  std::vector<Group> groups;           // of the observation, in order
  std::vector<TermSpec> reward_terms;  // T
  std::vector<TermSpec> metrics;       // M
  Headline headline;                   // which of them counts

  /// The columns of the action level alone.
  [[nodiscard]] std::vector<Column> controls() const {
    return {action.begin(), action.begin() + num_controls};
  }
  [[nodiscard]] int action_size() const noexcept { return static_cast<int>(action.size()); }
  [[nodiscard]] int observation_size() const noexcept {
    return static_cast<int>(observation.size());
  }
  [[nodiscard]] std::size_t num_rows() const noexcept {
    return static_cast<std::size_t>(num_worlds) * static_cast<std::size_t>(num_agents);
  }
  [[nodiscard]] std::size_t observation_count() const noexcept {
    return num_rows() * observation.size();
  }
  [[nodiscard]] std::size_t action_count() const noexcept { return num_rows() * action.size(); }
};

}  // namespace volery
