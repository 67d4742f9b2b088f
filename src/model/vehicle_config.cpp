// The fields of a vehicle file, and how one is found and loaded.
#include "core/assets.hpp"
#include "core/toml.hpp"
#include "model/vehicle.hpp"

namespace volery {
namespace {

/// The table of a vehicle file, with its name.
Value read_vehicle(const std::string& name_or_path) {
  const std::filesystem::path file = asset_file("vehicles", name_or_path);
  Value table = read_toml(file);
  if (table.find("name") == nullptr) table.table().emplace("name", file.stem().string());
  return table;
}

Vehicle build(const Value& table) {
  VehicleConfig config;
  load(config, table, "vehicle");
  return Vehicle(std::move(config));
}

}  // namespace

void RotorSpec::describe(FieldVisitor& v) {
  v.field("position_b_m", position_b_m,
          {.unit = "m", .low = -5, .high = 5, .doc = "hub, from the centre of mass", .size = 3});
  v.field("spin", spin,
          {.low = -1, .high = 1, .doc = "1: counter-clockwise seen from above; -1: clockwise"});
}

void CollisionSpec::describe(FieldVisitor& v) {
  v.choice("shape", shape, {"cylinder", "box", "sphere"}, "a cylinder stands along body z");
  v.field("size_m", size_m,
          {.unit = "m", .low = 0.001, .high = 10, .doc = "full extents in x, y, z", .size = 3});
  v.field("offset_b_m", offset_b_m,
          {.unit = "m",
           .low = -5,
           .high = 5,
           .doc = "of its centre from the centre of mass",
           .size = 3});
  v.field("friction", friction, {.low = 0, .high = 10, .doc = "Coulomb coefficient"});
  v.field("restitution", restitution, {.low = 0, .high = 1, .doc = "rebound speed / impact speed"});
}

void BatterySpec::describe(FieldVisitor& v) {
  v.field("capacity_ah", capacity_ah,
          {.unit = "A h", .low = 0, .high = 1000, .doc = "of the pack; 0: no battery"});
  v.field("open_circuit_v", open_circuit_v,
          {.unit = "V",
           .low = 0,
           .high = 1000,
           .doc = "of the pack at rest at 0, 10, ... 100 % charge: 11 values, rising"});
  v.field("resistance_ohm", resistance_ohm,
          {.unit = "Ohm", .low = 1e-4, .high = 100, .doc = "of the pack with its connector"});
  v.field("rc_resistance_ohm", rc_resistance_ohm,
          {.unit = "Ohm", .low = 0, .high = 100, .doc = "of the slow branch in series; 0: none"});
  v.field("rc_time_s", rc_time_s,
          {.unit = "s", .low = 0.01, .high = 1e4, .doc = "time constant of the slow branch"});
  v.field("idle_power_w", idle_power_w,
          {.unit = "W", .low = 0, .high = 1e4, .doc = "drawn with all rotors still"});
  v.field("power_per_thrust_wpn", power_per_thrust_wpn,
          {.unit = "W/N", .low = 0, .high = 1e4, .doc = "power drawn per newton of thrust"});
  v.field("power_per_shaft_power", power_per_shaft_power,
          {.low = 0, .high = 100, .doc = "power drawn per watt of drag torque times speed"});
  v.field("speed_offset_radps", speed_offset_radps,
          {.unit = "rad/s",
           .low = 0,
           .high = 20000,
           .doc = "highest rotor speed = offset + per_volt * voltage under load"});
  v.field("speed_per_volt_radpspv", speed_per_volt_radpspv,
          {.unit = "rad/s/V", .low = 0, .high = 20000, .doc = "the slope of that line"});
  v.field("fade_soc", fade_soc,
          {.low = 1e-3,
           .high = 1,
           .doc = "charge below which the highest speed falls in proportion, to 0 at empty"});
}

void RoverSpec::describe(FieldVisitor& v) {
  v.field("track_m", track_m,
          {.unit = "m", .low = 0.01, .high = 5, .doc = "distance between the two wheels"});
  v.field("wheel_radius_m", wheel_radius_m, {.unit = "m", .low = 0.001, .high = 1, .doc = "wheel"});
  v.field("max_yaw_rate_radps", max_yaw_rate_radps,
          {.unit = "rad/s", .low = 0.05, .high = 50, .doc = "what +-1 of a yaw rate means"});
  v.field("drive_force_n", drive_force_n,
          {.unit = "N", .low = 0.01, .high = 1e4, .doc = "most that both wheels push, grip apart"});
  v.field("response_s", response_s,
          {.unit = "s", .low = 0, .high = 2, .doc = "time constant of the wheel speeds"});
}

void ParticleSpec::describe(FieldVisitor& v) {
  v.field("dimensions", dimensions, {.low = 2, .high = 3, .doc = "2: it stays at its height"});
  v.field("max_acceleration_mps2", max_acceleration_mps2,
          {.unit = "m/s^2", .low = 0.01, .high = 1000, .doc = "of its drive, along each axis"});
  v.field("response_s", response_s,
          {.unit = "s", .low = 0, .high = 10, .doc = "time constant of its velocity"});
  v.field("gravity", gravity, {.doc = "it has weight, which its drive carries"});
}

void VehicleConfig::describe(FieldVisitor& v) {
  v.field("name", name, {.doc = "the file's name where left out"});
  v.field("doc", doc, {.doc = "what it is, in one sentence"});
  v.choice("kind", kind, {"rotorcraft", "rover", "particle"},
           "what moves it: rotors, two wheels, or a force at its center");
  v.field("mass_kg", mass_kg, {.unit = "kg", .low = 0.005, .high = 50, .doc = "ready to fly"});
  v.field("inertia_b_kgm2", inertia_b_kgm2,
          {.unit = "kg m^2",
           .low = 1e-7,
           .high = 50,
           .doc = "about the principal axes x, y, z",
           .size = 3});
  v.tables("rotors", rotors, {.low = 0, .high = kMaxRotors, .doc = "in the order of the actions"});
  v.field("thrust_coefficient_n_s2", thrust_coefficient_n_s2,
          {.unit = "N s^2", .low = 1e-10, .high = 1e-2, .doc = "k of thrust = k w^2, w in rad/s"});
  v.field("torque_to_thrust_m", torque_to_thrust_m,
          {.unit = "m", .low = 1e-5, .high = 1, .doc = "drag torque / thrust of a rotor"});
  v.field("rotor_inertia_kgm2", rotor_inertia_kgm2,
          {.unit = "kg m^2", .low = 0, .high = 1, .doc = "of one rotor with its motor's bell"});
  v.field("rotor_radius_m", rotor_radius_m,
          {.unit = "m", .low = 0.005, .high = 1, .doc = "half the propeller's diameter"});
  v.field("max_rotor_speed_radps", max_rotor_speed_radps,
          {.unit = "rad/s", .low = 10, .high = 20000, .doc = "at full command"});
  v.field("min_rotor_speed_radps", min_rotor_speed_radps,
          {.unit = "rad/s", .low = 0, .high = 20000, .doc = "idle"});
  v.field("motor_rise_s", motor_rise_s,
          {.unit = "s", .low = 0, .high = 2, .doc = "time constant of a rotor that speeds up"});
  v.field("motor_fall_s", motor_fall_s,
          {.unit = "s", .low = 0, .high = 2, .doc = "time constant of a rotor that slows down"});
  v.field("rotor_drag_b_kg", rotor_drag_b_kg,
          {.unit = "kg",
           .low = 0,
           .high = 1,
           .doc = "force = -diag(k) (sum of rotor speeds) v_b",
           .size = 3});
  v.field("body_drag_b_kgpm", body_drag_b_kgpm,
          {.unit = "kg/m", .low = 0, .high = 10, .doc = "force = -diag(c) |v_b| v_b", .size = 3});
  v.field("ground_effect_coefficient", ground_effect_coefficient,
          {.low = 0, .high = 12, .doc = "k of thrust ratio 1 / (1 - k (R / 4z)^2); 0: no effect"});
  v.field("speed_limit_mps", speed_limit_mps,
          {.unit = "m/s", .low = 0.1, .high = 50, .doc = "what +-1 of a velocity action means"});
  v.table("battery", battery, "what feeds the motors; used where flight.battery is on");
  v.table("rover", rover, "wheels of a rover");
  v.table("particle", particle, "drive of a particle");
  v.table("collision", collision, "the shape that touches things");
  v.tables("cameras", cameras,
           {.low = 0, .high = kMaxCameras, .doc = "what it can take pictures with"});
}

Vehicle load_vehicle(const Value& name_path_or_table) {
  if (name_path_or_table.is<std::string>()) {
    const std::string& name = name_path_or_table.as<std::string>();
    const Value table = read_vehicle(name);
    try {
      return build(table);
    } catch (const Error& error) {
      throw Error(error.kind(), asset_file("vehicles", name).string() + ": " + error.what());
    }
  }
  if (!name_path_or_table.is_table()) {
    throw Error(ErrorKind::kType, "vehicle = " + name_path_or_table.to_text() +
                                      ": must be a string or a table, not " +
                                      name_path_or_table.type_name());
  }

  // overrides on top of the file that `base` names
  Value overrides = name_path_or_table;
  const Value* base = name_path_or_table.find("base");
  if (base == nullptr) return build(overrides);
  if (!base->is<std::string>()) {
    throw Error(ErrorKind::kType, "vehicle.base = " + base->to_text() + ": must be a string, not " +
                                      base->type_name());
  }
  const Value table = read_vehicle(base->as<std::string>());
  overrides.table().erase("base");
  return build(merged(table, overrides));
}

std::vector<std::string> vehicle_names() {
  return asset_names("vehicles");
}

std::vector<std::string> rotorcraft_names() {
  std::vector<std::string> names = vehicle_names();
  std::erase_if(names, [](const std::string& name) {
    const Value table = read_vehicle(name);
    const Value* kind = table.find("kind");
    return kind != nullptr && !(*kind == Value("rotorcraft"));
  });
  return names;
}

}  // namespace volery
