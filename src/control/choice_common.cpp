// Which law flies whom: config.controller and config.controller_config to a controller, which may
// be several laws side by side in one batch.
#include <algorithm>
#include <cstring>
#include <numeric>

#include "control/control_common.hpp"
#include "control/setpoint_common.hpp"
#include "core/assert.hpp"
#include "core/described.hpp"

namespace volery {

namespace control {
namespace {

constexpr const char* kDefaultLaw = "lee";
constexpr int kMaxLaws = 8;
constexpr int kMaxLawRows = 96;  // that all laws declare

const std::vector<const ControllerEntry*>& laws() {
  static const std::vector<const ControllerEntry*> found = [] {
    std::vector<const ControllerEntry*> some;
    for (const ControllerEntry* entry : controller_entries()) {
      if (entry->make_at != nullptr) some.push_back(entry);
    }
    return some;
  }();
  return found;
}

std::vector<std::string> law_names() {
  std::vector<std::string> names;
  for (const ControllerEntry* entry : laws()) names.emplace_back(entry->name);
  return names;
}

const ControllerEntry& find_law(const std::string& name, const std::string& path) {
  for (const ControllerEntry* entry : laws()) {
    if (name == entry->name) return *entry;
  }
  throw Error(ErrorKind::kValue,
              path + " = \"" + name + "\": no such control law" + did_you_mean(name, law_names()));
}

/// The level that an action level of that name is; throws where no law can take over.
Level level_of(const std::string& name, const std::string& law) {
  static const std::vector<std::string> names{"ctbr", "attitude", "velocity", "position"};
  const auto at = std::find(names.begin(), names.end(), name);
  if (at == names.end()) {
    throw Error(ErrorKind::kValue, "config.controller = \"" + law + "\": the action level \"" +
                                       name + "\" has no loop to replace; levels that have one: " +
                                       "ctbr, attitude, velocity, position");
  }
  return static_cast<Level>(at - names.begin());
}

/// The law of each agent, as an index into `used`.
struct Assignment {
  std::vector<const ControllerEntry*> used;
  std::vector<int> of_agent;  // one entry where all agents have the same
};

Assignment assign(const Value& names, int num_agents) {
  std::vector<std::string> wanted;
  if (names.is<std::string>()) {
    wanted.push_back(names.as<std::string>());
  } else if (names.is<Value::Array>()) {
    for (const Value& name : names.as<Value::Array>()) {
      if (!name.is<std::string>()) {
        throw Error(ErrorKind::kType, "config.controller[" + std::to_string(wanted.size()) +
                                          "]: must be a string, not " + name.type_name());
      }
      wanted.push_back(name.as<std::string>());
    }
    if (static_cast<int>(wanted.size()) != num_agents) {
      throw Error(ErrorKind::kValue, "config.controller: names " + std::to_string(wanted.size()) +
                                         " laws; must be one, or one for each of the " +
                                         std::to_string(num_agents) + " agents");
    }
  } else {
    throw Error(ErrorKind::kType,
                std::string("config.controller: must be a string or an array of ") +
                    "strings, not " + names.type_name());
  }
  Assignment result;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const std::string path = names.is<std::string>()
                                 ? "config.controller"
                                 : "config.controller[" + std::to_string(i) + ']';
    const ControllerEntry* entry = &find_law(wanted[i], path);
    auto at = std::find(result.used.begin(), result.used.end(), entry);
    if (at == result.used.end()) at = result.used.insert(result.used.end(), entry);
    result.of_agent.push_back(static_cast<int>(at - result.used.begin()));
  }
  return result;
}

/// Checks the keys of config.controller_config and takes out the vehicle that gains are made for.
void check_options(const Value& options) {
  if (!options.is_table()) {
    throw Error(ErrorKind::kType, std::string("config.controller_config: must be a table, not ") +
                                      options.type_name());
  }
  std::vector<std::string> keys = law_names();
  keys.emplace_back("vehicle");
  for (const auto& [key, value] : options.table()) {
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
      throw Error(ErrorKind::kValue,
                  "config.controller_config." + key + ": unknown key" + did_you_mean(key, keys));
    }
  }
}

/// Several laws over one set of agents. Each runs on whole blocks; a row picks whose rotor commands
/// count, and rows of a law stay as they were in the lanes that it does not fly, so that no agent
/// depends on who shares its block.
class MixedController final : public Controller {
 public:
  MixedController(std::vector<std::unique_ptr<Controller>> laws, const std::vector<int>& of_agent,
                  const ControllerContext& context)
      : laws_(std::move(laws)) {
    constants_.num_laws = static_cast<int>(laws_.size());
    constants_.num_rotors = context.vehicle.num_rotors;
    constants_.law_row = state_row(context.fields, "control_law", 1, "", "",
                                   "index of the control law among those in use");
    for (std::size_t i = 0; i < laws_.size(); ++i) {
      constants_.window[i] = laws_[i]->window_kernel();
      constants_.tick[i] = laws_[i]->kernel();
      constants_.constants[i] = laws_[i]->constants();
    }
    // whatever controllers declared stands behind the action
    constants_.first_row = context.action.row + context.action.width;
    constants_.num_rows = context.fields.num_rows() - constants_.first_row;
    VOLERY_ASSERT(constants_.num_rows <= kMaxLawRows);
    // agents of the worlds of a slab lie one after another, so the pattern repeats
    const auto agents = static_cast<int>(of_agent.size());
    const int period = agents / std::gcd(agents, kLanes) * kLanes;
    for (int body = 0; body < period; ++body) {
      constants_.pattern.push_back(
          static_cast<float>(of_agent[static_cast<std::size_t>(body % agents)]));
    }
  }
  [[nodiscard]] Kernel window_kernel() const noexcept override { return run_window; }
  [[nodiscard]] Kernel kernel() const noexcept override { return run_tick; }
  [[nodiscard]] const void* constants() const noexcept override { return &constants_; }

 private:
  struct Constants {
    int num_laws = 0;
    int num_rotors = 0;
    int law_row = -1;
    Kernel window[kMaxLaws] = {};
    Kernel tick[kMaxLaws] = {};
    const void* constants[kMaxLaws] = {};
    int first_row = -1;  // rows of all laws
    int num_rows = 0;
    std::vector<float> pattern;  // law of each lane, repeating
  };

  static void run_window(const void* constants, const Blocks& blocks, int first_block,
                         int last_block) {
    const auto& c = *static_cast<const Constants*>(constants);
    const auto period = static_cast<std::ptrdiff_t>(c.pattern.size());
    for (int b = first_block; b < last_block; ++b) {
      const float* const pattern =
          c.pattern.data() + static_cast<std::ptrdiff_t>(b) * kLanes % period;
      std::memcpy(blocks.row(b, c.law_row), pattern, sizeof(float) * kLanes);
    }
    for (int i = 0; i < c.num_laws; ++i) {
      if (c.window[i] != nullptr) c.window[i](c.constants[i], blocks, first_block, last_block);
    }
  }

  static void run_tick(const void* constants, const Blocks& blocks, int first_block,
                       int last_block) {
    const auto& c = *static_cast<const Constants*>(constants);
    for (int b = first_block; b < last_block; ++b) {
      const float* const law = blocks.row(b, c.law_row);
      float before[kMaxRotors * kLanes], picked[kMaxRotors * kLanes];
      float rows_before[kMaxLawRows * kLanes];
      float* const commands = blocks.row(b, kRotorRows);
      float* const rows = blocks.row(b, c.first_row);
      const std::size_t size = sizeof(float) * kLanes * static_cast<std::size_t>(c.num_rotors);
      // each law meets the commands as they were before this tick
      std::memcpy(before, commands, size);
      std::memcpy(picked, commands, size);
      for (int i = 0; i < c.num_laws; ++i) {
        const auto index = static_cast<float>(i);
        if (std::find(law, law + kLanes, index) == law + kLanes) continue;
        std::memcpy(commands, before, size);
        std::memcpy(rows_before, rows,
                    sizeof(float) * kLanes * static_cast<std::size_t>(c.num_rows));
        c.tick[i](c.constants[i], blocks, b, b + 1);
        for (int at = 0; at < c.num_rows * kLanes; ++at) {
          rows[at] = law[at % kLanes] == index ? rows[at] : rows_before[at];
        }
        for (int r = 0; r < c.num_rotors; ++r) {
          for (int lane = 0; lane < kLanes; ++lane) {
            const int at = r * kLanes + lane;
            picked[at] = law[lane] == index ? commands[at] : picked[at];
          }
        }
      }
      std::memcpy(commands, picked, size);
    }
  }

  std::vector<std::unique_ptr<Controller>> laws_;
  Constants constants_;
};

}  // namespace
}  // namespace control

void check_level(const ControllerEntry& level, const Vehicle& vehicle) {
  if (level.bodies.has(vehicle.kind())) return;
  std::string takes;
  for (const ControllerEntry* entry : controller_entries()) {
    if (entry->bodies.has(vehicle.kind()))
      takes += (takes.empty() ? "" : ", ") + std::string(entry->name);
  }
  throw Error(ErrorKind::kValue, std::string("config.action = \"") + level.name + "\": vehicle '" +
                                     vehicle.config.name + "' is a " + vehicle.kind_name() +
                                     ", which cannot take it; levels of a " + vehicle.kind_name() +
                                     ": " + takes);
}

std::unique_ptr<Controller> make_controller(ControllerChoice& choice,
                                            const ControllerContext& context) {
  using namespace control;
  const ControllerEntry& level = choice.level;
  const std::string action = level.name;
  check_level(level, context.vehicle);
  check_options(choice.options);
  const bool is_law = level.make_at != nullptr;
  if (choice.names == Value("")) choice.names = Value(is_law ? action : kDefaultLaw);
  const Assignment assignment = assign(choice.names, choice.num_agents);
  if (is_law && (assignment.used.size() != 1 || assignment.used.front() != &level)) {
    throw Error(ErrorKind::kValue, "config.controller = " + choice.names.to_text() +
                                       ": the action level \"" + action +
                                       "\" is a control law itself; leave controller out, or "
                                       "choose ctbr, attitude, velocity or position");
  }

  // bodies without rotors have one law per level; the choice is of those beside them
  if (context.vehicle.kind() != VehicleKind::kRotorcraft) return level.make(context);

  // the vehicle that gains and mixer are made for may differ from the one that flies
  std::unique_ptr<Vehicle> assumed;
  if (const Value* vehicle = choice.options.find("vehicle"); vehicle != nullptr) {
    assumed = std::make_unique<Vehicle>(load_vehicle(*vehicle));
    if (assumed->num_rotors != context.vehicle.num_rotors) {
      throw Error(ErrorKind::kValue, "config.controller_config.vehicle: has " +
                                         std::to_string(assumed->num_rotors) +
                                         " rotors; the vehicle that flies has " +
                                         std::to_string(context.vehicle.num_rotors));
    }
  }
  const Vehicle& believed = assumed ? *assumed : context.vehicle;
  // the plain levels keep their gains: they are soft enough for any lag
  std::unique_ptr<Vehicle> instant;
  if (!choice.motor_lag) {
    VehicleConfig config = believed.config;
    config.motor_rise_s = config.motor_fall_s = 0;
    instant = std::make_unique<Vehicle>(std::move(config));
  }
  std::vector<std::unique_ptr<Controller>> made;
  for (const ControllerEntry* law : assignment.used) {
    const bool is_plain = !is_law && law->name == std::string(kDefaultLaw);
    const ControllerContext own{instant && !is_plain ? *instant : believed, context.tick_s,
                                context.action, context.fields, choice.options.find(law->name)};
    if (is_law) {
      made.push_back(law->make_at(own, Level::kTrack));
    } else if (is_plain) {
      // the plain levels are Lee's law
      no_options(own, law->name);
      made.push_back(level.make(own));
    } else {
      made.push_back(law->make_at(own, level_of(action, law->name)));
    }
  }
  if (made.size() == 1) return std::move(made.front());
  return std::make_unique<MixedController>(std::move(made), assignment.of_agent, context);
}

}  // namespace volery
