// SPDX-License-Identifier: Apache-2.0
//
// pip::Page: a virtual page, and the rights with which it is mapped.
#ifndef LIBPIP_CPP_PAGE_H_
#define LIBPIP_CPP_PAGE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "pip/services.h"

namespace pip {

// Bytes of a page.
inline constexpr std::uint32_t kPageBytes = 4096;
// Words of a page.
inline constexpr std::size_t kPageWords = 1024;

// A page-aligned virtual address, of this partition or of a child.  It says nothing about what is mapped there.
class Page {
 public:
  // The page that begins at `address`; nothing when the address is not page-aligned.
  static constexpr std::optional<Page> At(std::uint32_t address) {
    if (address % kPageBytes != 0) {
      return std::nullopt;
    }
    return Page(address / kPageBytes);
  }

  // The page that contains `address`.
  static constexpr Page Containing(std::uint32_t address) { return Page(address / kPageBytes); }

  // Which page it is, counted from address 0.
  constexpr std::uint32_t number() const { return number_; }
  // The address of its first byte.
  constexpr std::uint32_t address() const { return number_ * kPageBytes; }

  // The page `count` pages further up; counts on from 0 after the end of the address space.
  constexpr Page operator+(std::uint32_t count) const { return Page((number_ + count) % kPages); }

  // Whether it is the same address, in whatever partition.
  constexpr bool operator==(const Page&) const = default;

 private:
  static constexpr std::uint32_t kPages = 1u << 20;

  constexpr explicit Page(std::uint32_t number) : number_(number) {}

  std::uint32_t number_;
};

// The words of a page of this partition.  Right as long as the page is mapped and accessible: a page that was given to
// the kernel, or that nothing is mapped at, faults.
inline std::span<std::uint32_t, kPageWords> Words(Page page) {
  return std::span<std::uint32_t, kPageWords>(
      // The partition's memory has no other name than its address.
      reinterpret_cast<std::uint32_t*>(static_cast<std::uintptr_t>(page.address())), kPageWords);
}

// The bytes of a page of this partition.
inline std::span<std::byte, kPageBytes> Bytes(Page page) { return std::as_writable_bytes(Words(page)); }

// What a partition may do with a page.
enum class Rights : std::uint32_t {
  kRead = PIP_READ,
  kReadWrite = PIP_READ | PIP_WRITE,
  kReadExecute = PIP_READ | PIP_EXECUTE,
  kAll = PIP_READ | PIP_WRITE | PIP_EXECUTE,
};

}  // namespace pip

#endif  // LIBPIP_CPP_PAGE_H_
