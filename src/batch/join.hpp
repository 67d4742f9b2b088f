// Agents that join in mid-episode (config.join_s): when, and what of them waits meanwhile.
//
// The task places everybody at the reset. Whoever joins later is then held back: a copy of its rows
// is kept, and what stays behind is absent as a parked body is (BodyMode::kAbsent) and dead as an
// agent that has left is, so that no other stage knows of joining. Its row of to_join tells it from
// the dead. The rows of task and radio are not held: goals that move on while it waits have moved
// on when it comes.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sense/sight_common.hpp"
#include "state/body_copies.hpp"
#include "state/slab.hpp"
#include "volery/config.hpp"

namespace volery::batch {

struct AgentRows;
struct Setup;

/// Who joins late. Empty where nobody does: then nothing is declared, held or looked at.
struct JoinPlan {
  struct Late {
    int agent = 0;
    std::uint32_t step = 0;  // the first that it acts in
  };
  std::vector<Late> late;               // ascending by agent
  FieldRef to_join;                     // 1  1 while the agent is still to join
  FieldRef held;                        // n  the rows of `kept` as the start left them
  std::vector<RowRange> kept;           // all rows but these and those of task and radio
  std::unique_ptr<sense::Sight> props;  // what may stand where somebody joins

  [[nodiscard]] bool any() const noexcept { return !late.empty(); }
  /// True while the agent is still to join.
  [[nodiscard]] bool awaits(const Slab& slab, int body) const noexcept {
    return any() && slab.agents.at(body, to_join.row) != 0;
  }
  /// True while some agent of the world is.
  [[nodiscard]] bool awaits_any(const Slab& slab, int world) const noexcept;
  /// Marks those of a world whose task has just placed them: from here on they are not alive.
  void begin(const Setup& setup, const Slab& slab, int world) const noexcept;
};

/// Throws Error where config.join_s is neither one time nor one per agent.
void check_join_count(const BatchConfig& config);
/// Throws Error where an agent joins when its episode is over.
void check_join_times(const BatchConfig& config, std::uint32_t max_steps);

/// Declares the rows of those who join late; after all others. Throws Error where a task has taken
/// their names.
[[nodiscard]] JoinPlan make_joins(Setup& setup);

/// The rest of a start: keeps the rows of those who join later, and takes them out of the world.
void hold_back(const Setup& setup, const Slab& slab, int world) noexcept;

}  // namespace volery::batch
