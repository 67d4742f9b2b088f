// PLOTS: numbers of agents over time. Clicking a number in the inspector adds it here.
#include <algorithm>
#include <cmath>
#include <limits>

#include "view/numbers.hpp"
#include "viewer/panels/panel.hpp"

namespace volery::viewer {

namespace {

constexpr double kSpan_s = 20;  // of the time axis, ending at the play head

struct Axis {
  double low = 0, high = 1;
};

Axis axis_of(const view::Series& series, double from, double to) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (std::size_t i = 0; i < series.values.size(); ++i) {
    const auto at = static_cast<double>(series.positions[i]);
    const auto value = static_cast<double>(series.values[i]);
    if (at < from || at > to || !std::isfinite(value)) continue;
    low = std::min(low, value), high = std::max(high, value);
  }
  if (low > high) return {};
  // a line that hardly moves is not blown up to fill the plot
  const double least = std::max(1e-3, 0.02 * std::max(std::fabs(low), std::fabs(high)));
  const double middle = (low + high) / 2, half = std::max(high - low, least) / 2 * 1.1;
  return {middle - half, middle + half};
}

std::string title_of(const view::Series& series) {
  return view::agent_name(series.key.agent) + " " + series.key.field + "[" +
         std::to_string(series.key.column) + "]";
}

void draw_curve(const Panel& panel, const view::Series& series, ImVec2 at, ImVec2 size) {
  const view::Timeline& timeline = panel.session.sight().timeline;
  const double to = timeline.head(), from = to - kSpan_s / timeline.step_s();
  const Axis axis = axis_of(series, from, to);
  ImDrawList* draw = ImGui::GetWindowDrawList();
  draw->AddRectFilled(at, {at.x + size.x, at.y + size.y},
                      ImGui::GetColorU32(ImGuiCol_FrameBg, 0.5F), 3);
  const auto place = [&](double position, double value) {
    return ImVec2{
        at.x + static_cast<float>((position - from) / (to - from)) * size.x,
        at.y + size.y - static_cast<float>((value - axis.low) / (axis.high - axis.low)) * size.y};
  };
  if (axis.low < 0 && axis.high > 0) {
    const float y = place(from, 0).y;
    draw->AddLine({at.x, y}, {at.x + size.x, y}, packed_color(kDim, 0.5F));
  }
  std::vector<ImVec2> line;
  for (std::size_t i = 0; i < series.values.size(); ++i) {
    const auto position = static_cast<double>(series.positions[i]);
    if (position < from || position > to) continue;
    if (std::isfinite(series.values[i])) {
      line.push_back(place(position, static_cast<double>(series.values[i])));
    }
  }
  draw->PushClipRect(at, {at.x + size.x, at.y + size.y}, true);
  draw->AddPolyline(line.data(), static_cast<int>(line.size()), packed_color(view::kTeamColors[0]),
                    0, 1.5F);
  draw->PopClipRect();
  draw->AddText({at.x + 4, at.y + 2}, packed_color(kDim),
                view::quantity(axis.high, series.unit).c_str());
  draw->AddText({at.x + 4, at.y + size.y - ImGui::GetTextLineHeight() - 2}, packed_color(kDim),
                view::quantity(axis.low, series.unit).c_str());
}

}  // namespace

void draw_plots_tab(Panel& panel) {
  view::Session& session = panel.session;
  const std::vector<view::Series>& all = session.sight().series;
  if (session.plots().empty()) {
    ImGui::TextColored(color_of(kDim), "Click a number in the inspector to plot it here.");
    return;
  }
  const int columns = all.size() > 2 ? 3 : 2;
  const float width = ImGui::GetContentRegionAvail().x / static_cast<float>(columns) - 8;
  const float text = ImGui::GetTextLineHeightWithSpacing();
  const float rows = std::ceil(static_cast<float>(all.size()) / static_cast<float>(columns));
  const float height = std::max(text * 3, ImGui::GetContentRegionAvail().y / rows - text * 1.5F);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const view::Series& series = all[i];
    if (i % static_cast<std::size_t>(columns) != 0) ImGui::SameLine();
    ImGui::PushID(static_cast<int>(i));
    ImGui::BeginGroup();
    const bool has = !series.values.empty();
    const std::string now =
        has ? view::quantity(static_cast<double>(series.values.back()), series.unit)
            : "no value yet";
    if (ImGui::SmallButton("x")) session.remove_plot(series.key);
    ImGui::SameLine();
    ImGui::Text("%s", title_of(series).c_str());
    ImGui::SameLine();
    ImGui::TextColored(color_of(view::kTeamColors[0]), "%s", now.c_str());
    const ImVec2 at = ImGui::GetCursorScreenPos();
    draw_curve(panel, series, at, {width, height});
    ImGui::Dummy({width, height});
    ImGui::EndGroup();
    ImGui::PopID();
  }
}

}  // namespace volery::viewer
