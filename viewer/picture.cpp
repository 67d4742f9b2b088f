#include "viewer/picture.hpp"

#include <array>
#include <fstream>

#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#include <stb/stb_image_write.h>

#include "volery/error.hpp"

namespace volery::viewer {

namespace {

bool has_ffmpeg() {
  std::FILE* pipe = popen("command -v ffmpeg", "r");
  if (pipe == nullptr) return false;
  std::array<char, 8> answer{};
  const bool any = std::fgets(answer.data(), answer.size(), pipe) != nullptr;
  pclose(pipe);
  return any;
}

}  // namespace

void write_png(const std::filesystem::path& file, int width, int height,
               std::span<const std::uint8_t> rgb) {
  std::ofstream stream(file, std::ios::binary);
  const auto take = [](void* to, void* data, int size) {
    static_cast<std::ofstream*>(to)->write(static_cast<const char*>(data), size);
  };
  const int whole = stbi_write_png_to_func(take, &stream, width, height, 3, rgb.data(), width * 3);
  stream.close();
  if (whole == 0 || !stream) throw Error(ErrorKind::kFile, file.string() + ": cannot be written");
}

std::filesystem::path next_name(const std::string& stem, const std::string& ending) {
  for (int i = 1; i < 10000; ++i) {
    std::array<char, 16> number{};
    std::snprintf(number.data(), number.size(), "-%04d", i);
    std::filesystem::path name = stem + number.data() + ending;
    std::error_code error;
    if (!std::filesystem::exists(name, error)) return name;
  }
  return stem + ending;
}

Video::~Video() {
  stop();
}

void Video::start(int width, int height) {
  width_ = width & ~1, height_ = height & ~1;
  frames_ = 0;
  if (has_ffmpeg()) {
    path_ = next_name("volery", ".mp4");
    const std::string command = "ffmpeg -loglevel error -y -f rawvideo -pix_fmt rgb24 -s " +
                                std::to_string(width_) + "x" + std::to_string(height_) + " -r " +
                                std::to_string(kRate_hz) + " -i - -pix_fmt yuv420p " +
                                path_.string();
    pipe_ = popen(command.c_str(), "w");
  }
  if (pipe_ == nullptr) {
    path_ = next_name("volery-frames", "");
    std::error_code error;
    std::filesystem::create_directory(path_, error);
    if (error) throw Error(ErrorKind::kFile, path_.string() + ": " + error.message());
  }
  running_ = true;
}

void Video::add(int width, int height, std::span<const std::uint8_t> rgb) {
  if (!running_ || width < width_ || height < height_) return;
  const std::size_t from_row = static_cast<std::size_t>(width) * 3;
  const std::size_t row = static_cast<std::size_t>(width_) * 3;
  std::vector<std::uint8_t> cut;
  for (std::size_t y = 0; y < static_cast<std::size_t>(height_); ++y) {
    const auto begin = rgb.begin() + static_cast<std::ptrdiff_t>(y * from_row);
    cut.insert(cut.end(), begin, begin + static_cast<std::ptrdiff_t>(row));
  }
  ++frames_;
  if (pipe_ != nullptr) {
    if (std::fwrite(cut.data(), 1, cut.size(), pipe_) != cut.size()) {
      stop();
      throw Error(ErrorKind::kFile, path_.string() + ": ffmpeg takes no more");
    }
  } else {
    std::array<char, 24> name{};
    std::snprintf(name.data(), name.size(), "%06d.png", frames_);
    write_png(path_ / name.data(), width_, height_, cut);
  }
}

std::string Video::stop() {
  if (!running_) return "";
  running_ = false;
  if (pipe_ != nullptr) pclose(pipe_);
  pipe_ = nullptr;
  return path_.string() + " (" + std::to_string(frames_) + " pictures)";
}

}  // namespace volery::viewer
