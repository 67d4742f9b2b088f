#include <limits>

#include "sense/rows_common.hpp"

namespace volery::sense {

std::vector<Column> vector_columns(const std::string& name, const std::string& unit, Frame frame,
                                   const std::string& doc) {
  constexpr float kUnbounded = std::numeric_limits<float>::infinity();
  std::vector<Column> columns;
  for (const char* axis : {"x", "y", "z"}) {
    columns.push_back({name + "_" + axis, unit, frame == Frame::kWorld ? "world" : "body",
                       -kUnbounded, kUnbounded, doc + ", " + axis});
  }
  return columns;
}

void describe_frame(FieldVisitor& v, Frame& frame, const char* doc) {
  v.choice("frame", frame, {"world", "body"}, doc);
}

}  // namespace volery::sense
