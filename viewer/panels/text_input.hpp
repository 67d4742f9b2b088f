// Text fields over std::string: Dear ImGui's own, which needs its main header first.
#pragma once

// clang-format off
#include <imgui.h>
#include <imgui_stdlib.h>
// clang-format on
