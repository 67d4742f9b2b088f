// What layouts, spaces, plots and docs know about a number that crosses the boundary.
#pragma once

#include <limits>
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

/// The one number that tells how well a task was done.
struct Headline {
  std::string metric;  // by name; "": the return
  bool lower_is_better = false;
  float bound = std::numeric_limits<float>::quiet_NaN();  // the best known or possible, if any is
};

}  // namespace volery
