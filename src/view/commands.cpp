// The table of commands.
#include "view/commands.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>

namespace volery::view {

namespace {

constexpr int pad_key(int digit) {
  return kKeyPad0 + digit;
}
constexpr Command layer(int i) {
  return static_cast<Command>(static_cast<int>(Command::kLayer1) + i);
}
constexpr Command scope(int i) {
  return static_cast<Command>(static_cast<int>(Command::kScope1) + i);
}

constexpr CommandRow kTable[] = {
    {Command::kOpenFile, "open", "File", "Open a recording or scene ...", {{'O', kModCtrl}}},
    {Command::kPicture, "picture", "File", "Save a picture", {{'P', kModCtrl}}},
    {Command::kVideo, "video", "File", "Record a video", {{'R', kModCtrl | kModShift}}},
    {Command::kQuit, "quit", "File", "Quit", {{'Q', kModCtrl}}},

    {Command::kPlayPause, "play_pause", "Sim", "Play or pause", {{kKeySpace}}},
    {Command::kStepBack, "step_back", "Sim", "One step back", {{kKeyLeft}}},
    {Command::kStepForward, "step_forward", "Sim", "One step forward", {{kKeyRight}}},
    {Command::kBackSecond, "back_second", "Sim", "1 s back", {{kKeyLeft, kModShift}}},
    {Command::kForwardSecond, "forward_second", "Sim", "1 s forward", {{kKeyRight, kModShift}}},
    {Command::kBackTen, "back_ten", "Sim", "10 s back", {{kKeyLeft, kModCtrl}}},
    {Command::kForwardTen, "forward_ten", "Sim", "10 s forward", {{kKeyRight, kModCtrl}}},
    {Command::kGoStart, "go_start", "Sim", "To the start", {{kKeyHome}}},
    {Command::kGoNewest, "go_newest", "Sim", "To the newest (live)", {{kKeyEnd}}},
    {Command::kSlower, "slower", "Sim", "Slower", {{kKeyMinus}, {kKeyPadSubtract}}},
    {Command::kFaster, "faster", "Sim", "Faster", {{kKeyEqual}, {kKeyPadAdd}}},
    {Command::kReverse, "reverse", "Sim", "Play backward (again: x2)", {{'J'}}},
    {Command::kStop, "stop", "Sim", "Stop", {{'K'}}},
    {Command::kForward, "forward", "Sim", "Play forward (again: x2)", {{'L'}}},
    {Command::kSetIn, "set_in", "Sim", "Loop begins here", {{'I'}}},
    {Command::kSetOut, "set_out", "Sim", "Loop ends here", {{'O'}}},
    {Command::kToggleLoop, "toggle_loop", "Sim", "Loop", {{'L', kModCtrl}}},
    {Command::kNextEvent, "next_event", "Sim", "Next event", {{'N'}}},
    {Command::kPreviousEvent, "previous_event", "Sim", "Previous event", {{'N', kModShift}}},
    {Command::kBookmark, "bookmark", "Sim", "Bookmark this time", {{'M'}}},
    {Command::kTypeTime, "type_time", "Sim", "Go to a time ...", {{'G', kModCtrl}}},
    {Command::kTrackIn, "track_in", "Sim", "Track: less time", {{kKeyEqual, kModShift}}},
    {Command::kTrackOut, "track_out", "Sim", "Track: more time", {{kKeyMinus, kModShift}}},
    {Command::kReset, "reset", "Sim", "Reset the run", {{kKeyBackspace}}},
    {Command::kBranch, "branch", "Sim", "Branch here: run on from the past", {{'B', kModCtrl}}},
    {Command::kPilot, "pilot", "Sim", "Fly the selected agent by keys", {{'P'}}},
    {Command::kPush, "push", "Sim", "Push the selected agents", {{'U'}}},
    {Command::kStopMotor,
     "stop_motor",
     "Sim",
     "Stop a motor of the selected agents",
     {{'U', kModShift}}},
    {Command::kJam,
     "jam",
     "Sim",
     "Jam the radio at the selected agent, or where you turn",
     {{'X'}}},
    {Command::kUnjam, "unjam", "Sim", "Take the jammers away", {{'X', kModShift}}},
    {Command::kSetConfig, "set_config", "Sim", "Set a field of the config ...", {{'E', kModCtrl}}},

    {Command::kFrame, "frame", "View", "Frame selection or all", {{'F'}}},
    {Command::kFollow, "follow", "View", "Follow the selected agent", {{'F', kModShift}}},
    {Command::kChaseOnboard, "chase_onboard", "View", "Chase or onboard camera", {{'C'}}},
    {Command::kFly, "fly", "View", "Fly the camera (WASD QE, Shift faster)", {{'V'}}},
    {Command::kPreviousCamera,
     "previous_camera",
     "View",
     "Previous saved camera",
     {{kKeyLeftBracket}}},
    {Command::kNextCamera, "next_camera", "View", "Next saved camera", {{kKeyRightBracket}}},
    {Command::kSaveCamera,
     "save_camera",
     "View",
     "Save this camera",
     {{kKeyLeftBracket, kModCtrl}}},
    {Command::kFront, "front", "View", "From the front", {{pad_key(1)}, {'1', kModAlt}}},
    {Command::kBack,
     "back",
     "View",
     "From behind",
     {{pad_key(1), kModCtrl}, {'1', kModAlt | kModCtrl}}},
    {Command::kRight, "right", "View", "From the right", {{pad_key(3)}, {'3', kModAlt}}},
    {Command::kLeft,
     "left",
     "View",
     "From the left",
     {{pad_key(3), kModCtrl}, {'3', kModAlt | kModCtrl}}},
    {Command::kTop, "top", "View", "From above", {{pad_key(7)}, {'7', kModAlt}}},
    {Command::kBottom,
     "bottom",
     "View",
     "From below",
     {{pad_key(7), kModCtrl}, {'7', kModAlt | kModCtrl}}},
    {Command::kOrtho, "ortho", "View", "Without perspective", {{pad_key(5)}, {'5', kModAlt}}},
    {Command::kHome, "home", "View", "Home", {{pad_key(0)}, {'0', kModAlt}}},
    {Command::kWorldGrid, "world_grid", "View", "Grid of worlds", {{'G'}}},
    {Command::kLeftPanel, "left_panel", "View", "Scene panel", {{kKeyTab}}},
    {Command::kRightPanel, "right_panel", "View", "Inspect panel", {{kKeyTab, kModShift}}},
    {Command::kHidePanels, "hide_panels", "View", "Hide all panels", {{'H'}}},
    {Command::kDrawer, "drawer", "View", "Drawer: plots, radio, events, timing", {{kKeyF2}}},
    {Command::kFullScreen, "full_screen", "View", "Full screen", {{kKeyF11}}},
    {Command::kTextLarger,
     "text_larger",
     "View",
     "Larger text",
     {{kKeyEqual, kModCtrl}, {kKeyPadAdd, kModCtrl}}},
    {Command::kTextSmaller,
     "text_smaller",
     "View",
     "Smaller text",
     {{kKeyMinus, kModCtrl}, {kKeyPadSubtract, kModCtrl}}},
    {Command::kTextReset, "text_reset", "View", "Normal text", {{kKey0, kModCtrl}}},
    {Command::kTheme, "theme", "View", "Light or dark", {{'T', kModCtrl}}},
    {Command::kResetLayout, "reset_layout", "View", "Reset the layout (cameras are kept)", {}},

    {Command::kNextAgent, "next_agent", "Select", "Next agent", {{kKeyPageDown}}},
    {Command::kPreviousAgent, "previous_agent", "Select", "Previous agent", {{kKeyPageUp}}},
    {Command::kNextWorld, "next_world", "Select", "Next world", {{kKeyPageDown, kModShift}}},
    {Command::kPreviousWorld,
     "previous_world",
     "Select",
     "Previous world",
     {{kKeyPageUp, kModShift}}},
    {Command::kSelectAll, "select_all", "Select", "Select all", {{'A', kModCtrl}}},
    {Command::kBoxSelect, "box_select", "Select", "Select by a box (B, then drag)", {{'B'}}},
    {Command::kFind, "find", "Select", "Find an agent", {{'F', kModCtrl}}},
    {Command::kIsolate, "isolate", "Select", "Show the selection alone", {{'I', kModShift}}},
    {Command::kCopy, "copy", "Select", "Copy the selection as JSON", {{'C', kModCtrl}}},

    {layer(0), "trails", "Layers", "Trails", {{'1'}}},
    {layer(1), "links", "Layers", "Radio links", {{'2'}}},
    {layer(2), "messages", "Layers", "Messages", {{'3'}}},
    {layer(3), "sensors", "Layers", "Sensors", {{'4'}}},
    {layer(4), "velocity", "Layers", "Velocity", {{'5'}}},
    {layer(5), "goals", "Layers", "Goals", {{'6'}}},
    {layer(6), "contacts", "Layers", "Contacts", {{'7'}}},
    {layer(7), "labels", "Layers", "Labels", {{'8'}}},
    {layer(8), "grid", "Layers", "Grid", {{'9'}}},
    {scope(0), "trails_scope", "Layers", "Trails: of whom", {{'1', kModShift}}},
    {scope(1), "links_scope", "Layers", "Radio links: of whom", {{'2', kModShift}}},
    {scope(2), "messages_scope", "Layers", "Messages: of whom", {{'3', kModShift}}},
    {scope(3), "sensors_scope", "Layers", "Sensors: of whom", {{'4', kModShift}}},
    {scope(4), "velocity_scope", "Layers", "Velocity: of whom", {{'5', kModShift}}},
    {scope(5), "goals_scope", "Layers", "Goals: of whom", {{'6', kModShift}}},
    {scope(6), "contacts_scope", "Layers", "Contacts: of whom", {{'7', kModShift}}},
    {scope(7), "labels_scope", "Layers", "Labels: of whom", {{'8', kModShift}}},

    {Command::kHelp, "help", "Help", "Keys and mouse", {{kKeyF1}}},
    {Command::kPalette, "palette", "Help", "Find a command", {{'K', kModCtrl}}},
    {Command::kEscape, "escape", "Help", "One step out, never quits", {{kKeyEscape}}},
};

std::string key_name(int key) {
  switch (key) {
    case kKeySpace:
      return "Space";
    case kKeyEscape:
      return "Esc";
    case kKeyEnter:
      return "Enter";
    case kKeyTab:
      return "Tab";
    case kKeyBackspace:
      return "Backspace";
    case kKeyRight:
      return "Right";
    case kKeyLeft:
      return "Left";
    case kKeyDown:
      return "Down";
    case kKeyUp:
      return "Up";
    case kKeyPageUp:
      return "PgUp";
    case kKeyPageDown:
      return "PgDn";
    case kKeyHome:
      return "Home";
    case kKeyEnd:
      return "End";
    case kKeyPadSubtract:
      return "Pad -";
    case kKeyPadAdd:
      return "Pad +";
    default:
      break;
  }
  if (key >= kKeyF1 && key < kKeyF1 + 25)
    return std::string("F").append(std::to_string(key - kKeyF1 + 1));
  if (key >= kKeyPad0 && key < kKeyPad0 + 10)
    return std::string("Pad ").append(std::to_string(key - kKeyPad0));
  return {static_cast<char>(key)};
}

char lower(char c) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

// How badly the words match: what is skipped between their letters, -1 where one is missing.
int mismatch(const std::string& words, const std::string& text) {
  std::size_t at = 0;
  int skipped = 0;
  for (const char c : words) {
    if (c == ' ') continue;
    const std::size_t from = at;
    while (at < text.size() && lower(text[at]) != lower(c)) ++at;
    if (at == text.size()) return -1;
    skipped += static_cast<int>(at - from);
    ++at;
  }
  return skipped;
}

}  // namespace

std::span<const CommandRow> commands() {
  return kTable;
}

const CommandRow& row_of(Command command) {
  return *std::find_if(std::begin(kTable), std::end(kTable),
                       [command](const CommandRow& row) { return row.command == command; });
}

const CommandRow* command_of(Chord chord) {
  for (const CommandRow& row : kTable) {
    for (const Chord& own : row.chords) {
      if (own.key != kKeyNone && own == chord) return &row;
    }
  }
  return nullptr;
}

std::string chord_text(Chord chord) {
  if (chord.key == kKeyNone) return "";
  std::string text;
  if (chord.mods & kModCtrl) text += "Ctrl+";
  if (chord.mods & kModAlt) text += "Alt+";
  if (chord.mods & kModShift) text += "Shift+";
  return text + key_name(chord.key);
}

std::string keys_text(const CommandRow& row) {
  const std::string first = chord_text(row.chords[0]);
  const std::string second = chord_text(row.chords[1]);
  return second.empty() ? first : first + " or " + second;
}

std::vector<std::string> clashes(std::span<const CommandRow> rows) {
  std::vector<std::string> found;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = i; j < rows.size(); ++j) {
      for (int a = 0; a < 2; ++a) {
        // a row is compared with itself for its two chords alone
        for (int b = j == i ? a + 1 : 0; b < 2; ++b) {
          const Chord& chord = rows[i].chords[a];
          if (chord.key == kKeyNone || !(chord == rows[j].chords[b])) continue;
          found.push_back(chord_text(chord) + ": " + rows[i].name + " and " + rows[j].name);
        }
      }
    }
  }
  return found;
}

std::vector<const CommandRow*> search_commands(const std::string& words) {
  std::vector<std::pair<int, const CommandRow*>> ranked;
  for (const CommandRow& row : kTable) {
    const int rank = mismatch(words, row.label);
    if (rank >= 0) ranked.emplace_back(rank, &row);
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<const CommandRow*> found;
  for (const auto& [rank, row] : ranked) found.push_back(row);
  return found;
}

}  // namespace volery::view
