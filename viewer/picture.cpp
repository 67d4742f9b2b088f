// A small PNG writer: each row is stored as its difference from the row above, which is zeros
// wherever a picture is flat, and runs of equal bytes are packed (deflate, fixed codes).
#include "viewer/picture.hpp"

#include <array>
#include <fstream>

#include "volery/error.hpp"

namespace volery::viewer {

namespace {

class Bits {
 public:
  void put(std::uint32_t value, int count) {
    pending_ |= static_cast<std::uint64_t>(value) << held_;
    held_ += count;
    while (held_ >= 8) {
      bytes.push_back(static_cast<std::uint8_t>(pending_));
      pending_ >>= 8;
      held_ -= 8;
    }
  }
  // Huffman codes come highest bit first
  void put_code(std::uint32_t code, int count) {
    std::uint32_t turned = 0;
    for (int i = 0; i < count; ++i) turned |= ((code >> i) & 1U) << (count - 1 - i);
    put(turned, count);
  }
  void flush() {
    if (held_ > 0) put(0, 8 - held_);
  }
  std::vector<std::uint8_t> bytes;

 private:
  std::uint64_t pending_ = 0;
  int held_ = 0;
};

// RFC 1951, 3.2.6
void put_symbol(Bits& bits, int symbol) {
  const auto s = static_cast<std::uint32_t>(symbol);
  if (symbol < 144)
    bits.put_code(0x30 + s, 8);
  else if (symbol < 256)
    bits.put_code(0x190 + s - 144, 9);
  else if (symbol < 280)
    bits.put_code(s - 256, 7);
  else
    bits.put_code(0xC0 + s - 280, 8);
}

// A run that repeats the byte before it: length 3 to 258, distance 1.
void put_run(Bits& bits, int length) {
  static constexpr std::array<int, 29> kBase{3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                             15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                             67, 83, 99, 115, 131, 163, 195, 227, 258};
  static constexpr std::array<int, 29> kExtra{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                              2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
  std::size_t code = 28;
  while (kBase[code] > length) --code;
  put_symbol(bits, 257 + static_cast<int>(code));
  bits.put(static_cast<std::uint32_t>(length - kBase[code]), kExtra[code]);
  bits.put_code(0, 5);
}

std::vector<std::uint8_t> packed(const std::vector<std::uint8_t>& raw) {
  Bits bits;
  bits.bytes = {0x78, 0x01};  // RFC 1950
  bits.put(1, 1);
  bits.put(1, 2);
  for (std::size_t i = 0; i < raw.size();) {
    put_symbol(bits, raw[i]);
    std::size_t end = i + 1;
    while (end < raw.size() && raw[end] == raw[i] && end - i - 1 < 258) ++end;
    const auto run = static_cast<int>(end - i - 1);
    if (run >= 3) {
      put_run(bits, run);
      i = end;
    } else {
      ++i;
    }
  }
  put_symbol(bits, 256);
  bits.flush();
  std::uint32_t a = 1, b = 0;
  for (const std::uint8_t byte : raw) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  for (const std::uint32_t half : {b, a}) {
    bits.bytes.push_back(static_cast<std::uint8_t>(half >> 8));
    bits.bytes.push_back(static_cast<std::uint8_t>(half));
  }
  return std::move(bits.bytes);
}

std::uint32_t crc_of(std::span<const std::uint8_t> bytes) {
  static const std::array<std::uint32_t, 256> table = [] {
    std::array<std::uint32_t, 256> t{};
    for (std::uint32_t n = 0; n < 256; ++n) {
      std::uint32_t c = n;
      for (int k = 0; k < 8; ++k) c = (c & 1U) != 0 ? 0xEDB88320U ^ (c >> 1U) : c >> 1U;
      t[n] = c;
    }
    return t;
  }();
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const std::uint8_t byte : bytes) crc = table[(crc ^ byte) & 0xFFU] ^ (crc >> 8U);
  return crc ^ 0xFFFFFFFFU;
}

void put_u32(std::vector<std::uint8_t>& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8)
    out.push_back(static_cast<std::uint8_t>(value >> shift));
}

void put_chunk(std::vector<std::uint8_t>& out, const char* type,
               const std::vector<std::uint8_t>& data) {
  put_u32(out, static_cast<std::uint32_t>(data.size()));
  const std::size_t begin = out.size();
  out.insert(out.end(), type, type + 4);
  out.insert(out.end(), data.begin(), data.end());
  put_u32(out, crc_of({out.data() + begin, out.size() - begin}));
}

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
  const std::size_t row = static_cast<std::size_t>(width) * 3;
  std::vector<std::uint8_t> raw;
  raw.reserve((row + 1) * static_cast<std::size_t>(height));
  for (std::size_t y = 0; y < static_cast<std::size_t>(height); ++y) {
    raw.push_back(2);  // filter: minus the byte above
    for (std::size_t x = 0; x < row; ++x) {
      const std::uint8_t above = y == 0 ? 0 : rgb[(y - 1) * row + x];
      raw.push_back(static_cast<std::uint8_t>(rgb[y * row + x] - above));
    }
  }
  std::vector<std::uint8_t> out{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  std::vector<std::uint8_t> head;
  put_u32(head, static_cast<std::uint32_t>(width));
  put_u32(head, static_cast<std::uint32_t>(height));
  head.insert(head.end(), {8, 2, 0, 0, 0});
  put_chunk(out, "IHDR", head);
  put_chunk(out, "IDAT", packed(raw));
  put_chunk(out, "IEND", {});
  std::ofstream stream(file, std::ios::binary);
  stream.write(reinterpret_cast<const char*>(out.data()), static_cast<std::streamsize>(out.size()));
  stream.close();
  if (!stream) throw Error(ErrorKind::kFile, file.string() + ": cannot be written");
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
