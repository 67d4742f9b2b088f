#include "viewer/font.hpp"

#include <algorithm>
#include <cmath>

#ifdef VOLERY_FONT_FILE
// the bytes of the font, read by the assembler; clang and gcc alike
asm(".section .rodata\n"
    ".balign 16\n"
    "volery_font_begin:\n"
    ".incbin \"" VOLERY_FONT_FILE
    "\"\n"
    "volery_font_end:\n"
    ".byte 0\n"
    ".text\n");
extern "C" {
extern const unsigned char volery_font_begin[];
extern const unsigned char volery_font_end[];
}
#endif

namespace volery::viewer {

namespace {

constexpr float kText_px = 14;   // at scale 1
constexpr float kLeast_px = 13;  // smaller is hard to read

}  // namespace

void load_fonts(float scale) {
  ImGuiIO& io = ImGui::GetIO();
  io.Fonts->Clear();
  const float size_px = std::max(kLeast_px, std::round(kText_px * scale));
  ImFontConfig config;
#ifdef VOLERY_FONT_FILE
  config.FontDataOwnedByAtlas = false;
  config.OversampleH = 2;
  config.OversampleV = 1;
  config.PixelSnapH = true;
  static const ImWchar ranges[] = {0x20, 0xFF, 0x2190, 0x2193, 0x25A0, 0x25D0, 0};
  const auto bytes = static_cast<int>(volery_font_end - volery_font_begin);
  io.Fonts->AddFontFromMemoryTTF(const_cast<unsigned char*>(volery_font_begin), bytes, size_px,
                                 &config, ranges);
#else
  config.SizePixels = size_px;
  io.Fonts->AddFontDefault(&config);
#endif
}

}  // namespace volery::viewer
