// SPDX-License-Identifier: Apache-2.0
//
// Pages of the host at addresses below 4 GiB, so that libpip can name them with 32 bits as it does on its targets.
#ifndef LIBPIP_TEST_LOW_MEMORY_H_
#define LIBPIP_TEST_LOW_MEMORY_H_

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace pip::test {

inline constexpr std::uint32_t kPageSize = 4096;

// `pages` pages of zeros from begin() on; unmapped at the end.
class LowMemory {
 public:
  explicit LowMemory(std::uint32_t pages) : size_(std::size_t{pages} * kPageSize) {
    memory_ = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    if (memory_ == MAP_FAILED) {
      std::abort();
    }
  }
  ~LowMemory() { munmap(memory_, size_); }
  LowMemory(const LowMemory&) = delete;
  LowMemory& operator=(const LowMemory&) = delete;

  std::uint32_t begin() const { return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(memory_)); }
  std::uint32_t end() const { return begin() + static_cast<std::uint32_t>(size_); }

 private:
  std::size_t size_;
  void* memory_;
};

// The word at an address of low memory.
inline std::uint32_t& WordAt(std::uint32_t address) {
  return *reinterpret_cast<std::uint32_t*>(static_cast<std::uintptr_t>(address));
}

}  // namespace pip::test

#endif  // LIBPIP_TEST_LOW_MEMORY_H_
