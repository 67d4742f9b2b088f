// What a run tells at its end: episodes, metrics, speed, contacts, state hash.
#pragma once

#include <chrono>
#include <vector>

#include "volery/batch.hpp"

namespace volery::sim {

class Summary {
 public:
  explicit Summary(const Batch& batch);
  /// Adds the step that the batch has just taken and how long it took.
  void add(std::chrono::steady_clock::duration time);
  /// As a table, or as one JSON object on one line. `stages`: what each stage of a step cost, ns
  /// per agent step; the batch times them.
  void print(bool json, bool stages = false) const;

 private:
  const Batch& batch_;
  long steps_ = 0;
  double step_s_ = 0;  // time in steps alone
  double length_sum_ = 0, return_sum_ = 0;
  long episodes_ = 0;
  std::vector<double> metric_sums_;
};

}  // namespace volery::sim
