#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# site_test.sh SERVICES_C: the site builds without a warning, every link on it leads somewhere, its search finds names
# at their definitions without network, and no page is wider than a desktop or a telephone. Planted mistakes fail.
set -uo pipefail
fail() {
  echo "FAIL $*" >&2
  exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME=$work
docs/site/build . "$1" "$work/site" || fail "the site does not build"
for page in index start tutorial concepts scheduler abi proof performance services/addVAddr services/yield \
  gallina/isolation-Theorems gallina/schedule-Main gallina/scheduler-Elect api/libpip-include-pip-api-h \
  api/pipcore-mal-include-pip-tables-h; do
  [ -s "$work/site/$page.html" ] || fail "no page $page"
done
for name in pip_create_partition Pip_CreatePartition PIP_NOT_A_CHILD PageAllocator; do
  grep -rqF "$name" "$work/site/api" --include='*.html' || fail "libpip's pages say nothing of $name"
done
if grep -rlE '(src|href)="https?://[^"]*\.(js|css|woff2?)"' "$work/site" --include='*.html'; then
  fail "pages above load something from the network"
fi

# browse PAGE: what a page of the site has become, in $work/dom.
browse() {
  timeout 600 ../debian/chromium --headless --no-sandbox --disable-gpu --disable-web-security --hide-scrollbars \
    --allow-file-access-from-files --user-data-dir="$work/browser" --virtual-time-budget=60000 --dump-dom \
    "file://$work/site/$1" >"$work/dom" 2>"$work/errors" || {
    cat "$work/errors" >&2
    fail "the browser failed"
  }
}

# What is typed into the search of the site, in a browser, and the place that must be among the first five answers.
python3 docs/site/search_page.py Pip_Yield user_ctx_t addVAddr_spec handler_from no_handler pip_create_partition \
  'ElfImage::Parse' machine_is_optimal edf_elect read_gift load_mmu_root >"$work/site/typed.html"
browse typed.html
while read -r word place; do
  grep -q "<p>$word: [^<]*$place" "$work/dom" || {
    grep "<p>$word:" "$work/dom" >&2
    fail "typing $word does not lead to $place"
  }
done <<'end'
Pip_Yield api/libpip-include-pip-api-h.html#Pip_Yield
user_ctx_t api/libpip-arch-x86-include-pip-arch-context-h.html#user_ctx_t
addVAddr_spec gallina/isolation-AddRemove.html#addVAddr_spec
handler_from gallina/Deliver.html#handler_from
no_handler api/libpip-include-pip-status-h.html#PIP_NO_HANDLER
pip_create_partition api/libpip-arch-host-include-pip-arch-services-h.html#pip_create_partition
ElfImage::Parse api/libpip-cpp-elf-h.html#ElfImage.Parse
machine_is_optimal gallina/schedule-Main.html#machine_is_optimal
edf_elect gallina/scheduler-Elect.html#edf_elect
read_gift api/pipcore-mal-include-pip-tables-h.html#read_gift
load_mmu_root api/pipcore-arch-x86-include-pip-machine-h.html#load_mmu_root
end

# lost NAME FILE SED WANTED: a name that the search does not find, or not at its place, is noticed.
lost() {
  cp "$work/site/$2" "$work/kept"
  sed -i "$3" "$work/site/$2"
  cmp -s "$work/kept" "$work/site/$2" && fail "$1: nothing planted"
  python3 docs/site/search_names.py "$work/site" "$4" 2>"$work/log" && fail "lost, but not missed: $1"
  grep -q "$1" "$work/log" || fail "$1: missed another: $(cat "$work/log")"
  cp "$work/kept" "$work/site/$2"
}
lost Pip_Yield searchindex.js 's/"Pip_Yield"\]/"Pip_Yeld"]/' libpip/include/pip/api.h
lost handler_from searchindex.js 's/"handler_from"\]/"handler_form"]/' pipcore/services/Deliver.v
lost handler_from gallina/Deliver.html 's/id="handler_from"//' pipcore/services/Deliver.v

for width in 1366 390; do
  python3 docs/site/width_page.py "$work/site" "$width" >"$work/site/width.html"
  browse width.html
  grep -q '<p id="done">' "$work/dom" || fail "the browser measured nothing at $width pixels"
  if grep -o '<p class="wide">[^<]*' "$work/dom"; then fail "pages above are wider than $width pixels"; fi
done

# plant WHAT SED FILE WANTED: a mistake goes into a copy of the documentation, and WANTED is what must be said of it.
services_c=$PWD/$1
wanted=()
plant() {
  if [ ${#wanted[@]} = 0 ]; then
    rm -rf "$work/copy"
    cp -rL . "$work/copy"
    chmod -R u+w "$work/copy"
  fi
  cp "$work/copy/$3" "$work/before"
  sed -i "$2" "$work/copy/$3"
  cmp -s "$work/before" "$work/copy/$3" && fail "$1: nothing planted"
  wanted+=("$1" "$4")
}
# refused: the build says each of the mistakes planted since the last time.
refused() {
  docs/site/build "$work/copy" "$services_c" "$work/refused" >"$work/log" 2>&1 && fail "accepted: ${wanted[*]}"
  for ((i = 0; i < ${#wanted[@]}; i += 2)); do
    grep -q -- "${wanted[i + 1]}" "$work/log" || fail "${wanted[i]}: not refused: $(cat "$work/log")"
  done
  wanted=()
}

plant "a dead link" '3s|$| See [there](nowhere.md).|' docs/abi.md nowhere.md
plant "a spelling mistake" '3s|$| A sentense.|' docs/abi.md sentense
plant "a dead link of HTML" '3s|$|\n\n<a href="no_such_page.html">x</a>\n\n|' docs/proof.md no_such_page
refused
plant "a spelling mistake in C++" 's|// A virtual interrupt|// A virtuel interrupt|' libpip/cpp/vidt.h \
  "libpip/cpp/vidt.h:[0-9]*: virtuel"
plant "a spelling mistake in Gallina" 's|^(\*\* The leaf tables of|(** The leef tables of|' pipcore/services/Walk.v \
  "pipcore/services/Walk.v:[0-9]*: leef"
plant "an undocumented function" '/The address of its first byte/d' libpip/cpp/page.h "address() const"
plant "an undocumented function of C" '/Ends the child with everything/d' \
  libpip/arch/host/include/pip/arch/services.h pip_delete_partition
plant "undocumented Gallina" '/^(\*\* Sets shadow 1 of/d' pipcore/services/Give.v "set_gift has no comment"
plant "undocumented Gallina of the scheduler" '/^(\*\* Removes the top. \*)$/d' scheduler-edf/services/Heap.v \
  "heap_pop has no comment"
refused
plant "an undocumented status of C" 's,/\* no child of the caller has its descriptor there \*/,,' \
  libpip/include/pip/status.h PIP_NOT_A_CHILD
refused
plant "an undocumented macro of the kernel" 's|^\(#define PIP_DESCRIPTOR_LIST 3U\).*|\1|' \
  pipcore/mal/include/pip/layout.h PIP_DESCRIPTOR_LIST
refused
plant "a plot without its place" '/^<!-- plot boot -->$/d' docs/performance.md boot
refused
plant "a wrong order of checks" "s|it may access it: .NOT_ACCESSIBLE.|it may access it: NOT_MAPPED|" docs/services.md \
  "docs/services.md, addVAddr: it checks"
refused
plant "a missing check" 's/^6. and its address differs.*/6. nothing more./' docs/services.md \
  "docs/services.md, prepare: it checks"
refused
plant "a service that is none" 's,^\(## \|.\)getIntState\b,\1getIntsState,' docs/services.md getIntsState
refused
echo "PASS"
