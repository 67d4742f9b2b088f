// Rig: the cameras of all agents of a batch, read into arrays. What the Python package's `Cameras`
// and an embedding program use.
//
//   camera::Rig rig(batch, {.width = 64, .height = 64});
//   std::vector<float> depth(rig.num_pixels());
//   rig.read(batch, {.depth_m = depth.data()});   // after every step
//
// Two backends. Rays: on the CPU, without GL; agents look like their collision shapes; same state
// and config, same bits. GL: the renderer's pictures, drawn into one atlas and read back at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "volery/batch.hpp"

namespace volery::camera {

/// kAuto: GL for a rig with color pictures where a graphics card draws them, rays otherwise.
/// Software GL is slower than rays.
enum class Backend : int { kAuto, kRays, kGl };

struct RigOptions {
  bool depth = true;
  bool rgb = false;
  bool segmentation = false;
  std::string camera{};  // by its name in the vehicle files; empty: the first of each vehicle
  int width = 0;         // pixels; 0: as the vehicle file has it
  int height = 0;
  Backend backend = Backend::kAuto;
  bool noise = true;    // that of the vehicle file
  int num_threads = 0;  // 0: as many as the batch has
};

/// Where pictures go, C-contiguous, rows from the top down. A null pointer is not written, and only
/// kinds that the options have may be asked for.
struct Images {
  float* depth_m = nullptr;               // [W][A][height][width] along the optical axis
  std::uint8_t* rgb = nullptr;            // [W][A][height][width][3] sRGB
  std::uint32_t* segmentation = nullptr;  // [W][A][height][width] 0: nothing; agent + 1;
                                          // A + prop + 1; 2^31 + static
};

class Rig {
 public:
  /// Throws Error: kValue for a size out of [1, 4096], an unknown camera, vehicles none of which
  /// has one, or no kind at all; kState where the GL backend is asked for and there is no GL.
  Rig(const Batch& batch, const RigOptions& options);
  ~Rig();
  Rig(Rig&&) noexcept;
  Rig& operator=(Rig&&) noexcept;

  [[nodiscard]] int width() const noexcept;
  [[nodiscard]] int height() const noexcept;
  /// Of all pictures of one kind together: W * A * height * width.
  [[nodiscard]] std::size_t num_pixels() const noexcept;
  /// The greatest depth that any of the cameras gives.
  [[nodiscard]] float far_m() const noexcept;
  /// Which one it became; never kAuto.
  [[nodiscard]] Backend backend() const noexcept;
  /// What draws: "rays", or the name of the GL device.
  [[nodiscard]] const std::string& device() const noexcept;

  /// Takes the pictures that are due and writes all, held ones as they were taken. A picture is due
  /// in the first call of an episode, and where a sampling time of the camera has passed since the
  /// last one; `refresh` takes all. Agents that are dead, absent or have no camera get zeros; the
  /// first read after a death still shows what was seen.
  /// The batch is the one that the rig was made for, or one of the same config; no step may run.
  /// Allocates nothing after the first call of the ray backend but for longer lists in denser
  /// scenes. O(W A (A + props) + pixels).
  void read(const Batch& batch, const Images& out, bool refresh = false);

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace volery::camera
