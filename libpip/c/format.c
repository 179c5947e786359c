/* SPDX-License-Identifier: Apache-2.0
 *
 * The formatter (format.h): reads one conversion specification after the other (C11 section 7.21.6.1).
 */
#include "libpip/c/format.h"

#include <stdbool.h>
#include <stdint.h>

#include "pip/string.h"

/* Where characters go, and how many went. */
struct sink {
  pip_put_character* put;
  void* target;
  size_t count;
};

/* One conversion specification. */
struct specification {
  bool left;      /* - */
  bool zero;      /* 0 */
  bool plus;      /* + */
  bool space;     /* ' ' */
  bool alternate; /* # */
  bool has_precision;
  size_t width;
  size_t precision;
};

/* The width of an integer argument. */
enum length { LENGTH_CHAR, LENGTH_SHORT, LENGTH_INT, LENGTH_LONG, LENGTH_LONG_LONG };

static void put(struct sink* sink, char character) {
  sink->put(sink->target, character);
  sink->count += 1;
}

static void put_many(struct sink* sink, const char* text, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    put(sink, text[i]);
  }
}

static void pad(struct sink* sink, char character, size_t count) {
  while (count-- != 0) {
    put(sink, character);
  }
}

/* Divides *value by base (at most 16) and returns the remainder, in 32-bit steps: a 64-bit division would need a
 * library function of the compiler. */
static uint32_t divide(uint64_t* value, uint32_t base) {
  const uint32_t high = (uint32_t)(*value >> 32);
  const uint32_t low = (uint32_t)*value;
  const uint32_t middle = (high % base) << 16 | low >> 16;
  const uint32_t rest = (middle % base) << 16 | (low & 0xFFFFu);
  *value = (uint64_t)(high / base) << 32 | (uint64_t)(middle / base) << 16 | rest / base;
  return rest % base;
}

enum { DIGITS_MAX = 22 }; /* 64 bits in base 8 */

/* Prints the sign or prefix, zeros, the digits of value, with the padding that the specification asks for. */
static void put_number(struct sink* sink, const struct specification* spec, uint64_t value, const char* prefix,
                       uint32_t base, bool upper_case) {
  char digits[DIGITS_MAX];
  size_t first = DIGITS_MAX;
  while (value != 0) {
    const uint32_t digit = divide(&value, base);
    digits[--first] = (upper_case ? "0123456789ABCDEF" : "0123456789abcdef")[digit];
  }
  const size_t digit_count = DIGITS_MAX - first;
  const size_t prefix_size = strlen(prefix);
  size_t zeros = spec->has_precision ? spec->precision : 1;
  zeros = zeros > digit_count ? zeros - digit_count : 0;
  if (base == 8 && spec->alternate && zeros == 0 && (digit_count == 0 || digits[first] != '0')) {
    zeros = 1;
  }
  const size_t size = prefix_size + zeros + digit_count;
  size_t padding = spec->width > size ? spec->width - size : 0;
  if (spec->zero && !spec->left && !spec->has_precision) {
    zeros += padding;
    padding = 0;
  }
  if (!spec->left) {
    pad(sink, ' ', padding);
  }
  put_many(sink, prefix, prefix_size);
  pad(sink, '0', zeros);
  put_many(sink, digits + first, digit_count);
  if (spec->left) {
    pad(sink, ' ', padding);
  }
}

static void put_text(struct sink* sink, const struct specification* spec, const char* text, size_t size) {
  const size_t padding = spec->width > size ? spec->width - size : 0;
  if (!spec->left) {
    pad(sink, ' ', padding);
  }
  put_many(sink, text, size);
  if (spec->left) {
    pad(sink, ' ', padding);
  }
}

static const char* parse_flags(struct specification* spec, const char* at) {
  for (;; ++at) {
    switch (*at) {
      case '-':
        spec->left = true;
        break;
      case '0':
        spec->zero = true;
        break;
      case '+':
        spec->plus = true;
        break;
      case ' ':
        spec->space = true;
        break;
      case '#':
        spec->alternate = true;
        break;
      default:
        return at;
    }
  }
}

static const char* parse_decimal(size_t* number, const char* at) {
  for (*number = 0; *at >= '0' && *at <= '9'; ++at) {
    *number = *number * 10 + (size_t)(*at - '0');
  }
  return at;
}

static const char* parse_length(enum length* length, const char* at) {
  *length = LENGTH_INT;
  switch (*at) {
    case 'h':
      *length = at[1] == 'h' ? LENGTH_CHAR : LENGTH_SHORT;
      return at + (at[1] == 'h' ? 2 : 1);
    case 'l':
      *length = at[1] == 'l' ? LENGTH_LONG_LONG : LENGTH_LONG;
      return at + (at[1] == 'l' ? 2 : 1);
    case 'j':
      *length = LENGTH_LONG_LONG;
      return at + 1;
    case 'z':
    case 't':
      *length = sizeof(size_t) == sizeof(long) ? LENGTH_LONG : LENGTH_INT;
      return at + 1;
    default:
      return at;
  }
}

/* A va_list that functions can advance: passing it by value would leave the caller's where it was. */
struct arguments {
  va_list list;
};

static int64_t next_signed(struct arguments* arguments, enum length length) {
  switch (length) {
    case LENGTH_CHAR:
      return (signed char)va_arg(arguments->list, int);
    case LENGTH_SHORT:
      return (short)va_arg(arguments->list, int);
    case LENGTH_LONG:
      return va_arg(arguments->list, long);
    case LENGTH_LONG_LONG:
      return va_arg(arguments->list, long long);
    default:
      return va_arg(arguments->list, int);
  }
}

static uint64_t next_unsigned(struct arguments* arguments, enum length length) {
  switch (length) {
    case LENGTH_CHAR:
      return (unsigned char)va_arg(arguments->list, unsigned);
    case LENGTH_SHORT:
      return (unsigned short)va_arg(arguments->list, unsigned);
    case LENGTH_LONG:
      return va_arg(arguments->list, unsigned long);
    case LENGTH_LONG_LONG:
      return va_arg(arguments->list, unsigned long long);
    default:
      return va_arg(arguments->list, unsigned);
  }
}

/* Width and precision, each a number or an argument.  A negative width means "left", a negative precision "none". */
static const char* parse_sizes(struct specification* spec, struct arguments* arguments, const char* at) {
  if (*at == '*') {
    const int width = va_arg(arguments->list, int);
    spec->left = spec->left || width < 0;
    spec->width = width < 0 ? 0u - (size_t)width : (size_t)width;
    ++at;
  } else {
    at = parse_decimal(&spec->width, at);
  }
  if (*at != '.') {
    return at;
  }
  ++at;
  spec->has_precision = true;
  if (*at == '*') {
    const int precision = va_arg(arguments->list, int);
    spec->has_precision = precision >= 0;
    spec->precision = precision < 0 ? 0 : (size_t)precision;
    return at + 1;
  }
  return parse_decimal(&spec->precision, at);
}

static void put_signed(struct sink* sink, const struct specification* spec, int64_t value) {
  const char* const sign = value < 0 ? "-" : spec->plus ? "+" : spec->space ? " " : "";
  put_number(sink, spec, value < 0 ? 0u - (uint64_t)value : (uint64_t)value, sign, 10, false);
}

static void put_string(struct sink* sink, const struct specification* spec, const char* text) {
  const char* const shown = text == NULL ? "(null)" : text;
  put_text(sink, spec, shown, spec->has_precision ? strnlen(shown, spec->precision) : strlen(shown));
}

/* Prints the conversion at `at`, which began at `percent`; returns what follows it. */
static const char* convert(struct sink* sink, struct arguments* arguments, const char* percent) {
  struct specification spec = {0};
  enum length length = LENGTH_INT;
  const char* at = parse_flags(&spec, percent + 1);
  at = parse_sizes(&spec, arguments, at);
  at = parse_length(&length, at);
  switch (*at) {
    case 'd':
    case 'i':
      put_signed(sink, &spec, next_signed(arguments, length));
      return at + 1;
    case 'u':
      put_number(sink, &spec, next_unsigned(arguments, length), "", 10, false);
      return at + 1;
    case 'o':
      put_number(sink, &spec, next_unsigned(arguments, length), "", 8, false);
      return at + 1;
    case 'x':
    case 'X': {
      const uint64_t value = next_unsigned(arguments, length);
      const char* const prefix = *at == 'x' ? "0x" : "0X";
      put_number(sink, &spec, value, spec.alternate && value != 0 ? prefix : "", 16, *at == 'X');
      return at + 1;
    }
    case 'p':
      put_number(sink, &spec, (uintptr_t)va_arg(arguments->list, void*), "0x", 16, false);
      return at + 1;
    case 'c': {
      const char character = (char)va_arg(arguments->list, int);
      put_text(sink, &spec, &character, 1);
      return at + 1;
    }
    case 's':
      put_string(sink, &spec, va_arg(arguments->list, const char*));
      return at + 1;
    case '%':
      put(sink, '%');
      return at + 1;
    default: /* unknown, or the format ends here: show it as it stands */
      put_many(sink, percent, (size_t)(at - percent));
      return at;
  }
}

size_t pip_format(pip_put_character* put_character, void* target, const char* format, va_list list) {
  struct sink sink = {.put = put_character, .target = target, .count = 0};
  struct arguments arguments;
  va_copy(arguments.list, list);
  while (*format != '\0') {
    if (*format == '%') {
      format = convert(&sink, &arguments, format);
    } else {
      put(&sink, *format);
      ++format;
    }
  }
  va_end(arguments.list);
  return sink.count;
}

/* A piece of memory that is being filled. */
struct memory {
  char* next;
  size_t left;
};

static void put_in_memory(void* target, char character) {
  struct memory* const memory = target;
  if (memory->left > 1) { /* the last byte is for the terminating 0 */
    *memory->next = character;
    memory->next += 1;
    memory->left -= 1;
  }
}

size_t pip_format_to_memory(char* buffer, size_t size, const char* format, va_list arguments) {
  struct memory memory;
  memory.next = buffer;
  memory.left = size;
  const size_t length = pip_format(put_in_memory, &memory, format, arguments);
  if (size != 0) {
    *memory.next = '\0';
  }
  return length;
}
