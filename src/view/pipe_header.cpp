// The header of the pipe: what the worlds look like, as a table.
#include <cmath>

#include "core/described.hpp"
#include "view/pipe.hpp"
#include "volery/error.hpp"

namespace volery::view {

namespace {

const Value* entry(const Value& header, const char* key, bool needed) {
  const Value* found = header.find(key);
  if (found == nullptr && needed) {
    throw Error(ErrorKind::kValue, std::string("pipe header: has no ") + key);
  }
  return found;
}

int whole(const Value& header, const char* key, bool needed, int low) {
  const Value* found = entry(header, key, needed);
  if (found == nullptr) return low;
  const bool fine = found->is<std::int64_t>() && found->as<std::int64_t>() >= low &&
                    found->as<std::int64_t>() <= 100'000'000;
  if (!fine) {
    throw Error(ErrorKind::kValue, std::string("pipe header: ") + key + " = " + found->to_text() +
                                       ": must be an integer of at least " + std::to_string(low));
  }
  return static_cast<int>(found->as<std::int64_t>());
}

std::vector<std::string> strings(const Value& header, const char* key) {
  std::vector<std::string> list;
  const Value* found = entry(header, key, false);
  if (found == nullptr) return list;
  const std::string wrong =
      std::string("pipe header: ") + key + " = " + found->to_text() + ": must be strings";
  if (!found->is<Value::Array>()) throw Error(ErrorKind::kType, wrong);
  for (const Value& item : found->as<Value::Array>()) {
    if (!item.is<std::string>()) throw Error(ErrorKind::kType, wrong);
    list.push_back(item.as<std::string>());
  }
  return list;
}

void check_keys(const Value& header) {
  static const std::vector<std::string> known{"title",     "scene",      "vehicle",
                                              "teams",     "num_worlds", "num_agents",
                                              "num_props", "step_s",     "fates"};
  for (const auto& [key, value] : header.table()) {
    bool found = false;
    for (const std::string& name : known) found = found || name == key;
    if (found) continue;
    throw Error(ErrorKind::kValue, "pipe header: unknown key " + key + did_you_mean(key, known));
  }
}

}  // namespace

Value pipe_header(const Batch& batch, const std::string& title) {
  const BatchConfig& config = batch.config();
  Value header = Value::Table{};
  Value::Table& table = header.table();
  table["title"] = title;
  table["scene"] = to_value(batch.scene());
  Value::Array vehicles;
  for (const Vehicle& vehicle : batch.fleet().types()) vehicles.push_back(to_value(vehicle.config));
  table["vehicle"] = vehicles.size() == 1 ? vehicles.front() : Value(vehicles);
  if (!config.teams.empty()) {
    table["teams"] = Value::Array(config.teams.begin(), config.teams.end());
  }
  table["num_worlds"] = batch.num_worlds();
  table["num_agents"] = batch.num_agents();
  table["num_props"] = batch.num_props();
  table["step_s"] = static_cast<double>(batch.facts().step_s);
  const std::vector<std::string> fates = scenery_of(batch).fates;
  if (!fates.empty()) table["fates"] = Value::Array(fates.begin(), fates.end());
  return header;
}

int pipe_num_agents(const Value& header) {
  return whole(header, "num_agents", true, 1);
}

PipeHeader read_pipe_header(const Value& header) {
  check_keys(header);
  PipeHeader read;
  if (const Value* title = entry(header, "title", false); title && title->is<std::string>()) {
    read.title = title->as<std::string>();
  }
  read.num_worlds = whole(header, "num_worlds", false, 1);
  Scenery& scenery = read.scenery;
  scenery.num_agents = pipe_num_agents(header);
  scenery.num_props = whole(header, "num_props", false, 0);
  const Value* step = entry(header, "step_s", true);
  const double step_s = step->is<double>()         ? step->as<double>()
                        : step->is<std::int64_t>() ? static_cast<double>(step->as<std::int64_t>())
                                                   : 0;
  if (!(step_s > 0) || !std::isfinite(step_s)) {
    throw Error(ErrorKind::kValue,
                "pipe header: step_s = " + step->to_text() + ": must be above 0 (s)");
  }
  scenery.step_s = static_cast<float>(step_s);
  scenery.stage.scene = load_scene(*entry(header, "scene", true));
  const VehicleFleet fleet(*entry(header, "vehicle", true));
  const Teams teams(strings(header, "teams"));
  scenery.stage.vehicles = fleet.types();
  for (int agent = 0; agent < scenery.num_agents; ++agent) {
    scenery.vehicle_of.push_back(fleet.type_of(agent));
    scenery.team_of.push_back(teams.of(agent));
  }
  scenery.team_names = teams.names();
  scenery.fates = strings(header, "fates");
  scenery.cables = cables_of(scenery.stage.scene, scenery.num_agents);
  return read;
}

}  // namespace volery::view
