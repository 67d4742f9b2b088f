// Pictures and videos to files.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace volery::viewer {

/// RGB rows from the top down as a PNG file. Throws Error (kFile).
void write_png(const std::filesystem::path& file, int width, int height,
               std::span<const std::uint8_t> rgb);

/// The first of volery-0001.png, volery-0002.png, ... that does not exist in the current folder.
[[nodiscard]] std::filesystem::path next_name(const std::string& stem, const std::string& ending);

/// A video through ffmpeg where the system has it, else a folder of PNG files.
class Video {
 public:
  static constexpr int kRate_hz = 30;
  ~Video();
  [[nodiscard]] bool running() const noexcept { return running_; }
  /// Throws Error (kFile). Sizes are rounded down to even ones.
  void start(int width, int height);
  void add(int width, int height, std::span<const std::uint8_t> rgb);
  /// Where it is.
  std::string stop();

 private:
  bool running_ = false;
  int width_ = 0, height_ = 0, frames_ = 0;
  std::FILE* pipe_ = nullptr;
  std::filesystem::path path_;
};

}  // namespace volery::viewer
