// RADIO: what became of the messages of the last second, and the newest packets of the selection.
#include <algorithm>
#include <numeric>

#include "view/links.hpp"
#include "view/numbers.hpp"
#include "viewer/panels/panel.hpp"

namespace volery::viewer {

namespace {

void draw_fates(Panel& panel) {
  view::Session& session = panel.session;
  const view::Scenery& scenery = session.driver().scenery();
  const view::RadioTally& tally = session.sight().radio;
  const double span_s = tally.span_s(session.sight().timeline.step_s());
  const std::vector<int> sums = tally.sums(scenery.fates.size());
  const int total = std::accumulate(sums.begin(), sums.end(), 0);
  ImGui::TextColored(
      color_of(kDim), "last %.2f s: %s candidate packets, %s bytes/s", span_s,
      view::count_text(total).c_str(),
      view::count_text(span_s > 0 ? static_cast<double>(tally.bytes()) / span_s : 0).c_str());
  if (!ImGui::BeginTable("##fates", 4, ImGuiTableFlags_SizingFixedFit | ImGuiTableFlags_RowBg))
    return;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    if (sums[i] == 0) continue;
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    ImGui::TextColored(color_of(view::look_of(scenery.fates[i]).color), "%s",
                       scenery.fates[i].c_str());
    ImGui::TableNextColumn();
    ImGui::Text("%s", view::count_text(sums[i]).c_str());
    ImGui::TableNextColumn();
    ImGui::Text("%s pkt/s", view::count_text(span_s > 0 ? sums[i] / span_s : 0).c_str());
    ImGui::TableNextColumn();
    ImGui::Text("%.0f %%", 100.0 * sums[i] / std::max(1, total));
  }
  ImGui::EndTable();
}

// Why each packet of the last step at or from the selected agent ended as it did.
void draw_packets(Panel& panel) {
  view::Session& session = panel.session;
  const view::Scenery& scenery = session.driver().scenery();
  const int subject = session.subject();
  if (subject < 0) {
    ImGui::TextColored(color_of(kDim), "Select an agent for its packets.");
    return;
  }
  ImGui::TextColored(color_of(kDim), "%s, packets of the last step",
                     view::agent_name(subject).c_str());
  const ImGuiTableFlags flags =
      ImGuiTableFlags_SizingFixedFit | ImGuiTableFlags_RowBg | ImGuiTableFlags_ScrollY;
  if (!ImGui::BeginTable("##packets", 5, flags)) return;
  ImGui::TableSetupScrollFreeze(0, 1);
  for (const char* name : {"from, to", "fate", "distance", "size", "delay"}) {
    ImGui::TableSetupColumn(name);
  }
  ImGui::TableHeadersRow();
  const double step_s = session.sight().timeline.step_s();
  for (const Packet& packet : session.moment().packets) {
    if (packet.sender != subject && packet.receiver != subject) continue;
    const auto fate = static_cast<std::size_t>(packet.fate);
    const std::string name = fate < scenery.fates.size() ? scenery.fates[fate] : "?";
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    ImGui::Text("%s > %s", view::agent_name(packet.sender).c_str(),
                view::agent_name(packet.receiver).c_str());
    ImGui::TableNextColumn();
    ImGui::TextColored(color_of(view::look_of(name).color), "%s", name.c_str());
    ImGui::TableNextColumn();
    ImGui::TextUnformatted(view::quantity(static_cast<double>(packet.distance_m), "m").c_str());
    ImGui::TableNextColumn();
    ImGui::Text("%d B", packet.bytes);
    ImGui::TableNextColumn();
    if (name == "delivered") ImGui::Text("%.0f ms", packet.delay_steps * step_s * 1000);
  }
  ImGui::EndTable();
}

}  // namespace

void draw_radio_tab(Panel& panel) {
  if (panel.session.driver().scenery().fates.empty()) {
    ImGui::TextColored(color_of(kDim), "This run has no radio: start with --set radio=disc");
    return;
  }
  if (!ImGui::BeginTable("##radio", 2, ImGuiTableFlags_SizingStretchSame)) return;
  ImGui::TableNextColumn();
  draw_fates(panel);
  ImGui::TableNextColumn();
  draw_packets(panel);
  ImGui::EndTable();
}

}  // namespace volery::viewer
