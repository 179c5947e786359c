#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the documentation site: build.sh ROOT SERVICES_C OUTPUT, ROOT being the top of the repository. Bazel starts it.
set -euo pipefail
PATH=$(realpath ../debian):$PATH
root=$(realpath "$1")
services_c=$(realpath "$2")
mkdir -p "$3"
output=$(realpath "$3")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
source=$work/source
mkdir -p "$source"

# check COMMAND...: mistakes are told all at once.
wrong=0
check() { "$@" || wrong=1; }

cp -rL "$root"/docs/site/{conf.py,names.py,words.txt,_static,drawings} "$root"/docs/site/*.md "$source"
cp -rL "$root"/docs/*.md "$root/docs/figures" "$source"
cp -L "$root/CAVEATS.md" "$source/caveats.md"
rm -f "$source/figures/README.md"
rm -f "$source/README.md" "$source/services.md"
node "$root/docs/site/plots.js" ../echarts/echarts.min.js "$source/performance.md" "$source/figures"
python3 "$root/docs/site/service_pages.py" "$root" "$services_c" "$source/services"

# Pages that index.md does not place come last.
{
  printf '\n```{toctree}\n:caption: More\n:maxdepth: 1\n\n'
  for page in "$root"/docs/*.md; do
    page=$(basename "$page" .md)
    [ "$page" = services ] || grep -qx "$page" "$root/docs/site/index.md" || echo "$page"
  done
  printf '```\n'
} >>"$source/index.md"

# Gallina: coqdoc's pages, inside those of the site.
kernel=("$root"/pipcore/{model,services}/*.v "$root"/verification/isolation/{Safety,Theorems,Inv}.v)
scheduler=("$root"/scheduler-edf/{model,services}/*.v
  "$root"/verification/schedule/{Main,Machine,Represents,Timers,RealTime,AdmissionServices,BusyWindow,FixedPriority}.v)
mapfile -t about_services < <(grep -lE '^Theorem \w+_spec\b' "$root"/verification/isolation/*.v)
gallina=("${kernel[@]}" "${about_services[@]}" "${scheduler[@]}")
check python3 "$root/docs/site/gallina_names.py" "$root/docs/site/gallina-names.md" "${kernel[@]}"
check python3 "$root/docs/site/gallina_names.py" "$root/docs/site/scheduler-names.md" "${scheduler[@]}"
python3 "$root/docs/site/gallina_pages.py" "$root" "$source/gallina" "${gallina[@]}"
mv "$source/gallina-names.md" "$source/gallina/names.md"
mv "$source/scheduler-names.md" "$source/gallina/scheduler-names.md"

# Headers: what partitions use; what differs on ARMv7; what the services use, as x86 has it. Each machine has the
# services in a header of its own, the host the plainest.
libpip=("$root"/libpip/{include/pip,cpp}/*.h "$root/libpip/arch/host/include/pip/arch/services.h"
  "$root"/libpip/arch/x86/include/pip/arch/{context,layout,ports}.h)
armv7=("$root"/libpip/arch/armv7/include/pip/arch/{context,layout}.h)
mal=("$root"/pipcore/mal/{,x86/}include/pip/*.h "$root/pipcore/arch/x86/include/pip/machine.h")
headers=("${libpip[@]}" "${armv7[@]}" "${mal[@]}")
check python3 "$root/docs/site/comment_spelling.py" "$root" "${headers[@]}" "${gallina[@]}"
# with_doxygen NAME HEADER...: headers of one name are read apart.
with_doxygen() {
  local name=$1
  shift
  {
    cat "$root/docs/site/Doxyfile"
    echo "INPUT = $*"
    echo "STRIP_FROM_PATH = $root"
    echo "INPUT_FILTER = \"python3 $root/docs/site/house_comments.py\""
    echo "OUTPUT_DIRECTORY = $work"
    echo "XML_OUTPUT = $name"
    echo "WARN_LOGFILE = $work/$name.log"
    # What the primitives are is said where the model has them: reference.py looks.
    [ "$name" = libpip ] || [ "$name" = armv7 ] || echo "WARN_IF_UNDOCUMENTED = NO"
  } >"$work/$name.doxyfile"
  doxygen "$work/$name.doxyfile" >/dev/null
  if [ -s "$work/$name.log" ]; then
    cat "$work/$name.log" >&2
    return 1
  fi
}
with_doxygen libpip "${libpip[@]}" || wrong=1
with_doxygen armv7 "${armv7[@]}" || wrong=1
with_doxygen mal "${mal[@]}" || wrong=1
[ "$wrong" = 0 ] || exit 1
python3 "$root/docs/site/reference.py" "$root" "$source/api" "$work/libpip" "$work/armv7" "$work/mal"

sphinx=(sphinx-build -W --keep-going -q -j 1 -d "$work/doctrees")
check "${sphinx[@]}" -b html "$source" "$output"
check "${sphinx[@]}" -b spelling "$source" "$work/spelling"
check python3 "$root/docs/site/dead_links.py" "$output"
check python3 "$root/docs/site/search_names.py" "$output" "${headers[@]}" "${gallina[@]}"
exit "$wrong"
