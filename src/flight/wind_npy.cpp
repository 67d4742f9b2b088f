// NumPy's .npy files: a magic string, a version, the length of a header that is a Python dict, and
// the numbers (numpy.lib.format, "NEP 1").
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

#include "flight/wind_field.hpp"

namespace volery::flight {

namespace {

[[noreturn]] void refuse(const std::string& path, const std::string& file,
                         const std::string& reason) {
  throw Error(ErrorKind::kValue, path + " = \"" + file + "\": " + reason);
}

/// What follows `'key':` in the header, up to the next comma outside parentheses.
std::string entry_of(const std::string& header, const std::string& key) {
  const std::size_t at = header.find("'" + key + "'");
  if (at == std::string::npos) return "";
  std::size_t first = header.find(':', at);
  if (first == std::string::npos) return "";
  first = header.find_first_not_of(' ', first + 1);
  if (first == std::string::npos) return "";
  const bool tuple = header[first] == '(';
  const std::size_t last = header.find(tuple ? ')' : ',', first);
  return header.substr(first, last == std::string::npos ? last : last - first + (tuple ? 1 : 0));
}

/// The numbers of "(2, 3, 4, 3)"; empty where it is no tuple of lengths.
std::vector<int> shape_of(const std::string& tuple) {
  constexpr int kLongest = 1 << 26;
  std::vector<int> shape;
  int length = -1;
  for (const char c : tuple) {
    if (c >= '0' && c <= '9') {
      length = (length < 0 ? 0 : length) * 10 + (c - '0');
      if (length > kLongest) return {};
    } else if (length >= 0) {
      shape.push_back(length);
      length = -1;
    }
  }
  return shape;
}

std::string read_whole(const std::string& file, const std::string& path) {
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  // a directory opens but cannot be read
  if (!stream || (stream.peek(), stream.bad())) {
    throw Error(ErrorKind::kFile, path + ": cannot read '" + file + "': " + std::strerror(errno));
  }
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

}  // namespace

NumberArray read_npy(const std::string& file, const std::string& path) {
  const std::string bytes = read_whole(file, path);
  constexpr std::size_t kMagic = 8;  // with the version
  if (bytes.size() < kMagic + 4 || bytes.compare(0, 6, "\x93NUMPY") != 0) {
    refuse(path, file, "is no .npy file");
  }
  // version 1 has a length of two bytes, later ones of four
  const std::size_t length_bytes = bytes[6] == 1 ? 2 : 4;
  std::size_t header_size = 0;
  for (std::size_t i = length_bytes; i-- > 0;) {
    header_size = header_size << 8U | static_cast<unsigned char>(bytes[kMagic + i]);
  }
  const std::size_t begin = kMagic + length_bytes;
  if (header_size > bytes.size() - begin) refuse(path, file, "is cut short");
  const std::string header = bytes.substr(begin, header_size);

  const std::string type = entry_of(header, "descr");
  const bool is_double = type == "'<f8'";
  if (!is_double && type != "'<f4'") {
    refuse(path, file, "holds numbers of type " + type + ", must be float32 or float64");
  }
  if (entry_of(header, "fortran_order") != "False") {
    refuse(path, file, "is in Fortran order, must be in C order");
  }
  NumberArray out;
  out.shape = shape_of(entry_of(header, "shape"));
  double count = out.shape.empty() ? 0 : 1;
  for (const int length : out.shape) count *= length;
  const std::size_t data = begin + header_size;
  const std::size_t width = is_double ? sizeof(double) : sizeof(float);
  if (static_cast<double>(bytes.size() - data) != count * static_cast<double>(width)) {
    refuse(path, file, "does not hold as many numbers as its shape says");
  }
  out.values.resize(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < out.values.size(); ++i) {
    if (is_double) {
      double value = 0;
      std::memcpy(&value, bytes.data() + data + i * width, width);
      out.values[i] = static_cast<float>(value);
    } else {
      std::memcpy(&out.values[i], bytes.data() + data + i * width, width);
    }
  }
  return out;
}

}  // namespace volery::flight
