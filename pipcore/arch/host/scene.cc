// SPDX-License-Identifier: Apache-2.0
#include "pipcore/arch/host/scene.h"

#include <stdexcept>

#include "pipcore/arch/host/boot.h"

namespace pip::host {
namespace {

constexpr std::uint32_t kScenePages = 120;
constexpr const char* kBeginning = "scene";

template <typename T>
T Built(const std::optional<T>& part) {
  if (!part) {
    throw std::logic_error("the scene could not be built");
  }
  return *part;
}

}  // namespace

OracleProcess& SharedOracle() {
  static OracleProcess oracle(OraclePath());
  return oracle;
}

Scene::Scene()
    : Scene([]() -> const Scene& {
        static LockStep machine(kScenePages, &SharedOracle());
        static const Scene beginning(machine);
        return beginning;
      }()) {
  machine.Return(kBeginning);
}

Scene::Scene(LockStep& fresh) : machine(fresh), pages(PagesFrom(kFreeMemory, kScenePages)) {
  WriteHandlers(machine, kVidt, kContexts);
  child = Built(BuildChild(machine, pages, 30));
  Prepare(machine, pages, child.descriptor, kEmptyTable);
  sibling = Built(BuildChild(machine, pages, 2));
  bare = Built(Create(machine, pages));
  hidden = child.descriptor;
  given = child.given[0];
  EnterChild(machine, child.descriptor);
  child_pages = PagesFrom(kChildMemory, 30);
  grandchild = Built(BuildChild(machine, child_pages, 3));
  child_hidden = grandchild.descriptor;
  child_given = grandchild.given[0];
  EnterParent(machine);
  machine.Keep(kBeginning);
}

}  // namespace pip::host
