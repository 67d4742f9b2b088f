#include "tests/core/allocations.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {
std::atomic<long> count{0};
}  // namespace

// In a file of their own, so that the compiler cannot inline one half of a pair and warn about it.
// The form that returns null is std::stable_sort's: left to AddressSanitizer, whose memory must not
// reach the std::free below, it would end the program.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  count.fetch_add(1, std::memory_order_relaxed);
  return std::malloc(size == 0 ? 1 : size);
}
void* operator new(std::size_t size) {
  if (void* memory = operator new(size, std::nothrow)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace volery {

long num_allocations() noexcept {
  return count.load();
}

}  // namespace volery
