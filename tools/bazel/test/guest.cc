// SPDX-License-Identifier: Apache-2.0
// A guest that ends as the text of its first module says: for the tests of the rules that boot images.
#include <cstdint>

namespace {

// Multiboot 0.6.96, 3.3: what the boot loader knows.
struct BootInformation {
  std::uint32_t unused[5];
  std::uint32_t module_count;
  std::uint32_t modules;
};

struct Module {
  std::uint32_t begin;
  std::uint32_t end;
  std::uint32_t command_line;
  std::uint32_t reserved;
};

// Port instructions exist only in assembly; volatile, because they act outside the program.
void out_byte(std::uint16_t port, std::uint8_t value) { asm volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }
void out_word(std::uint16_t port, std::uint16_t value) { asm volatile("outw %0, %1" : : "a"(value), "Nd"(port)); }

std::uint8_t in_byte(std::uint16_t port) {
  std::uint8_t value;
  asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

// The 16550 at COM1 (PC16550D data sheet, 8): 115200 baud, 8 bits, no parity.
constexpr std::uint16_t kSerial = 0x3F8;

void start_serial() {
  out_byte(kSerial + 3, 0x80);
  out_byte(kSerial, 1);
  out_byte(kSerial + 1, 0);
  out_byte(kSerial + 3, 0x03);
}

// Waits until the byte has left: Bochs takes as long for it as hardware does, and a power-off would lose it.
void print(const char* text) {
  for (; *text != '\0'; ++text) {
    out_byte(kSerial, static_cast<std::uint8_t>(*text));
    while ((in_byte(kSerial + 5) & 0x40) == 0) {
    }
  }
}

bool begins_with(const char* text, const char* word) {
  for (; *word != '\0'; ++text, ++word) {
    if (*text != *word) {
      return false;
    }
  }
  return true;
}

void power_off() {
  out_word(0x604, 0x2000);
  // Bochs listens to this word instead.
  for (const char* letter = "Shutdown"; *letter != '\0'; ++letter) {
    out_byte(0x8900, static_cast<std::uint8_t>(*letter));
  }
}

void fail_exit() { out_byte(0xF4, 1); }

// Loads an empty table of interrupts and raises one: the processor can only reset.
void triple_fault() {
  struct [[gnu::packed]] {
    std::uint16_t limit = 0;
    std::uint32_t base = 0;
  } const empty;
  asm volatile("lidt %0; int3" : : "m"(empty));
}

}  // namespace

extern "C" void guest(const BootInformation* information) {
  start_serial();
  if (information->module_count == 0) {
    print("no module\n");
    fail_exit();
  }
  // The boot loader gives addresses as words; this guest runs without paging, so they are pointers.
  const auto* module = reinterpret_cast<const Module*>(information->modules);
  const auto* text = reinterpret_cast<const char*>(module->begin);
  print("module: ");
  print(reinterpret_cast<const char*>(module->command_line));
  print("\n");
  if (begins_with(text, "pass")) {
    print("PASS as told\n");
    power_off();
  } else if (begins_with(text, "fail")) {
    print("FAIL as told\n");
    fail_exit();
  } else if (begins_with(text, "lie")) {
    print("PASS but with the failure exit\n");
    fail_exit();
  } else if (begins_with(text, "words")) {
    print("kernel: last words\n");
    fail_exit();
  } else if (begins_with(text, "reset")) {
    print("PASS and then a reset\n");
    triple_fault();
  } else if (begins_with(text, "off")) {
    power_off();
  }
}
