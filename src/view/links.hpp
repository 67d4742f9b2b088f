// How the fates of messages look. Shared by frames, legends and the radio panel.
#pragma once

#include <string_view>

#include "view/compose.hpp"

namespace volery::view {

inline constexpr render::Color kDelivered = kTeamColors[0];
inline constexpr render::Color kLost = kTeamColors[1];
/// More lines than this are a cloud: halos stand for them, wider where more was heard.
inline constexpr int kMostLinks = 256;

enum class LinkEnd { kNone, kCross, kBurst };

struct LinkLook {
  render::Color color;
  render::LineStyle style = render::LineStyle::kSolid;
  LinkEnd end = LinkEnd::kNone;  // what stands where the message ended
  bool shown = true;             // false for what nobody expects to hear
};

/// The look of a fate by its name in radio_count_names().
[[nodiscard]] LinkLook look_of(std::string_view fate) noexcept;

/// Appends links and messages of the last step to a frame.
void add_links(const Scenery& scenery, const Moment& moment, const Layers& layers,
               const Selection& selection, render::Frame& out);

}  // namespace volery::view
