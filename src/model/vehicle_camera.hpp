// Cameras of a vehicle: where each one sits, what it sees and how badly.
//
// Part of the vehicle file ([[cameras]]), so that a learner's picture is that of a known lens. The
// pictures themselves are taken by src/camera; nothing here reaches the state of a world.
#pragma once

#include <string>
#include <vector>

#include "core/described.hpp"
#include "core/types.hpp"

namespace volery {

/// A pinhole camera without distortion. With zero angles it looks along body x with body z up.
struct CameraSpec {
  std::string name = "front";
  std::vector<float> position_b_m{0, 0, 0};  // of the pinhole, from the centre of mass
  std::vector<float> rpy_b_rad{0, 0, 0};     // roll, pitch, yaw about body x, then y, then z;
                                             // positive pitch looks down
  float fov_y_rad = 1.2F;                    // from the top edge of the picture to the bottom edge
  int width = 64;                            // pixels
  int height = 64;
  float near_m = 0.02F;  // what is nearer than this along the optical axis reads as this
  float far_m = 100;     // and what is farther as this
  float rate_hz = 0;     // pictures are held in between; 0: one for every agent step
  // noise, drawn anew for every pixel and picture
  float depth_noise_m = 0;      // standard deviation of a depth,
  float depth_noise_per_m = 0;  // which grows by this times depth^2, as that of stereo does
  float depth_dropout = 0;      // probability that a pixel measures nothing and reads far_m
  float rgb_noise = 0;          // standard deviation of a color, as a share of full scale
  void describe(FieldVisitor& v);
};

inline constexpr int kMaxCameraPixels = 4096;  // of each side

/// Throws Error for what a single field cannot tell: near_m beyond far_m, an empty name, a name
/// that stands twice. `path` starts the message ("vehicle.cameras").
void check_cameras(const std::vector<CameraSpec>& cameras, const std::string& path);

}  // namespace volery
