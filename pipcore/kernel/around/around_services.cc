// SPDX-License-Identifier: Apache-2.0
//
// The functions around the services, which the linker puts in their place (--wrap); the services themselves, and all
// that calls them, are those of every kernel.
#include <array>
#include <cstdint>

#include "pipcore/kernel/around/around.h"
#include "pipcore/kernel/around/service.h"

namespace pip {
namespace {

pip_answer_t AsAnswer(pip_answer_t answer) { return answer; }
pip_answer_t AsAnswer(pip_status_t status) { return {status, 0}; }

template <typename Answer, typename... Arguments>
Answer Call(Service service, Answer (*function)(Arguments...), Arguments... arguments) {
  BeforeService(service, {static_cast<std::uint32_t>(arguments)...});
  const Answer answer = function(arguments...);
  AfterService(AsAnswer(answer));
  return answer;
}

}  // namespace
}  // namespace pip

using pip::Call;
using pip::Service;

extern "C" {

// NOLINTBEGIN(bugprone-reserved-identifier): the names that the linker's --wrap makes.
pip_status_t __real_createPartition(word_t a, word_t b, word_t c, word_t d, word_t e);
pip_answer_t __real_countToMap(word_t a, word_t b);
pip_answer_t __real_prepare(word_t a, word_t b, word_t c);
pip_status_t __real_addVAddr(word_t a, word_t b, word_t c, bool d, bool e, bool f);
pip_status_t __real_removeVAddr(word_t a, word_t b);
pip_answer_t __real_mappedInChild(word_t a);
pip_status_t __real_deletePartition(word_t a);
pip_answer_t __real_collect(word_t a, word_t b);
pip_status_t __real_yieldTo(word_t a, word_t b, word_t c, word_t d, word_t e);
pip_answer_t __real_getIntState(word_t a);
pip_status_t __real_setIntState(word_t a);
pip_answer_t __real_physicalAddress(word_t a);
pip_status_t __real_deliverInterrupt(word_t a);
pip_status_t __real_deliverFault(word_t a);

pip_status_t __wrap_createPartition(word_t a, word_t b, word_t c, word_t d, word_t e) {
  return Call(Service::kCreatePartition, __real_createPartition, a, b, c, d, e);
}
pip_answer_t __wrap_countToMap(word_t a, word_t b) { return Call(Service::kCountToMap, __real_countToMap, a, b); }
pip_answer_t __wrap_prepare(word_t a, word_t b, word_t c) { return Call(Service::kPrepare, __real_prepare, a, b, c); }
pip_status_t __wrap_addVAddr(word_t a, word_t b, word_t c, bool d, bool e, bool f) {
  return Call(Service::kAddVAddr, __real_addVAddr, a, b, c, d, e, f);
}
pip_status_t __wrap_removeVAddr(word_t a, word_t b) { return Call(Service::kRemoveVAddr, __real_removeVAddr, a, b); }
pip_answer_t __wrap_mappedInChild(word_t a) { return Call(Service::kMappedInChild, __real_mappedInChild, a); }
pip_status_t __wrap_deletePartition(word_t a) { return Call(Service::kDeletePartition, __real_deletePartition, a); }
pip_answer_t __wrap_collect(word_t a, word_t b) { return Call(Service::kCollect, __real_collect, a, b); }
pip_status_t __wrap_yieldTo(word_t a, word_t b, word_t c, word_t d, word_t e) {
  return Call(Service::kYieldTo, __real_yieldTo, a, b, c, d, e);
}
pip_answer_t __wrap_getIntState(word_t a) { return Call(Service::kGetIntState, __real_getIntState, a); }
pip_status_t __wrap_setIntState(word_t a) { return Call(Service::kSetIntState, __real_setIntState, a); }
pip_answer_t __wrap_physicalAddress(word_t a) { return Call(Service::kPhysicalAddress, __real_physicalAddress, a); }
pip_status_t __wrap_deliverInterrupt(word_t a) { return Call(Service::kDeliverInterrupt, __real_deliverInterrupt, a); }
pip_status_t __wrap_deliverFault(word_t a) { return Call(Service::kDeliverFault, __real_deliverFault, a); }
// NOLINTEND(bugprone-reserved-identifier)

}  // extern "C"
