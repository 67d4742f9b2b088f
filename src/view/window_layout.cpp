#include "view/window_layout.hpp"

#include <algorithm>
#include <cmath>

namespace volery::view {

namespace {

constexpr float kBar_px = 26, kTime_px = 34;
constexpr float kGrip_px = 8;  // width of what a splitter is held by
// shares of the window: of each side and of the drawer, as shipped and at most
constexpr float kShippedSide = 0.24F, kMostSide = 0.4F;
constexpr float kShippedDrawer = 0.45F, kMostDrawer = 0.7F;

float taken(float px, float shipped_px, float scale, float all, float shipped, float most) {
  return std::round(std::min(px * scale, (px == shipped_px ? shipped : most) * all));
}

}  // namespace

WindowLayout lay_out(float width, float height, const Panels& panels, float scale) {
  const Panels ours;
  const bool shown = !panels.hidden;
  const float bar = shown ? std::round(kBar_px * scale) : 0;
  const float time = shown ? std::round(kTime_px * scale) : 0;
  const auto side = [&](bool open, float px, float shipped_px) {
    if (!shown || !open) return 0.0F;
    return taken(px, shipped_px, scale, width, kShippedSide, kMostSide);
  };
  const float left = side(panels.left, panels.left_px, ours.left_px);
  const float right = side(panels.right, panels.right_px, ours.right_px);
  const float middle = std::max(0.0F, height - bar - time);
  const float drawer = shown && panels.drawer ? taken(panels.drawer_px, ours.drawer_px, scale,
                                                      height, kShippedDrawer, kMostDrawer)
                                              : 0.0F;
  WindowLayout layout;
  layout.bar = {0, 0, width, bar};
  layout.left = {0, bar, left, middle};
  layout.right = {width - right, bar, right, middle};
  layout.scene = {left, bar, std::max(1.0F, width - left - right), std::max(1.0F, middle - drawer)};
  layout.drawer = {left, bar + middle - drawer, layout.scene.width, drawer};
  layout.time = {0, height - time, width, time};
  return layout;
}

Area splitter_area(const WindowLayout& layout, Splitter which, float scale) {
  const float grip = std::round(kGrip_px * scale);
  const Area& left = layout.left;
  const Area& right = layout.right;
  const Area& drawer = layout.drawer;
  switch (which) {
    case Splitter::kLeft:
      if (left.width <= 0) break;
      return {left.x + left.width - grip / 2, left.y, grip, left.height};
    case Splitter::kRight:
      if (right.width <= 0) break;
      return {right.x - grip / 2, right.y, grip, right.height};
    case Splitter::kDrawer:
      if (drawer.height <= 0) break;
      return {drawer.x, drawer.y - grip / 2, drawer.width, grip};
  }
  return {};
}

void drag_splitter(Panels& panels, Splitter which, float to_px, const WindowLayout& layout,
                   float scale) {
  const float width = layout.bar.width > 0 ? layout.bar.width : layout.scene.width;
  const float height = layout.time.y + layout.time.height;
  // at text scale 1, and no more than lay_out() gives
  const auto clamped = [scale](float px, PanelLimits limits, float most_px) {
    return std::clamp(std::min(px, most_px) / scale, limits.least_px, limits.most_px);
  };
  switch (which) {
    case Splitter::kLeft:
      panels.left_px = clamped(to_px, kLeftLimits, kMostSide * width);
      break;
    case Splitter::kRight:
      panels.right_px = clamped(width - to_px, kRightLimits, kMostSide * width);
      break;
    case Splitter::kDrawer:
      panels.drawer_px = clamped(layout.time.y - to_px, kDrawerLimits, kMostDrawer * height);
      break;
  }
}

void reset_splitter(Panels& panels, Splitter which) {
  const Panels ours;
  if (which == Splitter::kLeft) panels.left_px = ours.left_px;
  if (which == Splitter::kRight) panels.right_px = ours.right_px;
  if (which == Splitter::kDrawer) panels.drawer_px = ours.drawer_px;
}

}  // namespace volery::view
