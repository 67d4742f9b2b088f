// Benchmarks: the same from `volery-sim bench`, from `volery bench` and from tests.
//
// A case is a function from sizes to figures. Each repeats what it measures at least five times and
// gives the median; whatever it compares with runs in the same process, interleaved, because
// machines differ and so do minutes.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace volery::bench {

/// Sizes; 0 takes the case's own.
struct Options {
  int worlds = 0;
  int agents = 0;
  int threads = 1;
  int repeats = 0;     // 0: kDefaultRepeats
  bool quick = false;  // a smoke run: small sizes, short repeats, figures that mean little
};
inline constexpr int kDefaultRepeats = 25;
inline constexpr int kLeastRepeats = 5;

/// A case-specific figure, its unit in the name.
using Figure = std::pair<std::string, double>;

/// Figures of one row, for cases that measure several sizes or shares.
using Row = std::vector<Figure>;

struct Result {
  std::string case_name;
  int worlds = 0;
  int agents = 0;  // per world
  int threads = 1;
  int substeps = 0;              // per agent step
  double ns_per_agent_step = 0;  // median
  double min = 0, max = 0;       // ns per agent step of the fastest and slowest repeat
  int repeats = 0;
  std::vector<Figure> figures;
  std::vector<Row> rows;
};

struct Case {
  const char* name;
  const char* doc;
  Result (*run)(const Options& options);
};

/// All cases, in the order of the docs.
[[nodiscard]] const std::vector<Case>& cases();

/// Runs a case. Throws Error for an unknown name or sizes that the case cannot take.
[[nodiscard]] Result run(const std::string& name, const Options& options);

/// One JSON object on one line, with instruction set, CPU and load of the machine.
[[nodiscard]] std::string to_json(const Result& result);
/// The same for people, several lines.
[[nodiscard]] std::string to_text(const Result& result);

}  // namespace volery::bench
