// From moments to frames: which bodies, lines and marks stand for what, in which color.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "render/palette.hpp"
#include "view/moment.hpp"

namespace volery::view {

using render::kCable;
using render::kDead;
using render::kFault;
using render::kProp;
using render::kTeamColors;
using render::team_color;
inline constexpr render::Color kWarning{0xF0, 0xE4, 0x42};
inline constexpr render::Color kPicked{0xFF, 0xFF, 0xFF};
inline constexpr render::Color kVelocity{0xF7, 0xF7, 0xF7, 0xB0};
inline constexpr render::Color kWind{0x92, 0xC5, 0xDE, 0xD0};
inline constexpr render::Color kOpen = kTeamColors[1];  // landmarks by state, kWarning between
inline constexpr render::Color kDone = kTeamColors[3];

/// "d0012".
[[nodiscard]] std::string agent_name(int agent);

/// Whose overlays are drawn.
enum class Scope : int { kNone, kSelected, kNeighbors, kAll };

/// Layers in the order of the keys 1..9.
struct Layers {
  Scope trails = Scope::kAll;
  Scope links = Scope::kAll;
  Scope messages = Scope::kSelected;  // packets in flight, fates at the receiver
  Scope sensors = Scope::kSelected;
  Scope velocity = Scope::kNone;
  Scope goals = Scope::kAll;
  Scope contacts = Scope::kSelected;
  Scope labels = Scope::kSelected;
  bool grid = true;
};

/// What is left out of pictures that take too long, each beside those before it.
enum class Economy : int { kNothing, kEdges, kTrails, kOverlays };
/// The layers without what is left out: trails and then everything else of the selected alone.
[[nodiscard]] Layers thrifty(const Layers& layers, Economy economy) noexcept;

/// Agents of one world that were picked, and the one under the mouse.
struct Selection {
  std::vector<int> agents;
  int hovered = -1;
};

/// The past of a world, for trails: what was seen of it so far, so that going back finds its trails
/// there.
class Trails {
 public:
  static constexpr double kSpan_s = 5;
  static constexpr double kSpacing_s = kSpan_s / 63;
  static constexpr int kPoints = 64;                     // per agent
  static constexpr int kMaxAgents = 1000;                // beyond, the first of them
  static constexpr std::size_t kMostPoints = 4'000'000;  // of all agents: 52 MB
  /// Keeps the moment where enough time lies between it and those that are known; starts anew where
  /// time within an episode does not rise with the step.
  void add(const Moment& moment);
  void clear() noexcept;
  /// Forgets what came after a step: the run went another way.
  void cut(std::uint64_t step);
  /// The part that belongs to a moment: cheap to copy, safe to hand to another thread.
  [[nodiscard]] Trails recent(const Moment& now) const;
  /// The first step from which on the trails of a moment are not known without gaps; nothing where
  /// all are. `step_s`: of the agent.
  [[nodiscard]] std::optional<std::uint64_t> missing_from(const Moment& now, double step_s) const;
  /// Writes the trails of the listed agents (all: empty list and all = true) into the frame.
  void compose(const Scenery& scenery, const Moment& now, std::span<const int> agents, bool all,
               render::Frame& out) const;

 private:
  struct Sample {
    std::uint64_t step = 0;
    std::uint32_t episode = 0;
    double time_s = 0;
    std::vector<Vec3> positions_w_m;
    std::vector<std::uint8_t> drawn;
  };
  using Kept = std::shared_ptr<const Sample>;
  [[nodiscard]] static bool belongs(const Sample& sample, const Moment& now) noexcept;
  [[nodiscard]] static bool later(const Sample& sample, const Moment& now) noexcept;
  [[nodiscard]] std::deque<Kept>::const_reverse_iterator before(const Moment& now) const;
  void forget(std::size_t keep);

  std::deque<Kept> samples_;  // ascending by step
};

/// Clears the frame and fills it.
void compose(const Scenery& scenery, const Moment& moment, const Trails& trails,
             const Layers& layers, const Selection& selection, render::Frame& out);

/// What a picture of a whole world has to hold. Grows while a world lives, so that the camera
/// stands still until somebody leaves the picture, and never comes nearer again.
class Overview {
 public:
  /// Adds everything that is to be seen; starts anew across a cut and for another `aspect`, width
  /// over height.
  void include(const Scenery& scenery, const Moment& moment, float aspect);
  /// From the south-west and above, as near as all that was included allows.
  [[nodiscard]] render::Camera camera() const;
  /// Straight down, north up, orthographic.
  [[nodiscard]] render::Camera from_above() const;

 private:
  void clear(float aspect);
  void include(Vec3 point_w_m, float radius_m);

  float aspect_ = 0;
  bool empty_ = true;
  render::Camera from_;  // the camera's attitude
  double tangent_x_ = 1, tangent_y_ = 1;
  // how far from the origin, along its back, each side of the picture asks the camera to be
  double left_m_ = 0, right_m_ = 0, below_m_ = 0, above_m_ = 0;
  std::array<double, 3> low_m_{}, high_m_{};
};

/// The overview of a single moment.
[[nodiscard]] render::Camera overview(const Scenery& scenery, const Moment& moment, float aspect);

}  // namespace volery::view
