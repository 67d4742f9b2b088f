// What the radio did in the last step, as lines and marks: color and form tell the fate.
#include "view/links.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace volery::view {

namespace {

using render::Color;
using render::LineStyle;
using render::Mark;
using render::MarkShape;

Vec3 between(Vec3 a, Vec3 b, float share) {
  return a + (b - a) * share;
}

Color with_alpha(Color color, float alpha) {
  color.a = static_cast<std::uint8_t>(alpha * 255);
  return color;
}

// A halo per agent: the more it heard, the wider. Beyond kMostLinks lines are a gray cloud.
void add_halos(const Moment& moment, const std::vector<int>& heard, render::Frame& out) {
  for (std::size_t i = 0; i < moment.agents.size(); ++i) {
    if (heard[i] == 0 || !moment.agents[i].present) continue;
    const float radius_px = 6 + 3 * std::sqrt(static_cast<float>(heard[i]));
    out.marks.push_back({moment.agents[i].position_w_m,
                         {0, 0, 1},
                         with_alpha(kDelivered, 0.18F),
                         MarkShape::kDot,
                         0,
                         radius_px});
  }
}

}  // namespace

LinkLook look_of(std::string_view fate) noexcept {
  if (fate == "delivered") return {kDelivered, LineStyle::kSolid, LinkEnd::kNone, true};
  if (fate == "duplicate") return {kDead, LineStyle::kDotted, LinkEnd::kNone, true};
  if (fate == "lost" || fate == "bit_error")
    return {kLost, LineStyle::kDashed, LinkEnd::kNone, true};
  if (fate == "occluded") return {kLost, LineStyle::kSolid, LinkEnd::kCross, true};
  if (fate == "collision" || fate == "jammed")
    return {kFault, LineStyle::kSolid, LinkEnd::kBurst, true};
  if (fate == "half_duplex" || fate == "queue_full" || fate == "inbox_full" || fate == "expired")
    return {kWarning, LineStyle::kDotted, LinkEnd::kCross, true};
  // out of range, masked, dead receivers: nobody expects to hear there
  return {kDead, LineStyle::kDotted, LinkEnd::kNone, false};
}

void add_links(const Scenery& scenery, const Moment& moment, const Layers& layers,
               const Selection& selection, render::Frame& out) {
  if (moment.packets.empty() || (layers.links == Scope::kNone && layers.messages == Scope::kNone))
    return;
  const auto picked = [&](int agent) {
    return std::find(selection.agents.begin(), selection.agents.end(), agent) !=
           selection.agents.end();
  };
  const auto within = [&](Scope scope, const Packet& packet) {
    if (scope == Scope::kNone) return false;
    return scope == Scope::kAll || picked(packet.sender) || picked(packet.receiver);
  };
  std::vector<int> heard(moment.agents.size(), 0);
  std::vector<render::Line> lines;
  for (const Packet& packet : moment.packets) {
    const LinkLook look = look_of(scenery.fates[static_cast<std::size_t>(packet.fate)]);
    if (!look.shown) continue;
    const Vec3 from = moment.agents[static_cast<std::size_t>(packet.sender)].position_w_m;
    const Vec3 to = moment.agents[static_cast<std::size_t>(packet.receiver)].position_w_m;
    if (within(layers.links, packet)) {
      ++heard[static_cast<std::size_t>(packet.receiver)];
      lines.push_back({from, to, with_alpha(look.color, 0.25F), 1, look.style, false});
    }
    if (!within(layers.messages, packet)) continue;
    // a delivered message travels over its latency, a lost one stops where it ended
    const int delay = std::max(1, packet.delay_steps);
    const float way = static_cast<float>(moment.share) / static_cast<float>(delay);
    Mark mark{between(from, to, way), to - from, look.color, MarkShape::kDart, 0, 5};
    if (look.end == LinkEnd::kCross)
      mark.position_w_m = between(from, to, 0.5F), mark.shape = MarkShape::kCross;
    if (look.end == LinkEnd::kBurst) mark.position_w_m = to, mark.shape = MarkShape::kBurst;
    out.marks.push_back(mark);
  }
  if (lines.size() > static_cast<std::size_t>(kMostLinks)) {
    add_halos(moment, heard, out);
  } else {
    out.lines.insert(out.lines.end(), lines.begin(), lines.end());
  }
}

}  // namespace volery::view
