// Commands: everything that a key or a menu can ask for, in one table. Keys, menus, help, palette
// and the clash test are made from it, so that none can say something else than the others.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace volery::view {

/// Key codes, those of GLFW: printable keys are their capital letter on a US keyboard.
enum Key : int {
  kKeyNone = 0,
  kKeySpace = 32,
  kKeyMinus = 45,
  kKey0 = 48,
  kKeyEqual = 61,
  kKeyLeftBracket = 91,
  kKeyRightBracket = 93,
  kKeyEscape = 256,
  kKeyEnter = 257,
  kKeyTab = 258,
  kKeyBackspace = 259,
  kKeyRight = 262,
  kKeyLeft = 263,
  kKeyDown = 264,
  kKeyUp = 265,
  kKeyPageUp = 266,
  kKeyPageDown = 267,
  kKeyHome = 268,
  kKeyEnd = 269,
  kKeyF1 = 290,
  kKeyF2 = 291,
  kKeyF11 = 300,
  kKeyPad0 = 320,
  kKeyPadSubtract = 333,
  kKeyPadAdd = 334,
};

/// Held with a key; GLFW's bits.
enum Mods : int { kModNone = 0, kModShift = 1, kModCtrl = 2, kModAlt = 4 };

struct Chord {
  int key = kKeyNone;
  int mods = kModNone;
  friend constexpr bool operator==(const Chord&, const Chord&) = default;
};

enum class Command : int {
  // time
  kPlayPause,
  kStepBack,
  kStepForward,
  kBackSecond,
  kForwardSecond,
  kBackTen,
  kForwardTen,
  kGoStart,
  kGoNewest,
  kSlower,
  kFaster,
  kReverse,
  kStop,
  kForward,
  kSetIn,
  kSetOut,
  kToggleLoop,
  kNextEvent,
  kPreviousEvent,
  kBookmark,
  kTypeTime,
  kReset,
  kBranch,
  kTrackIn,
  kTrackOut,
  // view
  kFrame,
  kFollow,
  kChaseOnboard,
  kFly,
  kPreviousCamera,
  kNextCamera,
  kSaveCamera,
  kFront,
  kBack,
  kRight,
  kLeft,
  kTop,
  kBottom,
  kOrtho,
  kHome,
  kWorldGrid,
  // selection
  kNextAgent,
  kPreviousAgent,
  kNextWorld,
  kPreviousWorld,
  kSelectAll,
  kBoxSelect,
  kFind,
  kIsolate,
  kCopy,
  // interaction
  kPilot,
  kPush,
  kStopMotor,
  kJam,
  kUnjam,
  kSetConfig,
  // layers; the scope of layer i is kScope1 + i
  kLayer1,
  kLayer9 = kLayer1 + 8,
  kScope1,
  kScope9 = kScope1 + 8,
  // panels
  kLeftPanel,
  kRightPanel,
  kHidePanels,
  kHelp,
  kDrawer,
  kFullScreen,
  kPalette,
  kResetLayout,
  kTheme,
  // file
  kOpenFile,
  kPicture,
  kVideo,
  kQuit,
  kTextLarger,
  kTextSmaller,
  kTextReset,
  kEscape,
};

struct CommandRow {
  Command command;
  const char* name;  // in reports and tests
  const char* menu;  // "File", "Sim", "View", "Select", "Layers"
  const char* label;
  Chord chords[2] = {};
};

/// All of them, in the order of menus and help.
[[nodiscard]] std::span<const CommandRow> commands();
[[nodiscard]] const CommandRow& row_of(Command command);
/// The command of a chord, or null.
[[nodiscard]] const CommandRow* command_of(Chord chord);
/// "Ctrl+Shift+R"; "" for none.
[[nodiscard]] std::string chord_text(Chord chord);
/// Its chords, joined by " or ".
[[nodiscard]] std::string keys_text(const CommandRow& row);
/// Pairs of rows that share a chord, in words; empty where all is well.
[[nodiscard]] std::vector<std::string> clashes(std::span<const CommandRow> rows);
/// Rows whose label holds all letters of the words in order, best first: what a palette lists.
[[nodiscard]] std::vector<const CommandRow*> search_commands(const std::string& words);

}  // namespace volery::view
