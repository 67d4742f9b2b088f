// Loading: every message that a user can meet.
#include "core/described.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "core/toml.hpp"

namespace volery {
namespace {

struct Wheel {
  float radius_m = 0.1F;
  std::vector<float> position_m{0, 0, 0};
  void describe(FieldVisitor& v) {
    v.field("radius_m", radius_m, {.unit = "m", .low = 0.01, .high = 1});
    v.field("position_m", position_m, {.unit = "m", .low = -1, .high = 1, .size = 3});
  }
};

struct Engine {
  double power_w = 10;
  void describe(FieldVisitor& v) { v.field("power_w", power_w, {.unit = "W", .low = 0}); }
};

enum class Shape : int { kBox, kSphere, kCylinder };

struct Rover {
  bool lights = false;
  int seats = 2;
  std::int64_t serial = 7;
  float mass_kg = 0.027F;
  double balance = 0;
  std::string name = "rover";
  std::vector<float> gains{1, 2};
  std::vector<std::string> tags;
  Shape shape = Shape::kBox;
  Engine engine;
  std::vector<Wheel> wheels{Wheel{.radius_m = 0.5F}};
  Value task;
  void describe(FieldVisitor& v) {
    v.field("lights", lights, {});
    v.field("seats", seats, {.low = 0, .high = 8});
    v.field("serial", serial, {});
    v.field("mass_kg", mass_kg, {.unit = "kg", .low = 0.005, .high = 50});
    v.field("balance", balance, {.high = 1});
    v.field("name", name, {});
    v.field("gains", gains, {.low = 0});
    v.field("tags", tags, {});
    v.choice("shape", shape, {"box", "sphere", "cylinder"}, "");
    v.table("engine", engine, "");
    v.tables("wheels", wheels, {.low = 1, .high = 4});
    v.tree("task", task, "");
  }
};

Rover loaded(const char* toml) {
  Rover rover;
  load(rover, parse_toml(toml, "test"), "rover");
  return rover;
}

std::string refusal(const char* toml, ErrorKind kind) {
  Rover rover;
  const Value before = to_value(rover);
  try {
    load(rover, parse_toml(toml, "test"), "rover");
    return "loaded";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    EXPECT_EQ(to_value(rover), before) << "a refused load changes nothing";
    return error.what();
  }
}

TEST(Load, OverwritesWhatTheTableNames) {
  const Rover rover = loaded(
      "lights = true\nseats = 4\nserial = 9007199254740993\nmass_kg = 0.03\nbalance = -2\n"
      "name = 'x'\ngains = [3]\ntags = ['a', 'b']\nshape = 'cylinder'\nengine.power_w = 5\n"
      "task = {any = 'thing'}\n[[wheels]]\n[[wheels]]\nposition_m = [1, 0, -1]\n");
  EXPECT_TRUE(rover.lights);
  EXPECT_EQ(rover.seats, 4);
  EXPECT_EQ(rover.serial, 9007199254740993) << "no detour through double";
  EXPECT_EQ(rover.mass_kg, 0.03F);
  EXPECT_EQ(rover.balance, -2);
  EXPECT_EQ(rover.name, "x");
  EXPECT_EQ(rover.gains, std::vector<float>({3}));
  EXPECT_EQ(rover.tags, std::vector<std::string>({"a", "b"}));
  EXPECT_EQ(rover.shape, Shape::kCylinder);
  EXPECT_EQ(rover.engine.power_w, 5);
  EXPECT_EQ(rover.task.to_text(), "{any = \"thing\"}");
  ASSERT_EQ(rover.wheels.size(), 2U);
  EXPECT_EQ(rover.wheels[0].radius_m, 0.1F) << "an array is replaced whole, by default elements";
  EXPECT_EQ(rover.wheels[1].position_m, std::vector<float>({1, 0, -1}));
}

TEST(Load, KeepsWhatTheTableLeavesOut) {
  EXPECT_EQ(to_value(loaded("seats = 2")), to_value(Rover{}));
  EXPECT_EQ(loaded("[engine]").engine.power_w, 10);
}

TEST(Load, TakesIntegersForNumbers) {
  EXPECT_EQ(loaded("mass_kg = 2").mass_kg, 2.0F);
  EXPECT_EQ(loaded("gains = [1, 2.5]").gains, std::vector<float>({1, 2.5F}));
}

TEST(Load, RefusesUnknownKeysWithTheNearest) {
  EXPECT_EQ(refusal("mas_kg = 1", ErrorKind::kValue),
            "rover.mas_kg: unknown key (did you mean 'mass_kg'?)");
  EXPECT_EQ(refusal("[engine]\npower = 1", ErrorKind::kValue),
            "rover.engine.power: unknown key (did you mean 'power_w'?)");
  EXPECT_EQ(refusal("[[wheels]]\n[[wheels]]\nflat = 1", ErrorKind::kValue),
            "rover.wheels[1].flat: unknown key (there are: radius_m, position_m)");
}

TEST(Load, RefusesWrongTypes) {
  EXPECT_EQ(refusal("mass_kg = 'x'", ErrorKind::kType),
            "rover.mass_kg = \"x\": must be a number, not a string");
  EXPECT_EQ(refusal("mass_kg = true", ErrorKind::kType),
            "rover.mass_kg = true: must be a number, not a bool");
  EXPECT_EQ(refusal("lights = 1", ErrorKind::kType),
            "rover.lights = 1: must be a bool, not an integer");
  EXPECT_EQ(refusal("seats = 2.0", ErrorKind::kType),
            "rover.seats = 2.0: must be an integer, not a number");
  EXPECT_EQ(refusal("serial = 'x'", ErrorKind::kType),
            "rover.serial = \"x\": must be an integer, not a string");
  EXPECT_EQ(refusal("name = 3", ErrorKind::kType),
            "rover.name = 3: must be a string, not an integer");
  EXPECT_EQ(refusal("gains = 3", ErrorKind::kType),
            "rover.gains = 3: must be an array of numbers, not an integer");
  EXPECT_EQ(refusal("gains = [1, 'x']", ErrorKind::kType),
            "rover.gains[1] = \"x\": must be a number, not a string");
  EXPECT_EQ(refusal("tags = 'a'", ErrorKind::kType),
            "rover.tags = \"a\": must be an array of strings, not a string");
  EXPECT_EQ(refusal("tags = [1]", ErrorKind::kType),
            "rover.tags[0] = 1: must be a string, not an integer");
  EXPECT_EQ(refusal("shape = 1", ErrorKind::kType),
            "rover.shape = 1: must be a string, not an integer");
  EXPECT_EQ(refusal("engine = 1", ErrorKind::kType),
            "rover.engine = 1: must be a table, not an integer");
  EXPECT_EQ(refusal("wheels = {}", ErrorKind::kType),
            "rover.wheels = {}: must be an array of tables, not a table");
  EXPECT_EQ(refusal("wheels = [1]", ErrorKind::kType),
            "rover.wheels[0] = 1: must be a table, not an integer");
}

TEST(Load, RefusesValuesOutOfRange) {
  EXPECT_EQ(refusal("mass_kg = -0.03", ErrorKind::kValue),
            "rover.mass_kg = -0.03: must be in [0.005, 50] kg");
  EXPECT_EQ(refusal("mass_kg = nan", ErrorKind::kValue),
            "rover.mass_kg = nan: must be in [0.005, 50] kg");
  EXPECT_EQ(refusal("seats = 9", ErrorKind::kValue), "rover.seats = 9: must be in [0, 8]");
  EXPECT_EQ(refusal("balance = 1.5", ErrorKind::kValue), "rover.balance = 1.5: must be at most 1");
  EXPECT_EQ(refusal("engine.power_w = -1", ErrorKind::kValue),
            "rover.engine.power_w = -1: must be at least 0 W");
  EXPECT_EQ(refusal("gains = [1, -2]", ErrorKind::kValue),
            "rover.gains[1] = -2: must be at least 0");
  EXPECT_EQ(refusal("[[wheels]]\nradius_m = 2", ErrorKind::kValue),
            "rover.wheels[0].radius_m = 2: must be in [0.01, 1] m");
}

TEST(Load, RefusesNumbersThatAreNotFinite) {
  EXPECT_EQ(refusal("engine.power_w = inf", ErrorKind::kValue),
            "rover.engine.power_w = inf: must be at least 0 W");
  EXPECT_EQ(refusal("balance = -inf", ErrorKind::kValue),
            "rover.balance = -inf: must be at most 1");
  EXPECT_EQ(refusal("balance = nan", ErrorKind::kValue), "rover.balance = nan: must be at most 1");
}

TEST(Load, RefusesNumbersThatTheirTypeCannotHold) {
  EXPECT_EQ(refusal("gains = [1e39]", ErrorKind::kValue),
            "rover.gains[0] = 1e+39: must be in [-3.4028234663852886e+38, 3.4028234663852886e+38]");
  struct Wide {
    int count = 0;
    void describe(FieldVisitor& v) { v.field("count", count, {}); }
  } wide;
  Value table;
  table.table().emplace("count", std::int64_t{1} << 40U);
  try {
    load(wide, table, "");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "count = 1099511627776: must be in [-2147483648, 2147483647]");
  }
}

TEST(Load, RefusesWrongCounts) {
  EXPECT_EQ(refusal("[[wheels]]\nposition_m = [1, 2]", ErrorKind::kValue),
            "rover.wheels[0].position_m = [1, 2]: must have 3 elements, not 2");
  EXPECT_EQ(refusal("wheels = []", ErrorKind::kValue),
            "rover.wheels: number of entries = 0: must be in [1, 4]");
  EXPECT_EQ(refusal("wheels = [{}, {}, {}, {}, {}]", ErrorKind::kValue),
            "rover.wheels: number of entries = 5: must be in [1, 4]");
}

TEST(Load, RefusesUnknownChoices) {
  EXPECT_EQ(refusal("shape = 'spere'", ErrorKind::kValue),
            "rover.shape = \"spere\": must be one of 'box', 'sphere', 'cylinder' (did you mean "
            "'sphere'?)");
  EXPECT_EQ(refusal("shape = 'torus'", ErrorKind::kValue),
            "rover.shape = \"torus\": must be one of 'box', 'sphere', 'cylinder'");
}

TEST(Load, RefusesAnythingButATable) {
  Rover rover;
  try {
    load(rover, Value(3), "rover");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kType);
    EXPECT_STREQ(error.what(), "rover = 3: must be a table, not an integer");
  }
}

}  // namespace
}  // namespace volery
