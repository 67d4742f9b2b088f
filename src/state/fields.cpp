#include "state/fields.hpp"

#include "core/assert.hpp"
#include "volery/error.hpp"

namespace volery {

FieldRef FieldTable::add(FieldSpec spec) {
  VOLERY_ASSERT(spec.width > 0);
  // several owners may declare the same field, as long as they mean the same rows
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    if (fields_[i].name != spec.name) continue;
    if (fields_[i].width != spec.width) {
      throw Error(ErrorKind::kValue, "field '" + spec.name + "': declared " +
                                         std::to_string(spec.width) + " wide by " + spec.writer +
                                         " but " + std::to_string(fields_[i].width) + " wide by " +
                                         fields_[i].writer);
    }
    return {rows_[i], fields_[i].width};
  }
  const FieldRef ref{num_rows_, spec.width};
  rows_.push_back(num_rows_);
  num_rows_ += spec.width;
  fields_.push_back(std::move(spec));
  return ref;
}

FieldRef FieldTable::find(std::string_view name) const noexcept {
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    if (fields_[i].name == name) return {rows_[i], fields_[i].width};
  }
  return {};
}

}  // namespace volery
