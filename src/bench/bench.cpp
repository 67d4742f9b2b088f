#include "bench/bench.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdio>

#include "bench/cases.hpp"
#include "bench/machine.hpp"
#include "core/described.hpp"
#include "volery/error.hpp"
#include "volery/isa.hpp"

namespace volery::bench {

namespace {

constexpr int kMostRepeats = 100'000;

void check(const char* name, int value, int low, int high) {
  if (value < low || value > high) {
    throw Error(ErrorKind::kValue, std::string(name) + " = " + std::to_string(value) +
                                       ": must be in [" + std::to_string(low) + ", " +
                                       std::to_string(high) + "]");
  }
}

// four significant digits: more is noise
double rounded(double value) {
  if (value == 0 || !std::isfinite(value)) return 0;
  const double scale = std::pow(10, 3 - std::floor(std::log10(std::abs(value))));
  return std::round(value * scale) / scale;
}

nlohmann::ordered_json json_of(const std::vector<Figure>& figures) {
  nlohmann::ordered_json out = nlohmann::ordered_json::object();
  for (const auto& [name, value] : figures) out[name] = rounded(value);
  return out;
}

std::string number_text(double value) {
  char text[32];
  const double shown = rounded(value);
  std::snprintf(text, sizeof(text),
                std::abs(shown) >= 1e4 && shown == std::floor(shown) ? "%.0f" : "%.4g", shown);
  return text;
}

}  // namespace

const std::vector<Case>& cases() {
  static const std::vector<Case> table{
      {"flight", "the flight kernel alone, the effects of the default model", run_flight},
      {"effects", "hover with every optional effect; a row per effect, of the kernel alone",
       run_effects},
      {"hover", "one-drone worlds: full environment, random thrust within 10 % of hover",
       run_hover},
      {"swarm64", "worlds of 64 drones: 6 neighbors, radio, collisions, recorded baseline actions",
       run_swarm64},
      {"recording", "swarm64 without and with a recording, and its replay", run_recording},
      {"radio", "the radio of one world of 1 k to 100 k drones, ten in range of each", run_radio},
      {"contact", "a held share of touching bodies, beside plain Bullet stepping the same ones",
       run_contact},
      {"giant", "one world of 1 k to 1 M drones at constant density", run_giant},
      {"reset", "batched resets of one-drone worlds", run_reset},
      {"overhead", "step() of one world of one drone", run_overhead},
      {"memory", "growth of the process per agent of a running batch of one-drone worlds",
       run_memory},
      {"sensors", "each sensor by itself, and control with and without the estimator", run_sensors},
      {"lidar", "rays per second against 200 static boxes and 64 drones", run_lidar},
      {"cameras", "pictures per second of 64 drones among 200 boxes", run_cameras},
      {"threads", "two threads against one, beside a loop that only uses registers", run_threads},
      {"gpd", "gym-pybullet-drones' hover worlds in double precision", run_gpd},
  };
  return table;
}

Result run(const std::string& name, const Options& options) {
  constexpr int kMostRows = 1 << 26;
  check("worlds", options.worlds, 0, kMostRows);
  check("agents", options.agents, 0, kMostRows);
  check("threads", options.threads, 0, 1024);
  check("repeats", options.repeats, 0, kMostRepeats);
  std::vector<std::string> names;
  for (const Case& entry : cases()) {
    if (name == entry.name) return entry.run(options);
    names.emplace_back(entry.name);
  }
  throw Error(ErrorKind::kValue,
              "case \"" + name + "\": no such benchmark" + did_you_mean(name, names));
}

std::string to_json(const Result& result) {
  nlohmann::ordered_json out;
  out["case"] = result.case_name;
  out["worlds"] = result.worlds;
  out["agents"] = result.agents;
  out["threads"] = result.threads;
  out["substeps"] = result.substeps;
  out["agent_steps_per_s"] = std::round(1e9 / result.ns_per_agent_step);
  out["ns_per_agent_step"] = rounded(result.ns_per_agent_step);
  out["ns_per_agent_substep"] = rounded(result.ns_per_agent_step / result.substeps);
  out["repeats"] = result.repeats;
  out["min"] = rounded(result.min);
  out["max"] = rounded(result.max);
  out["isa"] = active_isa();
  out["cpu"] = cpu_name();
  out["cpus"] = num_cpus();
  out["load"] = rounded(load_average());
  out["version"] = VOLERY_VERSION;
  for (const auto& [name, value] : result.figures) out[name] = rounded(value);
  if (!result.rows.empty()) {
    out["rows"] = nlohmann::ordered_json::array();
    for (const Row& row : result.rows) out["rows"].push_back(json_of(row));
  }
  return out.dump();
}

std::string to_text(const Result& result) {
  std::string out = result.case_name + ": " + std::to_string(result.worlds) + " worlds of " +
                    std::to_string(result.agents) + ", " + std::to_string(result.threads) +
                    " thread" + (result.threads == 1 ? "" : "s") + ", " + active_isa() + ", " +
                    cpu_name() + "\n";
  const auto line = [&out](const std::string& name, const std::string& value) {
    out += "  " + name + std::string(name.size() < 34 ? 34 - name.size() : 1, ' ') + value + "\n";
  };
  line("agent_steps_per_s", number_text(1e9 / result.ns_per_agent_step));
  line("ns_per_agent_step", number_text(result.ns_per_agent_step) + "  (" +
                                number_text(result.min) + " to " + number_text(result.max) +
                                " in " + std::to_string(result.repeats) + " repeats)");
  line("ns_per_agent_substep", number_text(result.ns_per_agent_step / result.substeps));
  for (const auto& [name, value] : result.figures) line(name, number_text(value));
  for (const Row& row : result.rows) {
    out += "  -";
    for (const auto& [name, value] : row) out += "  " + name + " " + number_text(value);
    out += "\n";
  }
  return out;
}

}  // namespace volery::bench
