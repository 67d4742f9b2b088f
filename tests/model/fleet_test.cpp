#include "model/fleet.hpp"

#include <gtest/gtest.h>

#include "volery/error.hpp"

namespace volery {
namespace {

std::string error_of(const Value& vehicle) {
  try {
    const VehicleFleet fleet(vehicle);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Fleet, OneNameIsOneTypeForAll) {
  const VehicleFleet fleet(Value("cf2x"));
  EXPECT_TRUE(fleet.is_uniform());
  EXPECT_EQ(fleet.vehicle_of(0).config.name, "cf2x");
  EXPECT_EQ(fleet.vehicle_of(7).config.name, "cf2x");
}

TEST(Fleet, AgentsTakeTheTypesInTurn) {
  const VehicleFleet fleet(Value(Value::Array{"cf2x", "racer", "cf2p"}));
  EXPECT_EQ(fleet.num_types(), 3);
  EXPECT_EQ(fleet.vehicle_of(1).config.name, "racer");
  EXPECT_EQ(fleet.vehicle_of(5).config.name, "cf2p");
  EXPECT_EQ(fleet.widest().config.name, "racer");
}

TEST(Fleet, ErrorsNameTheEntry) {
  EXPECT_NE(error_of(Value(Value::Array{})).find("config.vehicle: has 0 entries"),
            std::string::npos);
  const std::string message = error_of(Value(Value::Array{"cf2x", "raccer"}));
  EXPECT_NE(message.find("config.vehicle[1]"), std::string::npos) << message;
  EXPECT_NE(message.find("racer"), std::string::npos) << message;
  EXPECT_NE(error_of(Value(Value::Array(17, Value("cf2x")))).find("must have 1 to 16"),
            std::string::npos);
}

}  // namespace
}  // namespace volery
