// Cameras in vehicle files: what is read, what is refused.
#include "model/vehicle_camera.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "core/toml.hpp"
#include "model/vehicle.hpp"

namespace volery {
namespace {

/// What a cf2x with these cameras says, or "" where it builds.
std::string refusal(const std::string& cameras) {
  try {
    const Value table = parse_toml("base = \"cf2x\"\n" + cameras, "test");
    (void)load_vehicle(table);
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kValue);
    return error.what();
  }
}

TEST(VehicleCamera, StandsInTheFileOfTheVehicle) {
  const Vehicle cf2x = load_vehicle("cf2x");
  ASSERT_EQ(cf2x.config.cameras.size(), 1U);
  EXPECT_EQ(cf2x.config.cameras[0].name, "front");
  EXPECT_EQ(cf2x.config.cameras[0].width, 324);
  EXPECT_EQ(load_vehicle("x500").config.cameras[0].name, "depth");
  EXPECT_TRUE(load_vehicle("cf2p").config.cameras.empty());
}

TEST(VehicleCamera, IsReplacedByATable) {
  const Vehicle vehicle = load_vehicle(
      parse_toml("base = \"cf2x\"\n[[cameras]]\nname = \"down\"\nrpy_b_rad = [0, 1.5708, 0]\n"
                 "[[cameras]]\nname = \"up\"\nwidth = 32\n",
                 "test"));
  ASSERT_EQ(vehicle.config.cameras.size(), 2U);
  EXPECT_EQ(vehicle.config.cameras[0].name, "down");
  EXPECT_EQ(vehicle.config.cameras[0].rpy_b_rad[1], 1.5708F);
  // the rest are defaults, not those of the file that it replaces
  EXPECT_EQ(vehicle.config.cameras[0].width, CameraSpec{}.width);
  EXPECT_EQ(vehicle.config.cameras[1].width, 32);
}

TEST(VehicleCamera, RefusesWhatItCannotBe) {
  const auto with = [](const char* field) {
    return refusal(std::string("[[cameras]]\n") + field + "\n");
  };
  EXPECT_EQ(with("width = 0"), "vehicle.cameras[0].width = 0: must be in [1, 4096] px");
  EXPECT_NE(with("height = 100000").find("cameras[0].height = 100000"), std::string::npos);
  EXPECT_NE(with("fov_y_rad = 3.2").find("must be in [0.01, 2.8]"), std::string::npos);
  EXPECT_NE(with("depth_dropout = 1.5").find("must be in [0, 1]"), std::string::npos);
  EXPECT_NE(with("rate_hz = -1").find("cameras[0].rate_hz"), std::string::npos);
  EXPECT_NE(with("position_b_m = [1, 2]").find("cameras[0].position_b_m"), std::string::npos);
  EXPECT_NE(with("fov = 1").find("did you mean 'fov_y_rad'"), std::string::npos);
  EXPECT_EQ(with("near_m = 5\nfar_m = 2"),
            "vehicle.cameras[0].near_m = 5.0: must be below far_m = 2.0");
  EXPECT_NE(with("name = \"\"").find("must not be empty"), std::string::npos);
  EXPECT_EQ(refusal("[[cameras]]\nname = \"a\"\n[[cameras]]\nname = \"a\"\n"),
            "vehicle.cameras[1].name = \"a\": cameras[0] has that name; names must differ");
  std::string nine;
  for (int i = 0; i < 9; ++i) nine += "[[cameras]]\nname = \"" + std::to_string(i) + "\"\n";
  EXPECT_NE(refusal(nine).find("cameras"), std::string::npos);
}

}  // namespace
}  // namespace volery
