// Controllers: action levels, one file each in src/control/.
//
// A controller turns an agent's action columns, each in [-1, 1] unless its column says otherwise,
// into rotor commands at every control tick. The same code serves as action space and inside the
// scripted baselines. A file src/control/<name>.cpp defines `extern const ControllerEntry
// controller_<name>`; the folder is the registry.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/types.hpp"
#include "model/vehicle.hpp"
#include "state/blocks.hpp"
#include "volery/column.hpp"

namespace volery {

/// A controller bound to a vehicle and a rate. Immutable; one per batch.
class Controller {
 public:
  virtual ~Controller() = default;
  /// Lane kernel of one control tick; `constants` is constants().
  using Kernel = void (*)(const void* constants, const Blocks& blocks, int first_block, int last_block);
  [[nodiscard]] virtual Kernel kernel() const noexcept = 0;
  [[nodiscard]] virtual const void* constants() const noexcept = 0;
};

/// What a controller is built from.
struct ControllerContext {
  const Vehicle& vehicle;
  float tick_s;       // time between control ticks
  FieldRef action;    // rows of the agent's (clipped) action
  FieldTable& fields; // for state of its own (integrators, filters)
};

struct ControllerEntry {
  const char* name;
  const char* doc;
  std::vector<Column> (*columns)(const Vehicle& vehicle);
  std::unique_ptr<Controller> (*make)(const ControllerContext& context);
};

/// All controllers, sorted by name (generated from src/control/*.cpp).
[[nodiscard]] const std::vector<const ControllerEntry*>& controller_entries();

}  // namespace volery
