#include "sim/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace volery::sim {

namespace {
constexpr int kWidth = 32;
constexpr std::chrono::milliseconds kPeriod{100};
}  // namespace

Progress::Progress(long total)
    : total_(std::max(1L, total)),
      shown_(isatty(STDERR_FILENO) != 0),
      start_(std::chrono::steady_clock::now()),
      drawn_(start_ - kPeriod) {}

Progress::~Progress() {
  if (shown_) std::fputs("\r\033[K", stderr);
}

void Progress::update(long done, const std::string& note) {
  const auto now = std::chrono::steady_clock::now();
  if (!shown_ || (now - drawn_ < kPeriod && done < total_)) return;
  drawn_ = now;
  const double share = static_cast<double>(done) / static_cast<double>(total_);
  const double elapsed_s = std::chrono::duration<double>(now - start_).count();
  const double left_s = share > 0 ? elapsed_s * (1 / share - 1) : 0;
  const auto filled = static_cast<std::size_t>(share * kWidth);
  const std::string bar = std::string(filled, '#') + std::string(kWidth - filled, '-');
  std::fprintf(stderr, "\r\033[K[%s] %3.0f %%  %.0f s left  %s", bar.c_str(), 100 * share, left_s,
               note.c_str());
  std::fflush(stderr);
}

}  // namespace volery::sim
