// Small things that the files on drawn fields share.
#pragma once

#include <string>

#include "batch/randomize.hpp"

namespace volery::batch {

/// Refuses a range, naming it.
[[noreturn]] inline void refuse(const DrawnField& field, const std::string& why) {
  throw Error(ErrorKind::kValue, field.label + ": " + why);
}

/// Runs job() with the field's label in front of what it throws.
template <class Job>
void labelled(const DrawnField& field, Job&& job) {
  try {
    job();
  } catch (const Error& error) {
    throw Error(error.kind(), field.label + ": " + error.what());
  }
}

/// What a drawn value does with the field.
[[nodiscard]] inline NumberEdit edit_of(const DrawnField& field, float value) {
  return {field.path, field.config.how, value};
}

}  // namespace volery::batch
