// What explains the picture.
#include "render/gather.hpp"

#include <algorithm>
#include <cmath>

#include "render/palette.hpp"
#include "render/polyline.hpp"

namespace volery::render {
namespace {

// in linear light; on the screen this darkens dark ground by about 0.4
constexpr float kShadowAlpha = 0.65F;
constexpr float kBesideSun = 0.5F;       // of that where the sun throws shadows, too
constexpr float kShadowWider = 1.2F;     // than what throws it
constexpr float kShadowGone_m = 10;      // above the ground
constexpr float kShadowLift_m = 0.003F;  // over the surface, so that it is not buried
constexpr float kLeastShadow_px = 0.8F;  // of its radius; smaller ones only flicker
constexpr float kRotorAlpha = 0.30F;
constexpr std::uint8_t kStemAlpha = 190;  // of the line down, and of the ring at its foot
constexpr std::uint8_t kHoverAlpha = 220;
// how much nearer or farther a trail may be drawn than it is, where that shows by what hides it
constexpr float kTrailDepth_m = 0.02F;     // in a drawing without perspective
constexpr float kTrailDepthShare = 0.01F;  // of its distance

Color faded(Color color, std::uint8_t alpha) {
  return {color.r, color.g, color.b, alpha};
}

void put(Color color, float share, std::uint8_t* out) {
  out[0] = color.r;
  out[1] = color.g;
  out[2] = color.b;
  out[3] = static_cast<std::uint8_t>(std::lround(static_cast<float>(color.a) * share));
}

LineInstance line_of(Vec3 from, Vec3 to, Color color, float width_px, LineStyle style) {
  LineInstance line{};
  line.from_rel_m = from;
  line.to_rel_m = to;
  put(color, 1, line.from_color);
  put(color, 1, line.to_color);
  line.width_px = width_px;
  line.style = static_cast<float>(style);
  return line;
}

void add_shadow(Vec3 position_w_m, float radius_m, const View& view, const Scene& scene,
                float alpha, Gathered& out) {
  constexpr float kNone_m = -1e6F;
  const float ground = scene.surface_height_m(position_w_m, kNone_m);
  const float share = shadow_share(position_w_m.z - ground);
  if (ground <= kNone_m || share <= 0) return;
  const Vec3 at = view.relative({position_w_m.x, position_w_m.y, ground + kShadowLift_m});
  const float radius = kShadowWider * radius_m;
  const float scale = view.pixels_per_m(at);
  if (radius * scale < kLeastShadow_px || !view.sees(at, radius)) return;
  const Color color{0, 0, 0, static_cast<std::uint8_t>(std::lround(255 * alpha * share))};
  out.shadows.push_back(flat_quad(QuadShape::kShadow, at, {0, 0, 1}, radius, color, 1e6F));
}

// Rings and crosses on one vehicle, and the line down to the ground of a selected one.
void add_state(const Body& body, float radius_m, const View& view, const Scene& scene,
               const RenderOptions& options, Gathered& out) {
  const Vec3 at = view.relative(body.position_w_m);
  if (!view.sees(at, radius_m)) return;
  const Theme& theme = theme_of(options.light_theme);
  const float scale = options.scale;
  const float radius_px = std::max(1.15F * radius_m * view.pixels_per_m(at), 9 * scale);
  // the rim tells a white ring from light walls, and a dark one from dark pillars
  const auto ring = [&](Color color, float width_px) {
    out.rings.push_back(facing_quad(QuadShape::kRing, view, at, radius_px, theme.picked_rim,
                                    (width_px + 2) * scale));
    out.rings.push_back(
        facing_quad(QuadShape::kRing, view, at, radius_px, color, width_px * scale));
  };
  if ((body.flags & kBodySelected) != 0) {
    ring(theme.picked, 2);
    const float ground = scene.surface_height_m(body.position_w_m, body.position_w_m.z);
    const Vec3 foot = view.relative({body.position_w_m.x, body.position_w_m.y, ground});
    const Color soft = faded(theme.picked, kStemAlpha);
    out.stems.push_back(line_of(at, foot, soft, 1, LineStyle::kSolid));
    out.marks.push_back(flat_quad(QuadShape::kRing, foot, {0, 0, 1}, kShadowWider * radius_m, soft,
                                  view.pixels_per_m(foot), scale));
  } else if ((body.flags & kBodyHovered) != 0) {
    ring(faded(theme.picked, kHoverAlpha), 1);
  }
  if ((body.flags & kBodyFault) != 0) {
    out.rings.push_back(facing_quad(QuadShape::kCross, view, at, 7 * scale, kFault, 2.5F * scale));
  }
}

void add_mark(const Mark& mark, Vec3 at, const View& view, float scale, Gathered& out) {
  const float per_m = view.pixels_per_m(at);
  const auto flat = [&](QuadShape shape, float width_px) {
    out.marks.push_back(
        flat_quad(shape, at, mark.axis_w, mark.radius_m, mark.color, per_m, width_px * scale));
  };
  const auto facing = [&](QuadShape shape, float width_px, Vec3 up = {}) {
    out.marks.push_back(
        facing_quad(shape, view, at, mark.radius_px * scale, mark.color, width_px * scale, up));
  };
  switch (mark.shape) {
    case MarkShape::kDot:
      return facing(QuadShape::kDisc, 0);
    case MarkShape::kCross:
      return facing(QuadShape::kCross, 2);
    case MarkShape::kBurst:
      return facing(QuadShape::kBurst, 1.5F);
    case MarkShape::kDart:
      return facing(QuadShape::kDart, 0, mark.axis_w);
    case MarkShape::kRing:
      return flat(QuadShape::kRing, 2);
    case MarkShape::kDashedRing:
      return flat(QuadShape::kDashedRing, 1.5F);
    case MarkShape::kDisc:
      return flat(QuadShape::kDisc, 0);
    case MarkShape::kSquare:
      return flat(QuadShape::kSquare, 2);
    case MarkShape::kSphere:
      break;
  }
  Instance ball;
  ball.position_rel_m = at;
  ball.scale = Vec3{2, 2, 2} * mark.radius_m;
  put(mark.color, 1, ball.color);
  (mark.color.a == 255 ? out.solid_balls : out.balls).push_back(ball);
}

// The points of a trail that make a difference in the picture. How far along it they are, and so
// how bright, is left to them.
void corners_of(std::span<const Vec3> points_w_m, const View& view, std::vector<int>& kept) {
  std::vector<PathPoint> path;
  PathTolerance tolerance;
  tolerance.depth = view.orthographic ? kTrailDepth_m : 1e9F;
  for (std::size_t i = 0; i < points_w_m.size(); ++i) {
    const Vec3 at = view.relative(points_w_m[i]);
    PathPoint point;
    if (!view.project(at, point.x_px, point.y_px)) {
      // from behind the eye: as it is
      for (int k = 0; k < static_cast<int>(points_w_m.size()); ++k) kept.push_back(k);
      return;
    }
    point.depth = view.orthographic ? view.distance_m(at) : view.pixels_per_m(at);
    if (!view.orthographic) {
      tolerance.depth = std::min(tolerance.depth, kTrailDepthShare * point.depth);
    }
    point.share = static_cast<float>(i) / static_cast<float>(points_w_m.size() - 1);
    path.push_back(point);
  }
  straighten(path, tolerance, kept);
}

void gather_trails(const Frame& frame, const View& view, bool software, Gathered& out) {
  std::vector<int> kept;
  std::vector<std::size_t> ends;  // of each trail in `kept`
  for (const Trail& trail : frame.trails) {
    const auto first = static_cast<std::size_t>(trail.first);
    const auto count = static_cast<std::size_t>(std::max(trail.count, 0));
    if (count > 1) corners_of(std::span(frame.trail_points).subspan(first, count), view, kept);
    ends.push_back(kept.size());
  }
  const bool thin = software && kept.size() > kMostRibbons;
  std::size_t at = 0;
  for (std::size_t t = 0; t < ends.size(); ++t) {
    const Trail& trail = frame.trails[t];
    for (; at + 1 < ends[t]; ++at) {
      const int begin = kept[at], end = kept[at + 1];
      const Vec3 from =
          view.relative(frame.trail_points[static_cast<std::size_t>(trail.first + begin)]);
      const Vec3 to =
          view.relative(frame.trail_points[static_cast<std::size_t>(trail.first + end)]);
      // invisible at the oldest point, whole at the newest
      const float last = static_cast<float>(trail.count - 1);
      const float share = static_cast<float>(begin) / last, next = static_cast<float>(end) / last;
      if (thin) {
        LineVertex a{from, {}}, b{to, {}};
        put(trail.color, share, a.color);
        put(trail.color, next, b.color);
        out.thin.push_back(a);
        out.thin.push_back(b);
        continue;
      }
      LineInstance line = line_of(from, to, trail.color, trail.width_px, LineStyle::kSolid);
      put(trail.color, share, line.from_color);
      put(trail.color, next, line.to_color);
      out.lines.push_back(line);
    }
    at = ends[t];
  }
}

}  // namespace

void Gathered::clear() {
  shadows.clear();
  rotors.clear();
  lines.clear();
  thin.clear();
  marks.clear();
  rings.clear();
  stems.clear();
  balls.clear();
  solid_balls.clear();
}

float shadow_share(float height_m) noexcept {
  return std::clamp(1 - height_m / kShadowGone_m, 0.0F, 1.0F);
}

void gather_bodies(const Frame& frame, const View& view, const Bodies& bodies, const Scene& scene,
                   const RenderOptions& options, bool sun_shadows, Gathered& out) {
  const float alpha = kShadowAlpha * (sun_shadows ? kBesideSun : 1.0F);
  for (const Body& body : frame.vehicles) {
    const float radius = bodies.radius_m(body);
    add_shadow(body.position_w_m, radius, view, scene, alpha, out);
    if (body.flags != 0) add_state(body, radius, view, scene, options, out);
  }
  for (const Body& body : frame.props) {
    const Vec3 size = bodies.prop_size_m(body);
    add_shadow(body.position_w_m, std::max(size.x, size.y) / 2, view, scene, alpha, out);
  }
  for (const RotorDisc& disc : bodies.discs()) {
    Color color = disc.color;
    color.a = static_cast<std::uint8_t>(std::lround(255 * kRotorAlpha));
    out.rotors.push_back(flat_quad(QuadShape::kRotor, disc.center_rel_m, disc.axis_w, disc.radius_m,
                                   color, view.pixels_per_m(disc.center_rel_m), options.scale));
  }
}

void gather_lines(const Frame& frame, const View& view, float scale, bool software, Gathered& out) {
  gather_trails(frame, view, software, out);
  for (const Line& line : frame.lines) {
    const Vec3 from = view.relative(line.from_w_m), to = view.relative(line.to_w_m);
    out.lines.push_back(line_of(from, to, line.color, line.width_px, line.style));
    if (!line.arrow) continue;
    const float size_px = (5 + 1.5F * line.width_px) * scale;
    out.marks.push_back(facing_quad(QuadShape::kDart, view, to, size_px, line.color, 0,
                                    line.to_w_m - line.from_w_m));
  }
}

void gather_marks(const Frame& frame, const View& view, float scale, Gathered& out) {
  for (const Mark& mark : frame.marks) {
    const Vec3 at = view.relative(mark.position_w_m);
    const float room = std::max(mark.radius_m, mark.radius_px * scale / view.pixels_per_m(at));
    if (view.sees(at, 1.5F * room)) add_mark(mark, at, view, scale, out);
  }
  // each shape is a draw of its own; what is filled lies under what is outlined
  std::stable_sort(out.marks.begin(), out.marks.end(),
                   [](const Quad& a, const Quad& b) { return a.shape < b.shape; });
}

}  // namespace volery::render
