// Field tables: which rows a block of bodies holds, declared by those who write them.
//
// Flight declares the rigid body and the rotors, controllers, sensors and tasks add theirs, each in
// its own file; from this one table come the arena, accessors, snapshots, the state hash,
// recordings and the docs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace volery {

struct FieldSpec {
  std::string name;      // with unit and frame: "vel_w_mps"
  int width = 1;         // rows, one per component
  std::string unit{};    // "" where dimensionless
  std::string frame{};   // "world", "body" or ""
  std::string writer{};  // the stage that writes it: "flight", "task hover"
  std::string doc{};
  float initial = 0;  // value after a reset, before the task places the agent
};

/// Where a declared field lives: rows [row, row + width) of each block.
struct FieldRef {
  int row = -1;
  int width = 0;
};

class FieldTable {
 public:
  /// Appends a field. Throws Error when the name is taken by a field of another width.
  FieldRef add(FieldSpec spec);
  /// The field of that name, or row -1.
  [[nodiscard]] FieldRef find(std::string_view name) const noexcept;
  [[nodiscard]] int num_rows() const noexcept { return num_rows_; }
  [[nodiscard]] const std::vector<FieldSpec>& fields() const noexcept { return fields_; }
  /// First row of fields()[index].
  [[nodiscard]] int row_of(int index) const noexcept {
    return rows_[static_cast<std::size_t>(index)];
  }

 private:
  std::vector<FieldSpec> fields_;
  std::vector<int> rows_;
  int num_rows_ = 0;
};

}  // namespace volery
