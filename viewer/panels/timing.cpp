// TIMING: what simulator, the stages of its steps and the window spend their time on.
#include <cstdio>

#include "view/numbers.hpp"
#include "viewer/panels/panel.hpp"

namespace volery::viewer {

namespace {

// What is done at every picture in ms, what is done at every step in us.
void draw_rows(const view::StageTimes& times, const char* who, double scale, const char* format) {
  for (const view::StageTimes::Stage& stage : times.stages) {
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    ImGui::TextColored(color_of(kDim), "%s", who);
    ImGui::TableNextColumn();
    ImGui::TextUnformatted(stage.name.c_str());
    for (const double ms : {stage.now_ms, stage.mean_ms, stage.most_ms}) {
      ImGui::TableNextColumn();
      ImGui::Text(format, ms * scale);
    }
    ImGui::TableNextColumn();
    ImGui::TextUnformatted(view::count_text(static_cast<double>(stage.count)).c_str());
  }
}

}  // namespace

void draw_timing_tab(Panel& panel) {
  ImGui::TextColored(color_of(kDim), "%s   %.1f pictures/s %s", panel.device.c_str(),
                     panel.frame_ms > 0 ? 1000 / panel.frame_ms : 0, panel.saving.c_str());
  const ImGuiTableFlags flags = ImGuiTableFlags_RowBg | ImGuiTableFlags_SizingStretchProp;
  if (!ImGui::BeginTable("##timing", 6, flags)) return;
  for (const char* name : {"thread", "stage", "now", "mean", "most", "calls"}) {
    ImGui::TableSetupColumn(name);
  }
  ImGui::TableHeadersRow();
  constexpr const char* kMs = "%.2f ms";
  draw_rows(panel.session.sight().times, "simulator", 1, kMs);
  draw_rows(panel.session.sight().stage_times, "in a step", 1e3, "%.1f us");
  if (panel.window_times != nullptr) draw_rows(*panel.window_times, "window", 1, kMs);
  ImGui::EndTable();
}

}  // namespace volery::viewer
