/* SPDX-License-Identifier: Apache-2.0
 *
 * A root partition in C that uses each name of pip/compat.h and pip/api.h, the way partitions did before this library:
 * it makes a child of its own image, passes a word forth and back, and takes everything apart.
 */
#include <pip/api.h>
#include <pip/calltable.h>
#include <pip/compat.h>
#include <pip/context.h>
#include <pip/fpinfo.h>
#include <pip/paging.h>
#include <pip/stdio.h>
#include <pip/string.h>
#include <pip/vidt.h>
#include <pip/wrappers.h>

#include "libpip/on_kernel/machine.h"

#define MAIN_SLOT 60
#define CHILD_SLOT 61
#define NOTHING_SLOT 62

extern char pip_image_begin[], pip_image_end[];

static uint32_t child;
static volatile uint32_t passed; /* written by the child as well */
static user_ctx_t main_context, child_context;

static void fail(const char* what) {
  printf("FAIL old names: %s\n", what);
  machine_fail();
  for (;;) {
  }
}

static void check(int condition, const char* what) {
  if (!condition) {
    fail(what);
  }
}

static void on_timer(void) {
  Pip_Yield(child, 48, NOTHING_SLOT, 0, 0);
  fail("the child was not resumed after a tick");
}

static void child_main(void) {
  VIDT[CHILD_SLOT] = &child_context;
  for (;;) {
    passed = passed * 3 + 1;
    Pip_Yield(0, MAIN_SLOT, CHILD_SLOT, 0, 0);
  }
}

static void make_child(void) {
  uint32_t pages[5];
  for (int i = 0; i < 5; i++) {
    pages[i] = (uint32_t)Pip_AllocPage();
  }
  child = pages[0];
  check(Pip_CreatePartition(pages[0], pages[1], pages[2], pages[3], pages[4]) == 1, "Pip_CreatePartition");
  for (uint32_t page = (uint32_t)pip_image_begin; page < (uint32_t)pip_image_end; page += PGSIZE) {
    check(Pip_MapPageWrapper(page, child, page) == SUCCESS, "Pip_MapPageWrapper");
  }

  /* Stack and VIDT, the tables by hand. */
  uint32_t* stack = Pip_AllocPage();
  user_ctx_t** vidt = Pip_AllocPage();
  memset(stack, 0, PAGE_SIZE);
  memset(vidt, 0, PAGE_SIZE);
  const uint32_t count = Pip_CountToMap(child, VIDT_VADDR);
  check(count == 3, "Pip_CountToMap");
  uint32_t list = 0;
  for (uint32_t i = 0; i < count; i++) {
    uint32_t* page = Pip_AllocPage();
    page[0] = list;
    list = (uint32_t)page;
  }
  const uint32_t rest = Pip_Prepare(child, VIDT_VADDR, list);
  check((rest & 1) == 1 && (rest & PGMASK) == 0, "Pip_Prepare");
  check(Pip_CountToMap(child, VIDT_VADDR) == 0, "Pip_CountToMap after Pip_Prepare");
  check(Pip_AddVAddr((uint32_t)vidt, child, VIDT_VADDR, 1, 1, 0) == 1, "Pip_AddVAddr of the VIDT");
  check(Pip_MapPageWrapperFlags((uint32_t)stack, child, VIDT_VADDR - PAGE_SIZE, 3) == SUCCESS,
        "Pip_MapPageWrapperFlags of the stack");

  user_ctx_t* const start = (user_ctx_t*)((char*)stack + PAGE_SIZE - sizeof(user_ctx_t));
  machine_set_start(start, (uint32_t)child_main, VIDT_VADDR - 2 * sizeof(user_ctx_t));
  vidt[0] = (user_ctx_t*)(VIDT_VADDR - sizeof(user_ctx_t));
  vidt[48] = (user_ctx_t*)(VIDT_VADDR - 2 * sizeof(user_ctx_t));

  check(Pip_MappedInChild((uint32_t)stack) == child, "Pip_MappedInChild");
  check(Pip_Get_Int_State(child) == 0, "Pip_Get_Int_State of a new child");
  check(Pip_Get_Int_State(child + PGSIZE) == 0xFFFFFFFF, "Pip_Get_Int_State of no child");
}

static void use_child(void) {
  uint32_t expected = passed;
  for (uint32_t round = 0; round < 100; round++) {
    check(Pip_Yield(child, round == 0 ? 0 : CHILD_SLOT, MAIN_SLOT, 0, 0) == 0, "Pip_Yield");
    expected = expected * 3 + 1;
    check(passed == expected, "what the child did");
  }
}

/* The children's pages of the second table come back one by one; the rest with the partition. */
static void take_apart(void) {
  check(Pip_RemoveVAddr(child, VIDT_VADDR) == 1, "Pip_RemoveVAddr");
  check(Pip_RemoveVAddr(child, VIDT_VADDR) == 0, "Pip_RemoveVAddr of nothing");
  check(Pip_Collect(child, VIDT_VADDR) == 0, "Pip_Collect of a table in use");
  check(Pip_RemoveVAddr(child, VIDT_VADDR - PAGE_SIZE) == 1, "Pip_RemoveVAddr");
  uint32_t pages = 0;
  for (uint32_t page = Pip_Collect(child, VIDT_VADDR); page != 0;) {
    const uint32_t next = *(uint32_t*)page;
    Pip_FreePage((void*)page);
    page = next;
    pages++;
  }
  check(pages == 3, "Pip_Collect");
  check(Pip_DeletePartition(child) == 1, "Pip_DeletePartition");
  check(Pip_DeletePartition(child) == 0, "Pip_DeletePartition twice");
}

/* The older lower-case names mean the same: each is a function. */
typedef void (*function_t)(void);
static const function_t older_names[] = {
    (function_t)countToMap,  (function_t)prepare,     (function_t)addVAddr, (function_t)getIntState,
    (function_t)setIntState, (function_t)removeVAddr, (function_t)collect,  (function_t)deletePartition,
    (function_t)initPaging,  (function_t)allocPage,   (function_t)freePage, (function_t)mapPageWrapper,
#if defined(__i386__)
    (function_t)outb,        (function_t)outw,        (function_t)outl,     (function_t)outaddrl,
    (function_t)inb,         (function_t)inw,         (function_t)inl,
#endif
};

static void use_older_names(void) {
  for (size_t i = 0; i < sizeof older_names / sizeof older_names[0]; ++i) {
    check(older_names[i] != NULL, "an older name");
  }
  check(createPartition(1, 2, 3, 4, 5) == 0, "createPartition");
  check(mappedInChild((uint32_t)pip_image_begin) == 0, "mappedInChild");
  check(yield(0, 0, 0, 0, 0) == 3, "yield of the root to its parent");
  check(machine_serial_is_ready(), "the serial port's status");
}

void main(pip_fpinfo* info) {
  check(info->magic == FPINFO_MAGIC, "the boot information");
  check(Pip_InitPaging(info->membegin, info->memend) > 0, "Pip_InitPaging");
  char text[32];
  sprintf(text, "%s %d %x", "text", -42, 0xCAFE);
  check(strcmp(text, "text -42 cafe") == 0, "sprintf");
  check(snprintf(text, 4, "%d", 12345) == 5 && strlen(text) == 3, "snprintf");
  printf("old names: %u KiB of free memory\n", (info->memend - info->membegin) / 1024);

  user_ctx_t* const timer = Pip_AllocContext();
  uint32_t* const stack = Pip_AllocPage();
  Pip_RegisterInterrupt(timer, 32, on_timer, stack + PGSIZE / 4, 0);
  VIDT[MAIN_SLOT] = &main_context;
  VIDT[NOTHING_SLOT] = 0;
  Pip_Set_Int_State(0);

  for (int i = 0; i < 3; i++) {
    make_child();
    use_child();
    take_apart();
  }
  use_older_names();
  puts("PASS old names: three children made, used and taken apart");
  machine_pass();
  for (;;) {
  }
}
