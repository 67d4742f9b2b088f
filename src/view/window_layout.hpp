// Window layout: where bar, panels, scene and drawer are, and the splitters between them.
#pragma once

#include <array>

#include "view/panels.hpp"

namespace volery::view {

/// A part of the window, pixels from the upper left.
struct Area {
  float x = 0, y = 0, width = 0, height = 0;
};

struct WindowLayout {
  Area bar, left, right, scene, drawer, time;
};

/// Sizes that panels may have, pixels at text scale 1; those of the layout file.
struct PanelLimits {
  float least_px = 0, most_px = 0;
};
inline constexpr PanelLimits kLeftLimits{120, 600}, kRightLimits{140, 800}, kDrawerLimits{100, 800};

/// Where everything is in a window of this size. Panels of the shipped width give way before the
/// scene gets small; those that somebody has dragged may take more.
[[nodiscard]] WindowLayout lay_out(float width, float height, const Panels& panels, float scale);

/// Edges that can be dragged.
enum class Splitter : int { kLeft, kRight, kDrawer };
inline constexpr std::array<Splitter, 3> kSplitters{Splitter::kLeft, Splitter::kRight,
                                                    Splitter::kDrawer};

/// Where it can be taken hold of; of no size where its panel is closed.
[[nodiscard]] Area splitter_area(const WindowLayout& layout, Splitter which, float scale);
/// Puts the edge at a place (x of left and right, y of the drawer), as far as panels may go.
void drag_splitter(Panels& panels, Splitter which, float to_px, const WindowLayout& layout,
                   float scale);
/// Back to the shipped size.
void reset_splitter(Panels& panels, Splitter which);

}  // namespace volery::view
