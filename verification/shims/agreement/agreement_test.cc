// SPDX-License-Identifier: Apache-2.0
//
// One contract, two readers: the C shim, its ACSL contract (contracts_to_cpp.py) and the primitive on words that Coq
// knows (verification/words, extracted) agree, for every primitive, on all positions of small memories.
//
// For each call that a contract allows: the shim does what the words do; the contract holds of that; and of no other
// outcome, as far as single wrong results and wrong words are tried.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <utility>

#include "pipcore/arch/host/oracle_process.h"
#include "verification/shims/agreement/contract.h"

extern "C" {
// What pip/memory.h and the shims' pip/machine.h declare.
alignas(4096) std::uint32_t physical_memory[PIP_MAXIMUM_FRAMES][PIP_TABLE_SIZE];
std::uint32_t registers[PIP_CONTEXT_WORDS];
std::uint32_t kernel_directory[PIP_TABLE_SIZE];
page_t running_partition = 1;
page_t root_partition = 2;
std::uint32_t frame_count = 0x5000;
std::uint32_t loaded_mmu_root = 0;
vaddr_t invalidated_page = 0;

void load_mmu_root(std::uint32_t address) { loaded_mmu_root = address; }
void invalidate(vaddr_t v) { invalidated_page = v; }
void entry_written(page_t /*p*/, index_t /*i*/, entry_t /*e*/) {}
void table_written(page_t /*p*/) {}
void copy_context(std::uint32_t* to, const std::uint32_t* from) { std::copy_n(from, PIP_CONTEXT_WORDS, to); }
void unreachable() { std::abort(); }
}

namespace pip::agreement {
namespace {

#include "contracts.inc"

// Instructions of the processor, about which verification/shims/include/pip/machine.h says what is assumed.
const std::set<std::string> kInstructions = {"invalidate", "unreachable"};
constexpr int kRandomCases = 400;
constexpr int kLeastCases = 20;

State Now() {
  State now = {};
  for (std::size_t p = 0; p < PIP_MAXIMUM_FRAMES; ++p) {
    std::copy_n(physical_memory[p], PIP_TABLE_SIZE, now.memory.at(p).begin());
  }
  std::copy_n(registers, PIP_CONTEXT_WORDS, now.saved.begin());
  std::copy_n(kernel_directory, PIP_TABLE_SIZE, now.directory.begin());
  now.running_partition = running_partition;
  now.loaded_mmu_root = loaded_mmu_root;
  now.invalidated_page = invalidated_page;
  now.frame_count = frame_count;
  now.root_partition = root_partition;
  return now;
}

// Whether only what `assigned` names differs.
bool KeepsTheRest(const State& pre, const State& post, const std::vector<Region>& assigned) {
  State same = post;
  for (const Region& region : assigned) {
    for (I i = region.low; i <= region.high; ++i) {
      const auto at = static_cast<std::size_t>(i);
      switch (region.place) {
        case Place::physical_memory: {
          const auto page = static_cast<std::size_t>(region.page);
          same.memory.at(page).at(at) = pre.memory.at(page).at(at);
          break;
        }
        case Place::registers:
          same.saved.at(at) = pre.saved.at(at);
          break;
        case Place::running_partition:
          same.running_partition = pre.running_partition;
          break;
        case Place::loaded_mmu_root:
          same.loaded_mmu_root = pre.loaded_mmu_root;
          break;
      }
    }
  }
  return same == pre;
}

class AgreementTest : public ::testing::Test {
 protected:
  AgreementTest() : words_("verification/shims/agreement/primitives_on_words") {
    const char* layout = std::getenv("PIP_LAYOUT");
    Tell("machine " + std::string(layout != nullptr ? layout : "unknown") + " " + std::to_string(root_partition) + " " +
         std::to_string(frame_count));
    running_partition = 1;
    loaded_mmu_root = 0;
    Tell("running 1");
    for (std::uint32_t i = 0; i < PIP_TABLE_SIZE; ++i) {
      kernel_directory[i] = Word();
      Tell("directory " + std::to_string(i) + " " + std::to_string(kernel_directory[i]));
    }
    for (std::uint32_t i = 0; i < PIP_CONTEXT_WORDS; ++i) {
      SetRegister(i, Word());
    }
    for (std::uint32_t p = 0; p < PIP_MAXIMUM_FRAMES; ++p) {
      Fill(p);
    }
  }

  // ---- random numbers ----
  std::uint32_t Below(std::uint32_t end) { return static_cast<std::uint32_t>(random_() % end); }
  std::uint32_t Word() { return static_cast<std::uint32_t>(random_()); }
  template <std::size_t n>
  std::uint32_t OneOf(const std::uint32_t (&list)[n]) {
    return list[Below(n)];
  }

  std::uint32_t Page() {
    switch (Below(4)) {
      case 0:
        return OneOf({7, 8, 255, 256, 0x4FFF, 0x5000, 0x3EFFF, 0x3F000, 0x3FFFF, 0xFFFFF});
      case 1:
        return Below(0x100000);
      default:
        return Below(PIP_MAXIMUM_FRAMES);
    }
  }
  std::uint32_t AnyWord() {
    switch (Below(5)) {
      case 0:
        return OneOf({0, 1, 3, 7, 8, 255, 1022, 1023, 1024, 4095, 4096, 0xFFFFFFB3, 0xFFFFFFB4, 0xFFFFFFB5, 0xFFFFFFBF,
                      0xFFFFFFC0, 0xFFFFFFC1, 0xFFFFF000, 0xFFFFFFFF});
      case 1:
        return Below(256);
      case 2:
        return Page() << 12;
      case 3:
        return Page() << 12 | Below(4096);
      default:
        return Word();
    }
  }
  std::uint32_t Argument(const std::string& type) {
    if (type == "page_t") {
      return Page();
    }
    if (type == "vaddr_t") {
      switch (Below(4)) {
        case 0:
          return OneOf({0, 1, 0x3FF, 0x400, 0x3FBFF, 0x3FC00, 0x3FFFF, 0x40000, 0xCFFFF, 0xD0000, 0xFFBFF, 0xFFC00,
                        0xFFFFF, 0x100000});
        case 1:
          return Below(8);
        case 2:
          return Below(0x400) << 10;
        default:
          return Below(0x100000);
      }
    }
    if (type == "index_t") {
      return Below(3) == 0 ? OneOf({0, 1, 11, 12, 18, 19, 254, 255, 256, 1023, 1024}) : Below(1025);
    }
    if (type == "level_t") {
      return Below(3);
    }
    if (type == "bool") {
      return Below(2);
    }
    if (type == "offset_t") {
      return Below(4160);
    }
    if (type == "pip_status_t") {
      return Below(26);
    }
    return AnyWord();
  }

  // ---- both machines ----
  void Tell(const std::string& line) { ASSERT_EQ(words_.Ask(line), "done"); }
  void SetWord(std::uint32_t p, std::uint32_t i, std::uint32_t w) {
    physical_memory[p][i] = w;
    Tell("word " + std::to_string(p) + " " + std::to_string(i) + " " + std::to_string(w));
  }
  void SetRegister(std::uint32_t i, std::uint32_t w) {
    registers[i] = w;
    Tell("register " + std::to_string(i) + " " + std::to_string(w));
  }
  // A page of words of one sort: any, none but few, those of few pages.
  void Fill(std::uint32_t p) {
    const std::uint32_t sort = Below(4);
    std::string line = "fill " + std::to_string(p);
    for (std::uint32_t i = 0; i < PIP_TABLE_SIZE; ++i) {
      std::uint32_t w = 0;
      if (sort == 0) {
        w = Word();
      } else if (sort == 1) {
        w = Below(1024) == 0 ? Word() : Word() & ~PIP_ENTRY_PRESENT;
      } else if (sort == 2) {
        w = Below(8) << 12 | Below(2);
      }
      physical_memory[p][i] = w;
      line += " " + std::to_string(w);
    }
    Tell(line);
  }
  // Something new in memory and registers; often a list of records.
  void Vary() {
    for (std::uint32_t p = 0; p < PIP_MAXIMUM_FRAMES; ++p) {
      if (Below(4) == 0) {
        SetWord(p, PIP_LIST_COUNT, Below(3) == 0 ? OneOf({0, 1, 2, 254, 255}) : Below(256));
      }
    }
    SetWord(Below(PIP_MAXIMUM_FRAMES), Below(PIP_TABLE_SIZE), AnyWord());
    SetRegister(Below(PIP_CONTEXT_WORDS), Word());
  }

  // What the words do: the state after, and the result.
  bool OnWords(const Function& f, const std::vector<I>& arguments, State& state, std::vector<I>& result) {
    std::string line = "call " + std::string(f.name);
    for (const I a : arguments) {
      line += " " + std::to_string(a);
    }
    std::istringstream answer(words_.Ask(line));
    std::string word;
    answer >> word;
    if (word != "result") {
      return false;
    }
    while (answer >> word) {
      if (word == "w") {
        std::size_t p = 0;
        std::size_t i = 0;
        answer >> p >> i;
        answer >> state.memory.at(p).at(i);
      } else if (word == "r") {
        std::size_t i = 0;
        answer >> i;
        answer >> state.saved.at(i);
      } else if (word == "running") {
        answer >> state.running_partition;
      } else if (word == "loaded") {
        answer >> state.loaded_mmu_root;
      } else {
        result.push_back(std::stoll(word));
      }
    }
    return true;
  }

  static std::string Accepts(const Function& f, const State& pre, const State& post, const std::vector<I>& arguments,
                             const std::vector<I>& result) {
    if (const char* clause = f.broken(pre, post, arguments.data(), result); clause != nullptr) {
      return clause;
    }
    return KeepsTheRest(pre, post, f.assigned(pre, arguments.data())) ? "" : "assigns";
  }

  // Wrong outcomes: none may satisfy the contract.
  void RefusesOthers(const Function& f, const State& pre, const State& post, const std::vector<I>& arguments,
                     const std::vector<I>& result) {
    const bool is_bool = std::string(f.result_type) == "bool";
    for (std::size_t k = 0; k < result.size(); ++k) {
      for (const I change : {I{1}, I{1} << Below(12), I{1} << Below(32)}) {
        std::vector<I> wrong = result;
        wrong.at(k) ^= is_bool ? 1 : change;
        EXPECT_NE(Accepts(f, pre, post, arguments, wrong), "")
            << f.name << ": the contract also accepts the result " << wrong.at(k) << " for " << result.at(k);
      }
    }
    std::vector<Region> places = f.assigned(pre, arguments.data());
    places.push_back({Place::physical_memory, Below(PIP_MAXIMUM_FRAMES), 0, k_entries - 1});
    places.push_back({Place::registers, 0, 0, k_registers - 1});
    places.push_back({Place::running_partition, 0, 0, 0});
    places.push_back({Place::loaded_mmu_root, 0, 0, 0});
    for (const Region& region : places) {
      State wrong = post;
      const auto i =
          static_cast<std::size_t>(region.low + Below(static_cast<std::uint32_t>(region.high - region.low + 1)));
      const std::uint32_t bit = 1U << Below(32);
      switch (region.place) {
        case Place::physical_memory:
          wrong.memory.at(static_cast<std::size_t>(region.page)).at(i) ^= bit;
          break;
        case Place::registers:
          wrong.saved.at(i) ^= bit;
          break;
        case Place::running_partition:
          wrong.running_partition ^= bit;
          break;
        case Place::loaded_mmu_root:
          wrong.loaded_mmu_root ^= bit;
          break;
      }
      EXPECT_NE(Accepts(f, pre, wrong, arguments, result), "")
          << f.name << ": the contract also accepts another word, place " << static_cast<int>(region.place) << ", page "
          << region.page << ", index " << i;
    }
  }

  // One call, if the contract allows it.
  void Try(const Function& f, const std::vector<I>& arguments, int& cases) {
    const State pre = Now();
    if (!f.requires_(pre, arguments.data())) {
      return;
    }
    ++cases;
    State expected = pre;
    std::vector<I> meant;
    ASSERT_TRUE(OnWords(f, arguments, expected, meant)) << f.name << ": no result on words";
    std::vector<I> result;
    f.call(arguments.data(), result);
    const State post = Now();
    if (result.empty()) {
      meant.clear();
    }
    ASSERT_EQ(result, meant) << f.name << ": shim and words differ in the result";
    ASSERT_TRUE(post == expected) << f.name << ": shim and words differ in what they write";
    ASSERT_EQ(Accepts(f, pre, post, arguments, result), "") << f.name << ": a clause of its contract does not hold";
    RefusesOthers(f, pre, post, arguments, result);
  }

  // The parameter of which all values are tried, and how many it has.
  static std::pair<std::size_t, std::uint32_t> Swept(const Function& f) {
    const std::map<std::string, std::uint32_t> sizes = {
        {"index_t", 1025}, {"offset_t", 4160}, {"entry_t", 4096}, {"gift_t", 4096}};
    for (std::size_t k = 0; k < f.parameter_types.size(); ++k) {
      if (const auto size = sizes.find(f.parameter_types[k]); size != sizes.end()) {
        return {k, size->second};
      }
      // The byte of two pages.
      if (k == 2 && std::string(f.parameter_types[k]) == "word_t") {
        return {k, 8200};
      }
    }
    return {0, 0};
  }

  void TryAll(const Function& f) {
    const auto [swept, size] = Swept(f);
    const bool on_memory = !f.parameter_types.empty() && std::string(f.parameter_types[0]) == "page_t";
    const std::uint32_t rounds = size == 0 ? kRandomCases : size <= 1025 ? size * PIP_MAXIMUM_FRAMES : size;
    int cases = 0;
    for (std::uint32_t round = 0; round < rounds && !HasFailure(); ++round) {
      std::vector<I> arguments;
      for (const char* type : f.parameter_types) {
        arguments.push_back(Argument(type));
      }
      if (size != 0) {
        const std::uint32_t value = round % size;
        arguments[swept] =
            std::string(f.parameter_types[swept]).ends_with("_t") && size == 4096 ? Page() << 12 | value : value;
        if (on_memory) {
          arguments[0] = size <= 1025 ? round / size : Below(PIP_MAXIMUM_FRAMES);
        }
      }
      if (on_memory && Below(8) == 0) {
        Fill(Below(PIP_MAXIMUM_FRAMES));
      }
      Vary();
      Try(f, arguments, cases);
    }
    EXPECT_GE(cases, f.parameter_types.empty() ? 1 : kLeastCases) << f.name << ": its contract allows hardly any call";
    all_cases_ += cases;
  }

  static void TearDownTestSuite() { std::cout << all_cases_ << " calls compared\n"; }

  static inline long all_cases_ = 0;

  host::OracleProcess words_;
  std::mt19937_64 random_{20261123};
};

TEST_F(AgreementTest, EveryPrimitiveHasItsContract) {
  std::set<std::string> functions;
  for (const Function& f : kFunctions) {
    functions.insert(f.name);
  }
  const std::map<std::string, I> constants(kConstants.begin(), kConstants.end());
  const std::map<std::string, I> named(kNamed.begin(), kNamed.end());
  std::set<std::string> met;
  std::istringstream primitives(words_.Ask("primitives"));
  for (std::string primitive; primitives >> primitive;) {
    const std::string name = primitive.substr(0, primitive.find('='));
    const std::string syntax = primitive.substr(primitive.find('=') + 1);
    const auto value_on_words = [&] { return std::stoll(words_.Ask("call " + name).substr(7)); };
    if (syntax.starts_with("named:")) {
      ASSERT_TRUE(named.contains(syntax.substr(6))) << syntax;
      EXPECT_EQ(named.at(syntax.substr(6)), value_on_words()) << name;
    } else if (syntax == "same" && constants.contains(name)) {
      EXPECT_EQ(constants.at(name), value_on_words()) << name;
      met.insert(name);
    } else if (syntax == "same" || syntax.starts_with("infix:")) {
      EXPECT_TRUE(functions.contains(name) || kInstructions.contains(name)) << name << " has no contract";
      met.insert(name);
    } else {
      // A struct, or a member of one: C's own.
      EXPECT_TRUE(syntax.starts_with("struct:") || syntax.starts_with("field:")) << syntax;
    }
  }
  for (const std::string& name : functions) {
    EXPECT_TRUE(met.contains(name)) << name << " has a contract, but Coq knows no such primitive";
  }
  for (const auto& [name, value] : constants) {
    EXPECT_TRUE(met.contains(name)) << name << " = " << value << ", but Coq knows no such constant";
  }
}

class EachPrimitive : public AgreementTest, public ::testing::WithParamInterface<std::size_t> {};

TEST_P(EachPrimitive, ShimContractAndWordsAgree) { TryAll(kFunctions[GetParam()]); }

INSTANTIATE_TEST_SUITE_P(All, EachPrimitive, ::testing::Range(std::size_t{0}, kFunctions.size()),
                         [](const ::testing::TestParamInfo<std::size_t>& info) {
                           return std::string(kFunctions[info.param].name);
                         });

}  // namespace
}  // namespace pip::agreement
