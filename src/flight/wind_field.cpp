#include "flight/wind_field.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace volery::flight {

namespace {

constexpr const char* kPath = "wind.field.velocity_w_mps";
constexpr float kFastest_mps = 50;
// an entry is 12 bytes; beyond this a config is a mistake
constexpr std::size_t kMostNumbers = std::size_t{1} << 30U;

std::string index_text(const std::vector<int>& index) {
  std::string text = kPath;
  for (const int i : index) text += "[" + std::to_string(i) + "]";
  return text;
}

/// Appends the numbers of a nested array; lengths at each depth must agree with `shape`, whose
/// unknown ones (-1) the first array at that depth sets.
void flatten(const Value& value, std::size_t depth, std::vector<int>& index, NumberArray& out) {
  if (depth == out.shape.size()) {
    const bool whole = value.is<std::int64_t>();
    if (!whole && !value.is<double>()) {
      throw Error(ErrorKind::kType,
                  index_text(index) + ": must be a number, not " + value.type_name());
    }
    out.values.push_back(whole ? static_cast<float>(value.as<std::int64_t>())
                               : static_cast<float>(value.as<double>()));
    return;
  }
  if (!value.is<Value::Array>()) {
    throw Error(ErrorKind::kType, index_text(index) +
                                      ": must be an array of shape (nx, ny, nz, 3)"
                                      " or the path of a .npy file, not " +
                                      value.type_name());
  }
  const Value::Array& array = value.as<Value::Array>();
  int& expected = out.shape[depth];
  const int length = static_cast<int>(array.size());
  if (expected < 0) expected = length;
  if (length == 0 || length != expected) {
    throw Error(ErrorKind::kValue,
                index_text(index) + ": has " + std::to_string(length) + " entries, must have " +
                    (expected > 0 ? std::to_string(expected) : std::string("at least 1")) +
                    "; the shape is (nx, ny, nz, 3)");
  }
  for (int i = 0; i < length; ++i) {
    index.push_back(i);
    flatten(array[static_cast<std::size_t>(i)], depth + 1, index, out);
    index.pop_back();
  }
}

NumberArray numbers_of(const Value& value) {
  if (value.is<std::string>()) return read_npy(value.as<std::string>(), kPath);
  NumberArray out;
  out.shape = {-1, -1, -1, 3};
  std::vector<int> index;
  flatten(value, 0, index, out);
  return out;
}

void check_numbers(const NumberArray& numbers) {
  const std::vector<int>& n = numbers.shape;
  if (n.size() != 4 || n[3] != 3 || numbers.values.empty() ||
      numbers.values.size() > kMostNumbers) {
    std::string text;
    for (const int length : n) text += (text.empty() ? "" : ", ") + std::to_string(length);
    throw Error(ErrorKind::kValue, std::string(kPath) + ": has shape (" + text +
                                       "), must have (nx, ny, nz, 3), none of them 0");
  }
  for (std::size_t i = 0; i < numbers.values.size(); ++i) {
    const float v = numbers.values[i];
    if (v >= -kFastest_mps && v <= kFastest_mps) continue;
    std::size_t rest = i;
    std::vector<int> index(4);
    for (std::size_t d = 4; d-- > 0;) {
      const auto length = static_cast<std::size_t>(n[d]);
      index[d] = static_cast<int>(rest % length);
      rest /= length;
    }
    throw Error(ErrorKind::kValue,
                index_text(index) + " = " + std::to_string(v) + ": must be in [-50, 50] m/s");
  }
}

}  // namespace

bool WindFieldConfig::any() const noexcept {
  return !(velocity_w_mps.is_table() && velocity_w_mps.table().empty());
}

void WindFieldConfig::describe(FieldVisitor& v) {
  v.field("origin_w_m", origin_w_m,
          {.unit = "m", .low = -1e5, .high = 1e5, .doc = "of entry [0, 0, 0]", .size = 3});
  v.field(
      "spacing_m", spacing_m,
      {.unit = "m", .low = 1e-3, .high = 1e5, .doc = "between entries along x, y, z", .size = 3});
  v.tree("velocity_w_mps", velocity_w_mps,
         "air velocities, shape (nx, ny, nz, 3), or the path of a .npy file");
}

WindField::WindField(const WindFieldConfig& config) {
  if (!config.any()) return;
  NumberArray numbers = numbers_of(config.velocity_w_mps);
  check_numbers(numbers);
  velocity_w_mps_ = std::move(numbers.values);
  for (std::size_t axis = 0; axis < 3; ++axis) {
    count_[axis] = numbers.shape[axis];
    origin_w_m_[axis] = config.origin_w_m[axis];
    per_m_[axis] = 1 / config.spacing_m[axis];
  }
}

float WindField::largest_mps() const noexcept {
  float largest = 0;
  for (const float v : velocity_w_mps_) largest = std::max(largest, std::abs(v));
  return largest;
}

Vec3 WindField::at(Vec3 point_w_m) const noexcept {
  const float point[3] = {point_w_m.x, point_w_m.y, point_w_m.z};
  std::ptrdiff_t low[3], step[3];
  float share[3];
  for (int axis = 0; axis < 3; ++axis) {
    // the place in entries, cut to the grid; a grid of one entry along an axis is uniform there
    const float last = static_cast<float>(count_[axis] - 1);
    const float place = std::clamp((point[axis] - origin_w_m_[axis]) * per_m_[axis], 0.0F, last);
    low[axis] = std::min(static_cast<int>(place), std::max(0, count_[axis] - 2));
    share[axis] = place - static_cast<float>(low[axis]);
    step[axis] = count_[axis] > 1 ? 1 : 0;
  }
  const std::ptrdiff_t along_y = count_[2];
  const std::ptrdiff_t along_x = along_y * count_[1];
  const float* corner = velocity_w_mps_.data() + 3 * (low[0] * along_x + low[1] * along_y + low[2]);
  const std::ptrdiff_t dx = 3 * step[0] * along_x, dy = 3 * step[1] * along_y, dz = 3 * step[2];
  float out[3];
  for (int c = 0; c < 3; ++c) {
    const auto edge = [&](std::ptrdiff_t at) {
      const float a = corner[at + c], b = corner[at + dz + c];
      return a + share[2] * (b - a);
    };
    const float a = edge(0) + share[1] * (edge(dy) - edge(0));
    const float b = edge(dx) + share[1] * (edge(dx + dy) - edge(dx));
    out[c] = a + share[0] * (b - a);
  }
  return {out[0], out[1], out[2]};
}

}  // namespace volery::flight
