// EVENTS: what happened, newest first; a click goes there.
#include "view/numbers.hpp"
#include "viewer/panels/panel.hpp"

namespace volery::viewer {

void draw_events_tab(Panel& panel) {
  view::Session& session = panel.session;
  const view::Sight& sight = session.sight();
  command_button(panel, view::Command::kPreviousEvent, "previous");
  ImGui::SameLine();
  command_button(panel, view::Command::kNextEvent, "next");
  ImGui::SameLine();
  command_button(panel, view::Command::kBookmark, "bookmark");
  ImGui::SameLine();
  ImGui::AlignTextToFramePadding();
  ImGui::TextColored(color_of(kDim), "%s events%s",
                     view::count_text(static_cast<double>(sight.num_events)).c_str(),
                     sight.num_events > sight.events.size() ? ", the newest are listed" : "");
  ImGui::BeginChild("##events");
  ImGuiListClipper clipper;
  clipper.Begin(static_cast<int>(sight.events.size()));
  while (clipper.Step()) {
    for (int row = clipper.DisplayStart; row < clipper.DisplayEnd; ++row) {
      const view::TimeEvent& event =
          sight.events[sight.events.size() - 1 - static_cast<std::size_t>(row)];
      const double time_s = static_cast<double>(event.position) * sight.timeline.step_s();
      std::string line = view::time_text(time_s) + "   step " + std::to_string(event.position) +
                         "   world " + std::to_string(event.world) + "   " +
                         view::event_name(event.kind);
      if (event.agent >= 0) line += "   " + view::agent_name(event.agent);
      ImGui::PushID(row);
      if (ImGui::Selectable(line.c_str())) {
        session.set_world(event.world);
        if (event.agent >= 0) session.select(event.agent);
        const auto to = static_cast<double>(event.position);
        session.driver().command([to](view::Timeline& t) { t.seek(to); });
      }
      ImGui::PopID();
    }
  }
  ImGui::EndChild();
}

}  // namespace volery::viewer
