// What each command does.
#include <algorithm>

#include "view/numbers.hpp"
#include "view/session.hpp"

namespace volery::view {

namespace {

constexpr float kScaleStep = 1.125F;

// What a command does to the timeline alone; null for the others.
void (*timeline_change(Command command))(Timeline&) {
  switch (command) {
    case Command::kPlayPause:
      return [](Timeline& t) { t.toggle_play(); };
    case Command::kStepBack:
      return [](Timeline& t) { t.step(-1); };
    case Command::kStepForward:
      return [](Timeline& t) { t.step(1); };
    case Command::kBackSecond:
      return [](Timeline& t) { t.skip(-1); };
    case Command::kForwardSecond:
      return [](Timeline& t) { t.skip(1); };
    case Command::kBackTen:
      return [](Timeline& t) { t.skip(-10); };
    case Command::kForwardTen:
      return [](Timeline& t) { t.skip(10); };
    case Command::kGoStart:
      return [](Timeline& t) { t.go_start(); };
    case Command::kGoNewest:
      return [](Timeline& t) { t.go_newest(); };
    case Command::kSlower:
      return [](Timeline& t) { t.slower(); };
    case Command::kFaster:
      return [](Timeline& t) { t.faster(); };
    case Command::kReverse:
      return [](Timeline& t) { t.play_backward(); };
    case Command::kStop:
      return [](Timeline& t) { t.pause(); };
    case Command::kForward:
      return [](Timeline& t) { t.play_forward(); };
    case Command::kSetIn:
      return [](Timeline& t) { t.set_in(); };
    case Command::kSetOut:
      return [](Timeline& t) { t.set_out(); };
    case Command::kToggleLoop:
      return [](Timeline& t) { t.toggle_loop(); };
    case Command::kBookmark:
      return [](Timeline& t) { t.toggle_bookmark(); };
    default:
      return nullptr;
  }
}

}  // namespace

void Session::apply(Command command) {
  if (!attached()) return;
  const int number = static_cast<int>(command);
  const int layer = number - static_cast<int>(Command::kLayer1);
  const int scope = number - static_cast<int>(Command::kScope1);
  if (layer >= 0 && layer < 9) return toggle_layer(layer);
  if (scope >= 0 && scope < 8) return cycle_scope(scope);
  if (apply_time(command) || apply_view(command) || apply_select(command) || apply_panel(command)) {
    return;
  }
  apply_interaction(command);
}

bool Session::apply_time(Command command) {
  if (const auto change = timeline_change(command)) {
    driver_->command(change);
    return true;
  }
  if (command == Command::kNextEvent || command == Command::kPreviousEvent) {
    driver_->go_event(command == Command::kNextEvent ? 1 : -1);
    return true;
  }
  if (command == Command::kTrackIn || command == Command::kTrackOut) {
    track.zoom(command == Command::kTrackIn ? 2 : -2, sight_->timeline.head());
    return true;
  }
  if (command == Command::kTypeTime) {
    panels.type_time = true;
    return true;
  }
  return false;
}

bool Session::apply_select(Command command) {
  switch (command) {
    case Command::kNextAgent:
      step_agent(1);
      break;
    case Command::kPreviousAgent:
      step_agent(-1);
      break;
    case Command::kNextWorld:
      set_world(world_ + 1);
      break;
    case Command::kPreviousWorld:
      set_world(world_ - 1);
      break;
    case Command::kSelectAll:
      selection_.agents.clear();
      for (const render::Body& body : frame_.vehicles) {
        selection_.agents.push_back(static_cast<int>(body.id));
      }
      break;
    case Command::kBoxSelect:
      boxing_ = !boxing_;
      break;
    case Command::kFind:
      panels.find = true;
      break;
    case Command::kIsolate:
      set_isolated(isolated_.empty());
      break;
    case Command::kCopy:
      copy_selection();
      break;
    default:
      return false;
  }
  return true;
}

bool Session::apply_panel(Command command) {
  switch (command) {
    case Command::kLeftPanel:
      panels.left = !panels.left;
      break;
    case Command::kRightPanel:
      panels.right = !panels.right;
      break;
    case Command::kHidePanels:
      panels.hidden = !panels.hidden;
      break;
    case Command::kHelp:
      panels.help = !panels.help;
      break;
    case Command::kDrawer:
      panels.drawer = !panels.drawer;
      break;
    case Command::kPalette:
      panels.palette = !panels.palette;
      break;
    case Command::kOpenFile:
      panels.open_file = true;
      break;
    case Command::kResetLayout:
      panels = Panels{};
      layers = Layers{};
      set_scale(1);
      break;
    case Command::kTheme:
      light = !light;
      break;
    case Command::kTextLarger:
      set_scale(scale_ * kScaleStep);
      break;
    case Command::kTextSmaller:
      set_scale(scale_ / kScaleStep);
      break;
    case Command::kTextReset:
      set_scale(1);
      break;
    case Command::kFullScreen:
      requests_.full_screen = true;
      break;
    case Command::kPicture:
      requests_.picture = true;
      break;
    case Command::kVideo:
      requests_.video = true;
      break;
    case Command::kQuit:
      requests_.quit = true;
      break;
    case Command::kEscape:
      escape();
      break;
    default:
      return false;
  }
  return true;
}

void Session::apply_interaction(Command command) {
  switch (command) {
    case Command::kPilot:
      set_pilot(!piloting_);
      break;
    case Command::kPush:
      push(push_w_mps);
      break;
    case Command::kStopMotor:
      stop_motor(rotor_to_stop);
      break;
    case Command::kJam:
      jam();
      break;
    case Command::kUnjam:
      driver_->intervene({.kind = Intervention::Kind::kUnjam, .world = world_});
      break;
    case Command::kSetConfig:
      panels.type_setting = true;
      break;
    case Command::kReset:
      driver_->restart(std::nullopt);
      break;
    case Command::kBranch:
      // a recording goes on as a live run, which is for the window to open
      if (std::string(sight_->kind) == "REPLAY") {
        requests_.branch = true;
        break;
      }
      driver_->branch();
      // from where it stands: what was the newest is being forgotten
      driver_->command([](Timeline& timeline) {
        if (timeline.speed() < 0) timeline.set_speed(1);
        if (!timeline.wants_to_play()) timeline.toggle_play();
      });
      say("Runs on from here; what came after is forgotten");
      break;
    default:
      break;
  }
}

// One step out: dialogs, drag, box, pilot, fly, mounted or follow, selection. Never quits.
void Session::escape() {
  if (panels.any_dialog()) {
    panels.close_dialogs();
  } else if (grip_ != Grip::kNone) {
    release_grip();
  } else if (boxing_) {
    boxing_ = false;
  } else if (piloting_) {
    set_pilot(false);
  } else if (rig_.mode() == CameraMode::kFly) {
    rig_.set_mode(CameraMode::kOrbit);
  } else if (following_) {
    set_follow(false);
  } else if (world_grid_) {
    world_grid_ = false;
  } else if (!isolated_.empty()) {
    set_isolated(false);
  } else {
    clear_selection();
  }
}

void Session::step_agent(int by) {
  const int count = driver_->scenery().num_agents;
  const int from = subject();
  select(from < 0 ? (by > 0 ? 0 : count - 1) : (from + by + count) % count);
}

void Session::copy_selection() {
  if (sight_->details.empty()) return say("Select an agent to copy");
  std::string text = sight_->details.size() > 1 ? "[" : "";
  for (std::size_t i = 0; i < sight_->details.size(); ++i) {
    if (i > 0) text += ",\n ";
    text += details_json(sight_->details[i], sight_->now.step, sight_->now.time_s, world_);
  }
  if (sight_->details.size() > 1) text += "]";
  requests_.copy = text;
  say("Copied as JSON");
}

Scope& Session::scope_of(int layer) {
  Scope* const scopes[] = {&layers.trails,   &layers.links, &layers.messages, &layers.sensors,
                           &layers.velocity, &layers.goals, &layers.contacts, &layers.labels};
  return *scopes[std::clamp(layer, 0, 7)];
}

Scope Session::scope_of(int layer) const {
  return const_cast<Session*>(this)->scope_of(layer);
}

void Session::toggle_layer(int layer) {
  if (layer == 8) {
    layers.grid = !layers.grid;
    return;
  }
  Scope& scope = scope_of(layer);
  Scope& last = last_scope_[layer];
  if (scope == Scope::kNone) {
    scope = last;
  } else {
    last = scope;
    scope = Scope::kNone;
  }
}

void Session::cycle_scope(int layer) {
  Scope& scope = scope_of(layer);
  scope = scope == Scope::kSelected    ? Scope::kNeighbors
          : scope == Scope::kNeighbors ? Scope::kAll
                                       : Scope::kSelected;
  last_scope_[layer] = scope;
}

}  // namespace volery::view
