#include "viewer/input.hpp"

#include <GLFW/glfw3.h>
#include <imgui.h>

#include <cmath>

namespace volery::viewer {

namespace {

Input* of(GLFWwindow* window) {
  return static_cast<Input*>(glfwGetWindowUserPointer(window));
}

bool is_function_key(int key) {
  return key == view::kKeyEscape || key >= view::kKeyF1;
}

// Chords that mean nothing to a text field.
bool leaves_text(int key, int mods) {
  if ((mods & view::kModCtrl) == 0 || (key >= view::kKeyRight && key <= view::kKeyUp)) return false;
  return key != 'A' && key != 'C' && key != 'V' && key != 'X' && key != 'Y' && key != 'Z';
}

}  // namespace

void Input::attach(GLFWwindow* window, view::Session* session) {
  window_ = window;
  session_ = session;
  glfwSetWindowUserPointer(window, this);
  glfwSetKeyCallback(window, [](GLFWwindow* w, int key, int, int action, int mods) {
    of(w)->on_key(key, action, mods);
  });
  glfwSetMouseButtonCallback(window, [](GLFWwindow* w, int button, int action, int mods) {
    of(w)->on_button(button, action, mods);
  });
  glfwSetCursorPosCallback(window, [](GLFWwindow* w, double x, double y) { of(w)->on_move(x, y); });
  glfwSetScrollCallback(window, [](GLFWwindow* w, double, double dy) { of(w)->on_wheel(dy); });
  glfwSetCursorEnterCallback(window, [](GLFWwindow* w, int entered) {
    if (entered == 0) of(w)->session_->leave();
  });
  glfwSetDropCallback(window, [](GLFWwindow* w, int count, const char** paths) {
    if (count > 0) of(w)->dropped_ = paths[0];
    of(w)->active_ = true;
  });
  glfwSetWindowRefreshCallback(window, [](GLFWwindow* w) { of(w)->active_ = true; });
  glfwSetFramebufferSizeCallback(window, [](GLFWwindow* w, int, int) { of(w)->active_ = true; });
}

void Input::on_key(int key, int action, int mods) {
  active_ = any_key_ = true;
  if (action == GLFW_RELEASE || !session_->attached()) return;
  mods &= view::kModShift | view::kModCtrl | view::kModAlt;
  const ImGuiIO& io = ImGui::GetIO();
  // text fields take everything but what cannot be typed
  if (io.WantTextInput && !is_function_key(key) && !leaves_text(key, mods)) return;
  // a focused panel is walked through by arrows, Space, Enter and Tab
  const bool walks = key == view::kKeySpace || key == view::kKeyTab || key == view::kKeyEnter ||
                     (key >= view::kKeyRight && key <= view::kKeyUp);
  if (io.NavVisible && io.WantCaptureKeyboard && walks && mods == 0) return;
  // a pilot's hands own all keys but three
  const bool out = key == view::kKeyEscape || key == view::kKeyF1;
  if (session_->piloting() && !out && (mods & view::kModCtrl) == 0) return;
  const bool flying = session_->rig().mode() == view::CameraMode::kFly;
  const bool fly_key =
      key == 'W' || key == 'A' || key == 'S' || key == 'D' || key == 'Q' || key == 'E';
  if (flying && fly_key && (mods & view::kModCtrl) == 0) return;
  const view::CommandRow* row = view::command_of({key, mods});
  if (row == nullptr) return;
  // held keys repeat only where that means something
  const bool repeats =
      row->command == view::Command::kStepBack || row->command == view::Command::kStepForward ||
      row->command == view::Command::kNextAgent || row->command == view::Command::kPreviousAgent;
  if (action == GLFW_REPEAT && !repeats) return;
  session_->apply(row->command);
}

void Input::on_button(int button, int action, int mods) {
  active_ = true;
  if (!session_->attached()) return;
  if (action == GLFW_PRESS) {
    if (ImGui::GetIO().WantCaptureMouse || button_ >= 0) return;
    ImGui::SetWindowFocus(nullptr);
    button_ = button;
    mods_ = mods;
    press_x_ = x_, press_y_ = y_;
    travel_px_ = 0;
    gripped_ = false;
    return;
  }
  if (button != button_) return;
  button_ = -1;
  if (travel_px_ < kClick_px) {
    on_click(button, mods);
  } else if (session_->boxing() && button == GLFW_MOUSE_BUTTON_LEFT) {
    session_->select_box(press_x_, press_y_, x_, y_, (mods & GLFW_MOD_CONTROL) != 0);
  }
  session_->release_grip();
  box_ = {};
}

void Input::on_click(int button, int mods) {
  if (button == GLFW_MOUSE_BUTTON_LEFT) {
    const double now_s = glfwGetTime();
    const bool again = now_s - last_click_s_ < kDouble_s &&
                       std::hypot(x_ - last_click_x_, y_ - last_click_y_) < kClick_px;
    last_click_s_ = again ? -10 : now_s;
    last_click_x_ = x_, last_click_y_ = y_;
    if (again)
      session_->double_click(x_, y_);
    else
      session_->click(x_, y_, (mods & GLFW_MOD_CONTROL) != 0);
  } else if (button == GLFW_MOUSE_BUTTON_RIGHT) {
    if (session_->selection().hovered >= 0) session_->select(session_->selection().hovered);
    menu_asked_ = true;
  }
}

void Input::on_move(double x, double y) {
  active_ = true;
  const double dx = x - x_, dy = y - y_;
  x_ = x, y_ = y;
  if (!session_->attached()) return;
  if (button_ < 0) {
    if (session_->view().holds(x, y) && !ImGui::GetIO().WantCaptureMouse)
      session_->hover(x, y);
    else
      session_->leave();
    return;
  }
  const bool was_click = travel_px_ < kClick_px;
  travel_px_ += std::hypot(dx, dy);
  if (travel_px_ < kClick_px) return;
  const bool left = button_ == GLFW_MOUSE_BUTTON_LEFT;
  const bool middle = button_ == GLFW_MOUSE_BUTTON_MIDDLE;
  const bool shift = (mods_ & GLFW_MOD_SHIFT) != 0, ctrl = (mods_ & GLFW_MOD_CONTROL) != 0;
  if (left && session_->boxing()) {
    box_ = {static_cast<float>(press_x_), static_cast<float>(press_y_),
            static_cast<float>(x - press_x_), static_cast<float>(y - press_y_)};
  } else if (ctrl && !middle && was_click &&
             session_->grab(left ? view::Grip::kTorque : view::Grip::kForce)) {
    gripped_ = true;
  } else if (gripped_) {
    session_->drag_grip(x - press_x_, y - press_y_);
  } else if ((left || middle) && !shift) {
    session_->drag_orbit(dx, dy);
  } else {
    session_->drag_pan(dx, dy);
  }
}

void Input::on_wheel(double dy) {
  active_ = true;
  if (!session_->attached() || ImGui::GetIO().WantCaptureMouse) return;
  session_->wheel(dy, x_, y_);
}

void Input::update(double dt_s) {
  if (!session_->attached() || ImGui::GetIO().WantTextInput) return;
  const auto held = [this](int key) { return glfwGetKey(window_, key) == GLFW_PRESS; };
  const auto axis = [&](int more, int less) {
    return static_cast<float>(held(more)) - static_cast<float>(held(less));
  };
  const bool piloting = session_->piloting();
  const bool flying = session_->rig().mode() == view::CameraMode::kFly;
  if (!piloting && !flying) return;
  view::Hands hands;
  hands.forward = axis('W', 'S');
  hands.left = axis('A', 'D');
  // the camera goes up and down with E and Q; a vehicle turns with them, and climbs with R and F
  hands.up = piloting ? axis('R', 'F') : axis('E', 'Q');
  hands.turn = piloting ? axis('Q', 'E') : 0;
  session_->hold(hands, held(GLFW_KEY_LEFT_SHIFT) || held(GLFW_KEY_RIGHT_SHIFT), dt_s);
  active_ = true;
}

}  // namespace volery::viewer
