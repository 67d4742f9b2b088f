// libFuzzer on the reader of recordings: cmake -DVOLERY_FUZZ=ON with clang, then
//
//   build/fuzz/recording_fuzz CORPUS tests/io/fuzz/corpus -max_len=65536 -rss_limit_mb=4096
#include "tests/io/fuzz/recording_target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const volery::io::FuzzTarget target;
  target.run({data, size});
  return 0;
}
