// Vehicle files: all of them load, and every way to name one wrongly is told.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>

#include "core/assets.hpp"
#include "core/toml.hpp"
#include "model/vehicle.hpp"

namespace volery {
namespace {

std::string load_error(const Value& which, ErrorKind kind) {
  try {
    (void)load_vehicle(which);
    return "loaded";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind);
    return error.what();
  }
}

Value table(std::string_view toml) {
  return parse_toml(toml, "test");
}

// Files of other kinds leave these out.
const std::set<std::string> kOfRotors{
    "rotors",         "thrust_coefficient_n_s2", "torque_to_thrust_m",       "rotor_inertia_kgm2",
    "rotor_radius_m", "max_rotor_speed_radps",   "min_rotor_speed_radps",    "motor_rise_s",
    "motor_fall_s",   "rotor_drag_b_kg",         "ground_effect_coefficient"};

class EveryVehicleFile : public testing::TestWithParam<std::string> {};

TEST_P(EveryVehicleFile, CarriesItsOwnName) {
  EXPECT_EQ(load_vehicle(GetParam()).config.name, GetParam());
}

TEST_P(EveryVehicleFile, GivesEveryParameter) {
  const Value file = read_toml(asset_file("vehicles", GetParam()));
  VehicleConfig defaults;
  for (const FieldRow& row : field_rows(defaults)) {
    const std::string top = row.path.substr(0, row.path.find_first_of(".["));
    // a vehicle need not have a battery, but gives all of one; rotors, wheels and drives likewise
    const bool is_part = top == "battery" || top == "rover" || top == "particle";
    // how it looks, and what it sees with, is nothing that flies
    if (top == "cameras") continue;
    if ((is_part || top == "kind") && file.find(top) == nullptr) continue;
    if (file.find("kind") != nullptr && kOfRotors.contains(top)) continue;
    ASSERT_NE(file.find(top), nullptr) << row.path;
    if (top == "collision" || is_part) {
      EXPECT_NE(file.find(top)->find(row.path.substr(top.size() + 1)), nullptr) << row.path;
    }
  }
}

TEST_P(EveryVehicleFile, CommentsEveryNumber) {
  std::ifstream stream(asset_file("vehicles", GetParam()));
  std::string line;
  std::string last;
  std::set<std::string> uncommented;
  while (std::getline(stream, line)) {
    const bool sets = line.find(" = ") != std::string::npos && !line.starts_with("#");
    const bool described =
        line.find('#') != std::string::npos || last.find('#') != std::string::npos;
    if (sets && !described) uncommented.insert(line.substr(0, line.find(' ')));
    last = line;
  }
  // text, and numbers that their heading explains
  const std::set<std::string> plain{"name", "doc",   "kind",      "position_b_m",
                                    "spin", "shape", "offset_b_m"};
  for (const std::string& key : uncommented) EXPECT_TRUE(plain.contains(key)) << key;
}

TEST_P(EveryVehicleFile, SurvivesBeingWrittenAndReadAgain) {
  const Vehicle vehicle = load_vehicle(GetParam());
  const Value written = to_value(vehicle.config);
  const Vehicle again = load_vehicle(parse_toml(write_toml(written), "written"));
  EXPECT_EQ(to_value(again.config), written);
  EXPECT_EQ(again.mixer, vehicle.mixer);
}

INSTANTIATE_TEST_SUITE_P(Folder, EveryVehicleFile, testing::ValuesIn(vehicle_names()),
                         [](const auto& test) { return test.param; });

TEST(VehicleConfig, ExplainsEveryField) {
  VehicleConfig defaults;
  for (const FieldRow& row : field_rows(defaults)) EXPECT_FALSE(row.doc.empty()) << row.path;
}

TEST(LoadVehicle, FindsTheShippedOnes) {
  const std::vector<std::string> names = vehicle_names();
  for (const char* name : {"cf2p", "cf2x", "racer"}) {
    EXPECT_TRUE(std::find(names.begin(), names.end(), name) != names.end()) << name;
  }
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
}

TEST(LoadVehicle, TakesAPath) {
  const Vehicle vehicle = load_vehicle(asset_file("vehicles", "racer").string());
  EXPECT_EQ(vehicle.config.name, "racer");
}

TEST(LoadVehicle, OverridesABase) {
  const Vehicle vehicle =
      load_vehicle(table("base = 'cf2x'\nmass_kg = 0.03\ncollision.friction = 1"));
  EXPECT_FLOAT_EQ(vehicle.config.mass_kg, 0.03F);
  EXPECT_FLOAT_EQ(vehicle.config.collision.friction, 1);
  EXPECT_FLOAT_EQ(vehicle.config.collision.size_m[0], 0.12F) << "kept from the base";
  EXPECT_GT(vehicle.hover_speed_radps, load_vehicle("cf2x").hover_speed_radps);
}

TEST(LoadVehicle, NamesTheNearestVehicle) {
  EXPECT_EQ(load_error("cf2y", ErrorKind::kValue), "unknown vehicle 'cf2y' (did you mean 'cf2p'?)");
  EXPECT_EQ(load_error(table("base = 'racre'"), ErrorKind::kValue),
            "unknown vehicle 'racre' (did you mean 'racer'?)");
  EXPECT_EQ(load_error("zeppelin", ErrorKind::kValue).substr(0, 49),
            "unknown vehicle 'zeppelin' (there are: cf2p, cf2x");
}

TEST(LoadVehicle, RefusesWrongTypesAndKeys) {
  EXPECT_EQ(load_error(3, ErrorKind::kType),
            "vehicle = 3: must be a string or a table, not an integer");
  EXPECT_EQ(load_error(table("base = 3"), ErrorKind::kType),
            "vehicle.base = 3: must be a string, not an integer");
  EXPECT_EQ(load_error(table("base = 'cf2x'\nmass_kg = 'x'"), ErrorKind::kType),
            "vehicle.mass_kg = \"x\": must be a number, not a string");
  EXPECT_EQ(load_error(table("base = 'cf2x'\nmas_kg = 1"), ErrorKind::kValue),
            "vehicle.mas_kg: unknown key (did you mean 'mass_kg'?)");
  EXPECT_EQ(load_error("nowhere.toml", ErrorKind::kFile),
            "cannot read vehicle 'nowhere.toml': no such file");
}

TEST(LoadVehicle, NamesTheFileOfABadField) {
  const auto path = std::filesystem::temp_directory_path() / "volery_bad_vehicle.toml";
  std::ofstream(path) << "mass_kg = -1\n";
  EXPECT_EQ(load_error(path.string(), ErrorKind::kValue),
            path.string() + ": vehicle.mass_kg = -1: must be in [0.005, 50] kg");
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace volery
