// Labels at places in space: which of them are shown where, and drawing them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "render/font.hpp"
#include "render/frame.hpp"
#include "render/gl.hpp"
#include "render/view.hpp"

namespace volery::render {

/// Most labels of one picture.
inline constexpr int kMostLabels = 64;

/// A label that found room: where its line begins, whole pixels from the lower left.
struct PlacedLabel {
  std::size_t index = 0;  // in Frame.labels
  float x_px = 0, baseline_px = 0;
};

/// Places labels above their points, the higher priority first (then the first). One that would
/// cover another, and all beyond kMostLabels, are left out and counted in `dropped`; those outside
/// of the view are not counted. A label whose point is in the view is moved to be whole.
[[nodiscard]] std::vector<PlacedLabel> place_labels(std::span<const Label> labels, const View& view,
                                                    const Font& font, float scale, int& dropped);

class LabelDrawer {
 public:
  LabelDrawer();
  /// Draws what fits; text of 13 px times scale. Returns how many, and adds to `dropped`.
  int draw(std::span<const Label> labels, const View& view, float scale, int& dropped);

 private:
  void take_font(float size_px);
  Program program_;
  Buffer vertices_;
  VertexArray array_;
  Texture picture_;
  std::optional<Font> font_;
};

}  // namespace volery::render
