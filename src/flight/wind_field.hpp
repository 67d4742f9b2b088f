// A wind field of the user's on a regular grid, interpolated trilinearly.
//
// Constant in time. Points outside the grid get the value at its nearest border.
#pragma once

#include <string>
#include <vector>

#include "core/described.hpp"
#include "core/types.hpp"
#include "volery/value.hpp"

namespace volery::flight {

/// Where the grid lies and what it holds.
struct WindFieldConfig {
  std::vector<float> origin_w_m{0, 0, 0};  // of entry [0, 0, 0]
  std::vector<float> spacing_m{1, 1, 1};   // between entries along x, y, z
  // shape (nx, ny, nz, 3): nested arrays (in Python also a NumPy array), or the path of a .npy file
  // of float32 or float64; an empty table: no field
  Value velocity_w_mps = Value::Table{};
  [[nodiscard]] bool any() const noexcept;
  void describe(FieldVisitor& v);
};

/// The field in memory.
class WindField {
 public:
  WindField() = default;
  /// Throws Error naming the path and the index for a shape or an entry that cannot be: kType for
  /// what is no array of numbers, kValue for uneven lengths, NaN, infinities, files of other kinds.
  explicit WindField(const WindFieldConfig& config);
  [[nodiscard]] bool any() const noexcept { return !velocity_w_mps_.empty(); }
  /// The largest component anywhere.
  [[nodiscard]] float largest_mps() const noexcept;
  /// Velocity at a finite point.
  [[nodiscard]] Vec3 at(Vec3 point_w_m) const noexcept;

 private:
  std::vector<float> velocity_w_mps_;  // [nx][ny][nz][3]
  int count_[3] = {0, 0, 0};
  float origin_w_m_[3] = {0, 0, 0};
  float per_m_[3] = {1, 1, 1};  // entries per metre
};

/// Numbers of an array with their shape.
struct NumberArray {
  std::vector<float> values;  // last index fastest
  std::vector<int> shape;
};
/// Reads a NumPy .npy file (format 1.0 to 3.0; float32 or float64, little-endian, C order). Throws
/// Error(kIo) where it cannot be read, Error(kValue) for any other content. `path` starts messages.
[[nodiscard]] NumberArray read_npy(const std::string& file, const std::string& path);

}  // namespace volery::flight
