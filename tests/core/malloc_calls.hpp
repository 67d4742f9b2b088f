// Counts calls of malloc, which operator new makes as well, in all threads of a test program: by
// standing in front of it. For one source of a program alone; the sanitizers stand there
// themselves, and VOLERY_COUNTS_MALLOC is then undefined.
#pragma once

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define VOLERY_COUNTS_MALLOC

#include <atomic>
#include <cstdlib>

namespace volery::test {
inline std::atomic<long> malloc_calls{0};  // only differences mean something
}  // namespace volery::test

// NOLINTBEGIN(readability-identifier-naming): names of the C library
extern "C" void* __libc_malloc(std::size_t size);
extern "C" void* malloc(std::size_t size) {
  volery::test::malloc_calls.fetch_add(1, std::memory_order_relaxed);
  return __libc_malloc(size);
}
// NOLINTEND(readability-identifier-naming)

#endif
