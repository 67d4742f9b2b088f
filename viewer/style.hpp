// Style: the look of panels in both themes, at a text scale.
#pragma once

namespace volery::viewer {

/// Sets colors and sizes of Dear ImGui, and its font where the scale has changed.
class Style {
 public:
  void set(float scale, bool light);

 private:
  float scale_ = 0;
  bool light_ = false;
};

}  // namespace volery::viewer
