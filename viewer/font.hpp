// The text of the window: DejaVu Sans, built into the program.
#pragma once

#include <imgui.h>

namespace volery::viewer {

/// Replaces the atlas by one for that scale; the renderer's texture must be made again.
void load_fonts(float scale);

}  // namespace volery::viewer
