#include "model/vehicle_camera.hpp"

#include "core/math.hpp"
#include "volery/error.hpp"

namespace volery {

namespace {

constexpr double kTwoPi = 2 * static_cast<double>(kPi);

}  // namespace

void CameraSpec::describe(FieldVisitor& v) {
  v.field("name", name, {.doc = "what the camera is asked for by"});
  v.field("position_b_m", position_b_m,
          {.unit = "m",
           .low = -5,
           .high = 5,
           .doc = "of the pinhole, from the centre of mass",
           .size = 3});
  v.field(
      "rpy_b_rad", rpy_b_rad,
      {.unit = "rad",
       .low = -kTwoPi,
       .high = kTwoPi,
       .doc = "roll, pitch, yaw about body x, then y, then z; zero looks along body x, positive "
              "pitch looks down",
       .size = 3});
  v.field("fov_y_rad", fov_y_rad,
          {.unit = "rad", .low = 0.01, .high = 2.8, .doc = "from the top edge to the bottom edge"});
  v.field("width", width, {.unit = "px", .low = 1, .high = kMaxCameraPixels, .doc = "columns"});
  v.field("height", height, {.unit = "px", .low = 1, .high = kMaxCameraPixels, .doc = "rows"});
  v.field("near_m", near_m,
          {.unit = "m", .low = 0.001, .high = 10, .doc = "the least depth; nearer reads as this"});
  v.field("far_m", far_m,
          {.unit = "m",
           .low = 0.1,
           .high = 10000,
           .doc = "the greatest depth; what is farther, and nothing at all, reads as this"});
  v.field("rate_hz", rate_hz,
          {.unit = "Hz",
           .low = 0,
           .high = 10000,
           .doc = "pictures are held in between; 0: one for every agent step"});
  v.field("depth_noise_m", depth_noise_m,
          {.unit = "m", .low = 0, .high = 10, .doc = "standard deviation of a depth of 0"});
  v.field("depth_noise_per_m", depth_noise_per_m,
          {.unit = "1/m",
           .low = 0,
           .high = 10,
           .doc = "it grows by this times depth^2, as that of stereo and structured light does"});
  v.field("depth_dropout", depth_dropout,
          {.low = 0, .high = 1, .doc = "probability that a pixel reads far_m instead"});
  v.field("rgb_noise", rgb_noise,
          {.low = 0, .high = 1, .doc = "standard deviation of a color, as a share of full scale"});
}

void check_cameras(const std::vector<CameraSpec>& cameras, const std::string& path) {
  const auto refuse = [&](std::size_t i, const std::string& reason) {
    throw Error(ErrorKind::kValue, path + "[" + std::to_string(i) + "]." + reason);
  };
  for (std::size_t i = 0; i < cameras.size(); ++i) {
    const CameraSpec& camera = cameras[i];
    if (camera.name.empty()) refuse(i, "name = \"\": must not be empty");
    for (std::size_t j = 0; j < i; ++j) {
      if (cameras[j].name == camera.name) {
        refuse(i, "name = \"" + camera.name + "\": cameras[" + std::to_string(j) +
                      "] has that name; names must differ");
      }
    }
    if (!(camera.near_m < camera.far_m)) {
      refuse(i, "near_m = " + Value(double{camera.near_m}).to_text() +
                    ": must be below far_m = " + Value(double{camera.far_m}).to_text());
    }
  }
}

}  // namespace volery
