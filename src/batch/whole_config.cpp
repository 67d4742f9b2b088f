#include "batch/whole_config.hpp"

#include "core/described.hpp"

namespace volery::batch {

Value whole_config(const BatchConfig& config, const VehicleFleet& fleet, const SceneConfig& scene) {
  Value table = to_value(config);
  Value::Array vehicles;
  for (const Vehicle& type : fleet.types()) vehicles.push_back(to_value(type.config));
  table.table()["vehicle"] = vehicles.size() == 1 ? vehicles.front() : Value(vehicles);
  table.table()["scene"] = to_value(scene);
  return table;
}

}  // namespace volery::batch
