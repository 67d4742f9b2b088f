// Formatting and parsing, independent of the locale.
#include "view/numbers.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <vector>

namespace volery::view {

namespace {

std::string fixed(double value, int decimals) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  // no "-0.00"
  std::string out = text.data();
  if (out[0] == '-' && out.find_first_not_of("-0.") == std::string::npos) out.erase(0, 1);
  return out;
}

int decimals_of(const std::string& unit) {
  if (unit == "m" || unit == "m/s" || unit == "ms" || unit == "s" || unit == "m/s^2" ||
      unit == "m/s2" || unit == "N") {
    return 2;
  }
  if (unit == "rad") return 3;
  if (unit == "rad/s") return 2;
  if (unit == "deg") return 1;
  if (unit == "%" || unit == "bytes" || unit == "B") return 0;
  return -1;
}

bool read_number(const std::string& text, double& out) {
  if (text.empty() || text.find_first_not_of("0123456789.") != std::string::npos) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::string count_text(double count) {
  if (!std::isfinite(count)) return std::isnan(count) ? "NaN !" : "inf !";
  const double size = std::fabs(count);
  if (size >= 999'950) return fixed(count / 1e6, 1) + "M";
  if (size >= 10'000) return fixed(count / 1e3, 1) + "k";
  return fixed(count, 0);
}

std::string quantity(double value, const std::string& unit) {
  if (std::isnan(value)) return "NaN !";
  const std::string behind = unit.empty() ? "" : " " + unit;
  if (std::isinf(value)) return (value > 0 ? "inf !" : "-inf !") + behind;
  const double size = std::fabs(value);
  if (size >= 10'000) return count_text(value) + behind;
  const int decimals = decimals_of(unit);
  if (decimals >= 0) return fixed(value, decimals) + behind;
  if (size == std::floor(size)) return fixed(value, 0) + behind;
  // too small for three decimals to say anything
  if (size < 0.001) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.2e", value);
    return text.data() + behind;
  }
  return fixed(value, size >= 100 ? 1 : 3) + behind;
}

std::string full_text(double value) {
  std::array<char, 32> digits{};
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), static_cast<float>(value)).ptr;
  return {digits.data(), end};
}

std::string time_text(double time_s) {
  const std::string sign = time_s < 0 ? "-" : "";
  const auto ms = static_cast<std::int64_t>(std::llround(std::fabs(time_s) * 1000));
  std::array<char, 48> text{};
  const long long seconds = ms / 1000, rest = ms % 1000;
  if (seconds >= 3600) {
    std::snprintf(text.data(), text.size(), "%lld:%02lld:%02lld.%03lld", seconds / 3600,
                  seconds / 60 % 60, seconds % 60, rest);
  } else {
    std::snprintf(text.data(), text.size(), "%02lld:%02lld.%03lld", seconds / 60, seconds % 60,
                  rest);
  }
  return sign + text.data();
}

std::optional<TypedTime> parse_time(const std::string& typed) {
  std::string text = typed;
  text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
  if (!text.empty() && text.back() == 's') text.pop_back();
  if (text.empty()) return std::nullopt;
  if (text[0] == '#') {
    std::uint64_t step = 0;
    const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), step);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return TypedTime{std::nullopt, step};
  }
  // seconds, minutes, hours from the right
  double time_s = 0;
  int parts = 0;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t colon = std::min(text.find(':', begin), text.size());
    double value = 0;
    const std::string part = text.substr(begin, colon - begin);
    if (!read_number(part, value) || ++parts > 3) return std::nullopt;
    // only the seconds may have decimals
    if (colon < text.size() && part.find('.') != std::string::npos) return std::nullopt;
    if (parts > 1 && value >= 60) return std::nullopt;
    time_s = time_s * 60 + value;
    begin = colon + 1;
  }
  return TypedTime{time_s, std::nullopt};
}

std::string speed_text(double speed) {
  const std::string sign = speed < 0 ? "-" : "";
  const double size = std::fabs(speed);
  if (size >= 1 || size == 0) return "x" + sign + full_text(size);
  return "x" + sign + "1/" + full_text(std::round(1 / size));
}

}  // namespace volery::view
