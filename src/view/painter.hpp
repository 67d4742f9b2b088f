// Painter: pictures of a batch without a window, for Python's render modes and videos. Makes its GL
// context when the first picture is asked for.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>

#include "render/offscreen.hpp"
#include "view/compose.hpp"

namespace volery::view {

/// Where a picture is taken from.
enum class Viewpoint : int {
  kOverview,  // everything, from the south-west and above; widens as the swarm does
  kTop,       // everything, straight down, orthographic
  kFollow,    // the overview's angle, a few meters from one agent
  kChase,     // behind and above one agent, turning with its heading
  kOnboard,   // from one agent, forward
  kFixed,     // from `eye_w_m` to `target_w_m`
};
inline constexpr const char* kViewpointNames[] = {"overview", "top",     "follow",
                                                  "chase",    "onboard", "fixed"};

struct Shot {
  int width = 640, height = 480;
  Viewpoint viewpoint = Viewpoint::kOverview;
  int agent = 0;  // of kFollow, kChase, kOnboard
  std::array<double, 3> eye_w_m{}, target_w_m{};
  Layers layers;
  Selection selection;
  bool shadows = true;
};

class Painter {
 public:
  /// Reads what does not change; nothing of GL is touched. Throws Error for a VOLERY_GL that is no
  /// backend.
  explicit Painter(const Batch& batch);

  // Pictures of a world as it is now; rows from the top. Sizes as render::Offscreen has them.
  // Throws Error: kState where there is no GL, kValue for a size or agent out of range.

  /// out: [height][width][3].
  void rgb(const Batch& batch, int world, const Shot& shot, std::span<std::uint8_t> out);
  /// out: [height][width], meters along the view axis. Bodies and statics alone, as next.
  void depth(const Batch& batch, int world, const Shot& shot, std::span<float> out);
  /// out: [height][width]: -1 nothing, agents [0, A), props [A, A + P), then statics.
  void segmentation(const Batch& batch, int world, const Shot& shot, std::span<std::int32_t> out);

  /// What draws: GL_RENDERER. Makes the context.
  [[nodiscard]] const std::string& device();
  [[nodiscard]] const Scenery& scenery() const noexcept { return scenery_; }

 private:
  // what a world's pictures have in common
  struct Album {
    Moment moment;
    Trails trails;
    Overview overview;
  };
  Album& look(const Batch& batch, int world, const Shot& shot);
  [[nodiscard]] render::Camera camera(const Album& album, const Shot& shot) const;
  render::Offscreen& offscreen();
  void compose_bodies(const Album& album, const Shot& shot);
  void leave_out(int agent);

  Scenery scenery_;
  Reader reader_;
  render::Backend backend_;
  std::map<int, Album> albums_;
  std::uint64_t step_ = 0;
  std::unique_ptr<render::Offscreen> offscreen_;
  render::Frame frame_;
  std::vector<std::uint32_t> ids_;
};

}  // namespace volery::view
