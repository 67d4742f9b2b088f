// Numbers as people read them: always with a unit, a fixed number of decimals per unit, so that
// columns do not dance. Times as they are typed and shown.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace volery::view {

/// "1.20 m", "87 %", "12.3k", "NaN !". Decimals: m, m/s, rad/s, ms, s 2, rad 3, deg 1, % 0, else 3
/// significant digits; `k` from 10,000 on for counts and pixels (unit "").
[[nodiscard]] std::string quantity(double value, const std::string& unit);
/// Rounded whole number with k and M: "9998", "10.0k", "1.2M".
[[nodiscard]] std::string count_text(double count);
/// In full, as it is copied.
[[nodiscard]] std::string full_text(double value);

/// "12.500 s", "01:02.500", "1:00:02.500"; the sign of times before the start is kept.
[[nodiscard]] std::string time_text(double time_s);

/// What somebody typed: a time or a step.
struct TypedTime {
  std::optional<double> time_s;
  std::optional<std::uint64_t> step;
};
/// "12.5", "1:02.5", "1:00:02", "#3000"; nothing for anything else.
[[nodiscard]] std::optional<TypedTime> parse_time(const std::string& text);

/// "x1", "x1/4", "x-2": a playing speed.
[[nodiscard]] std::string speed_text(double speed);

}  // namespace volery::view
