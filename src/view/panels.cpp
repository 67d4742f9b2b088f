#include "view/panels.hpp"

namespace volery::view {

const char* drawer_tab_name(DrawerTab tab) noexcept {
  switch (tab) {
    case DrawerTab::kTiming:
      return "TIMING";
    case DrawerTab::kPlots:
      return "PLOTS";
    case DrawerTab::kEvents:
      return "EVENTS";
    case DrawerTab::kRadio:
      return "RADIO";
    case DrawerTab::kControl:
      break;
  }
  return "CONTROL";
}

bool Panels::any_dialog() const noexcept {
  return help || palette || find || type_time || open_file || type_setting;
}

void Panels::close_dialogs() noexcept {
  help = palette = find = type_time = open_file = type_setting = false;
}

}  // namespace volery::view
