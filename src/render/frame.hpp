// What is drawn: plain data that whoever shows something fills anew for every picture.
//
// The renderer knows bodies, lines, marks, trails and labels. What a line means (a radio link, a
// ray, the wind) is decided by who builds the frame (src/view); so a new overlay needs no GL.
// World coordinates are ENU meters; colors are sRGB as on the screen, alpha straight.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/types.hpp"
#include "model/vehicle.hpp"
#include "scene/scene.hpp"

namespace volery::render {

struct Color {
  std::uint8_t r = 255, g = 255, b = 255, a = 255;
  friend constexpr bool operator==(const Color&, const Color&) = default;
};

/// What stays as it is while frames change: meshes and buffers are made from it once.
struct Stage {
  SceneConfig scene;              // statics; the shapes of its props
  std::vector<Vehicle> vehicles;  // types; Vehicle bodies name theirs by index
};

/// How a body is set apart from others of its kind.
enum BodyFlags : std::uint8_t {
  kBodySelected = 1,  // ring, line to the ground, always drawn in full
  kBodyHovered = 2,   // thin ring
  kBodyDead = 4,      // a wreck: gray, rotors at rest
  kBodyFault = 8,     // diverged or out of bounds
};

/// A vehicle or prop.
struct Body {
  Vec3 position_w_m;
  Quat quat_wb;
  Color color;
  std::uint16_t type = 0;  // index into Stage.vehicles, or Stage.scene.props
  std::uint8_t flags = 0;  // BodyFlags
  std::uint32_t id = 0;    // what a segmentation image holds here, and picking returns
  // angle of rotor 0, rad; others turn with it by their spin. Above kBlurRadps a disc is drawn
  float rotor_angle_rad = 0;
  float rotor_speed_radps = 0;
};

/// A thin round bar: a cable as agents' cameras see it.
struct Rod {
  Vec3 from_w_m, to_w_m;
  float radius_m = 0;
  Color color;
  std::uint32_t id = 0;  // as that of a body
};

enum class LineStyle : std::uint8_t { kSolid, kDashed, kDotted };

struct Line {
  Vec3 from_w_m, to_w_m;
  Color color;
  float width_px = 1;
  LineStyle style = LineStyle::kSolid;
  bool arrow = false;  // a head at the end
};

enum class MarkShape : std::uint8_t {
  kDot,         // filled circle that faces the camera
  kCross,       // x that faces the camera
  kBurst,       // eight rays that face the camera
  kDart,        // small arrow head, towards `axis_w`
  kRing,        // circle about `axis_w`, `radius_m` wide
  kDashedRing,  //
  kDisc,        // filled circle about `axis_w`
  kSphere,      // shaded ball
  kSquare,      // square about `axis_w`, half side `radius_m`: a gate or landing pad
};

struct Mark {
  Vec3 position_w_m;
  Vec3 axis_w{0, 0, 1};
  Color color;
  MarkShape shape = MarkShape::kDot;
  float radius_m = 0;   // of rings, discs, spheres and squares
  float radius_px = 4;  // of those that face the camera
};

/// A path that fades towards its start: points oldest first, Frame.trail_points[first, +count).
struct Trail {
  int first = 0;
  int count = 0;
  Color color;
  float width_px = 1.5F;
};

struct Label {
  Vec3 position_w_m;
  std::string text;
  Color color;
  float priority = 0;  // the higher one stays where two overlap
};

struct Frame {
  std::vector<Body> vehicles;
  std::vector<Body> props;
  std::vector<Rod> rods;
  std::vector<Line> lines;
  std::vector<Mark> marks;
  std::vector<Vec3> trail_points;
  std::vector<Trail> trails;
  std::vector<Label> labels;

  /// Empties everything and keeps the memory.
  void clear() noexcept {
    vehicles.clear();
    props.clear();
    rods.clear();
    lines.clear();
    marks.clear();
    trail_points.clear();
    trails.clear();
    labels.clear();
  }
};

/// Where a picture is taken from. Looks along -z of its own frame, x to the right, y up.
struct Camera {
  std::array<double, 3> eye_w_m{-4, -4, 3};  // positions are taken relative to it, in double
  Quat quat_wc;                              // camera coordinates into world coordinates
  float fov_y_rad = 0.785398F;               // 45 degrees; of the height
  float height_m = 0;  // > 0: orthographic, this many meters from bottom to top
  float near_m = 0;    // 0: from the distance to what is looked at, as is far
  float far_m = 0;
};

/// A camera at `eye` that looks at `target` with z up; straight down or up, north (y) is up.
[[nodiscard]] Camera look_at(std::array<double, 3> eye_w_m, std::array<double, 3> target_w_m,
                             float fov_y_rad = 0.785398F);

/// An attitude whose z axis is that one (unit).
[[nodiscard]] Quat standing_along(Vec3 axis_w) noexcept;

}  // namespace volery::render
