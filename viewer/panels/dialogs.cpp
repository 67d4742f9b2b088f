// What opens over everything and goes with Esc: help, palette, find, open, context menu.

#include <cstring>

#include "viewer/panels/panel.hpp"
#include "viewer/panels/text_input.hpp"

namespace volery::viewer {

namespace {

constexpr ImGuiWindowFlags kDialog = ImGuiWindowFlags_NoCollapse |
                                     ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoResize |
                                     ImGuiWindowFlags_NoMove;

void place_dialog(const Panel& panel, float width, float height) {
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const float w = std::min(width * panel.scale, screen.x - 20);
  const float h = std::min(height * panel.scale, screen.y - 20);
  ImGui::SetNextWindowPos({(screen.x - w) / 2, std::max(10.0F, (screen.y - h) * 0.4F)});
  ImGui::SetNextWindowSize({w, h});
}

constexpr const char* kMouse[][2] = {
    {"Left drag", "orbit"},
    {"Right drag, Shift+left", "pan"},
    {"Middle drag", "orbit, with Shift pan"},
    {"Wheel", "zoom to the cursor"},
    {"Click", "select; Ctrl adds; empty clears"},
    {"Double click", "turn about that point"},
    {"Right click", "menu of the agent"},
    {"Ctrl+right drag", "force on the selected agents (live)"},
    {"Ctrl+left drag", "torque on the selected agents (live)"},
    {"Wheel on the track", "less or more time"},
    {"Edge of a panel", "drag; double click puts it back"},
};

void draw_help(Panel& panel) {
  view::Panels& panels = panel.session.panels;
  if (!panels.help) return;
  place_dialog(panel, 1000, 640);
  if (ImGui::Begin("Keys and mouse (F1 or Esc closes)", &panels.help, kDialog)) {
    // sections one after another over columns that scroll together
    const int columns = ImGui::GetWindowWidth() > 800 * panel.scale ? 2 : 1;
    if (ImGui::BeginTable("##help", columns, ImGuiTableFlags_SizingStretchSame)) {
      ImGui::TableNextColumn();
      const auto line = [](const std::string& keys, const char* what) {
        ImGui::TextColored(color_of(view::kTeamColors[1]), "%s", keys.c_str());
        // measured from where the column begins
        ImGui::SameLine(ImGui::CalcTextSize("Ctrl+Pad 1 or Ctrl+Alt+1   ").x);
        ImGui::TextUnformatted(what);
      };
      draw_heading("Mouse");
      for (const auto& row : kMouse) line(row[0], row[1]);
      for (const char* menu : {"Sim", "File", "Help", "View", "Select", "Layers"}) {
        if (columns == 2 && std::strcmp(menu, "View") == 0) ImGui::TableNextColumn();
        draw_heading(menu);
        for (const view::CommandRow& row : view::commands()) {
          const std::string keys = view::keys_text(row);
          if (std::strcmp(row.menu, menu) == 0 && !keys.empty()) line(keys, row.label);
        }
      }
      ImGui::EndTable();
    }
  }
  ImGui::End();
}

void draw_palette(Panel& panel) {
  view::Session& session = panel.session;
  if (!session.panels.palette) return;
  place_dialog(panel, 460, 360);
  if (ImGui::Begin("Find a command", &session.panels.palette, kDialog)) {
    view::Typed& typed = session.typed;
    if (ImGui::IsWindowAppearing()) {
      typed.palette.clear();
      typed.choice = 0;
      ImGui::SetKeyboardFocusHere();
    }
    ImGui::SetNextItemWidth(-1);
    const bool entered =
        ImGui::InputText("##words", &typed.palette, ImGuiInputTextFlags_EnterReturnsTrue);
    const auto found = view::search_commands(typed.palette);
    if (ImGui::IsKeyPressed(view::kKeyDown)) ++typed.choice;
    if (ImGui::IsKeyPressed(view::kKeyUp)) --typed.choice;
    typed.choice = std::clamp(typed.choice, 0, std::max(0, static_cast<int>(found.size()) - 1));
    ImGui::BeginChild("##found");
    for (std::size_t i = 0; i < found.size(); ++i) {
      const bool chosen = static_cast<int>(i) == typed.choice;
      const bool clicked = ImGui::Selectable(found[i]->label, chosen);
      const std::string keys = view::keys_text(*found[i]);
      ImGui::SameLine(ImGui::GetWindowContentRegionMax().x - ImGui::CalcTextSize(keys.c_str()).x);
      ImGui::TextColored(color_of(kDim), "%s", keys.c_str());
      if (chosen && ImGui::IsKeyPressed(view::kKeyDown)) ImGui::SetScrollHereY();
      if (clicked || (chosen && entered)) {
        session.panels.palette = false;
        session.apply(found[i]->command);
        break;
      }
    }
    ImGui::EndChild();
  }
  ImGui::End();
}

void draw_find(Panel& panel) {
  view::Session& session = panel.session;
  if (!session.panels.find) return;
  place_dialog(panel, 360, 96);
  if (ImGui::Begin("Find an agent", &session.panels.find, kDialog | ImGuiWindowFlags_NoScrollbar)) {
    if (ImGui::IsWindowAppearing()) {
      session.typed.find.clear();
      ImGui::SetKeyboardFocusHere();
    }
    ImGui::SetNextItemWidth(-1);
    if (ImGui::InputTextWithHint("##find", "12, d0012, a team or a vehicle", &session.typed.find,
                                 ImGuiInputTextFlags_EnterReturnsTrue)) {
      if (session.find(session.typed.find)) {
        session.panels.find = false;
        session.apply(view::Command::kFrame);
      } else {
        session.say("No agent fits \"" + session.typed.find + "\"");
      }
    }
  }
  ImGui::End();
}

void draw_open(Panel& panel) {
  view::Session& session = panel.session;
  if (!session.panels.open_file) return;
  place_dialog(panel, 520, 110);
  if (ImGui::Begin("Open", &session.panels.open_file, kDialog | ImGuiWindowFlags_NoScrollbar)) {
    if (ImGui::IsWindowAppearing()) ImGui::SetKeyboardFocusHere();
    ImGui::SetNextItemWidth(-1);
    if (ImGui::InputTextWithHint("##path", "run.vrec, scene.toml or config.toml",
                                 &session.typed.path, ImGuiInputTextFlags_EnterReturnsTrue)) {
      session.panels.open_file = false;
      if (panel.open_path != nullptr) *panel.open_path = session.typed.path;
    }
    ImGui::TextColored(color_of(kDim), "A file may also be dropped on the window.");
  }
  ImGui::End();
}

void draw_setting(Panel& panel) {
  view::Session& session = panel.session;
  if (!session.panels.type_setting) return;
  place_dialog(panel, 520, 110);
  if (ImGui::Begin("Set a field of the config", &session.panels.type_setting,
                   kDialog | ImGuiWindowFlags_NoScrollbar)) {
    if (ImGui::IsWindowAppearing()) ImGui::SetKeyboardFocusHere();
    ImGui::SetNextItemWidth(-1);
    if (ImGui::InputTextWithHint("##setting", "task_config.spacing_m=1.2", &session.typed.setting,
                                 ImGuiInputTextFlags_EnterReturnsTrue)) {
      session.panels.type_setting = false;
      session.set_config(session.typed.setting);
    }
    ImGui::TextColored(color_of(kDim), "All worlds, from the next reset on (Backspace).");
  }
  ImGui::End();
}

void draw_context_menu(Panel& panel) {
  if (panel.menu_asked != nullptr && *panel.menu_asked) {
    *panel.menu_asked = false;
    ImGui::OpenPopup("##menu");
  }
  if (!ImGui::BeginPopup("##menu")) return;
  const bool any = panel.session.subject() >= 0;
  if (any) {
    ImGui::TextColored(color_of(kDim), "%s", view::agent_name(panel.session.subject()).c_str());
  }
  for (const view::Command command :
       {view::Command::kFollow, view::Command::kFrame, view::Command::kChaseOnboard,
        view::Command::kIsolate, view::Command::kPilot, view::Command::kPush,
        view::Command::kStopMotor, view::Command::kCopy}) {
    const view::CommandRow& row = view::row_of(command);
    const bool alone = command == view::Command::kIsolate && !panel.session.isolated().empty();
    if (ImGui::MenuItem(alone ? "Show everybody" : row.label, view::keys_text(row).c_str(), false,
                        any || alone || command == view::Command::kFrame)) {
      panel.session.apply(command);
    }
  }
  ImGui::EndPopup();
}

}  // namespace

void draw_dialogs(Panel& panel) {
  draw_help(panel);
  draw_palette(panel);
  draw_find(panel);
  draw_open(panel);
  draw_setting(panel);
  draw_context_menu(panel);
}

}  // namespace volery::viewer
