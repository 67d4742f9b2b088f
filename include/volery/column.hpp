// What layouts, spaces, plots and docs know about a number that crosses the boundary.
#pragma once

#include <string>

namespace volery {

/// One column of an action or observation row.
struct Column {
  std::string name;
  std::string unit;   // "" where dimensionless
  std::string frame;  // "world", "body" or ""
  float low = -1;
  float high = 1;
  std::string doc;
};

/// A named part of the reward, or a metric.
struct TermSpec {
  std::string name;
  std::string doc;
};

}  // namespace volery
