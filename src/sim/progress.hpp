// A progress bar on the error stream, where that is a terminal; nothing in a pipe.
#pragma once

#include <chrono>
#include <string>

namespace volery::sim {

class Progress {
 public:
  explicit Progress(long total);
  /// Clears the bar, so that what follows starts on an empty line.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Redraws at most ten times a second.
  void update(long done, const std::string& note = "");

 private:
  long total_;
  bool shown_;
  std::chrono::steady_clock::time_point start_, drawn_;
};

}  // namespace volery::sim
