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
mkdir -p "$source/gallina"

cp -rL "$root"/docs/site/{conf.py,words.txt,_static,drawings} "$root"/docs/site/*.md "$source"
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
{
  printf '# The Gallina\n\nModel, services, and the statements about them, as coqdoc shows them.\n\n'
  printf '```{toctree}\n:maxdepth: 1\n\nnames\n'
} >"$source/gallina/index.md"
stated=("$root"/pipcore/{model,services}/*.v "$root"/verification/isolation/{Safety,Theorems,Inv}.v)
python3 "$root/docs/site/gallina_names.py" "$root/docs/site/gallina-names.md" "${stated[@]}"
mv "$source/gallina-names.md" "$source/gallina/names.md"
mapfile -t about_services < <(grep -lE '^Theorem \w+_spec\b' "$root"/verification/isolation/*.v)
for file in "${stated[@]}" "${about_services[@]}"; do
  name=$(basename "$file" .v)
  title=$name
  # A service and the theorem about it are in files of one name.
  case $file in */verification/isolation/*) name=isolation-$name title="$title: proved" ;; esac
  coqdoc --html --body-only --utf8 --no-glob --no-index --light -o "$source/gallina/$name.html" "$(realpath "$file")"
  {
    printf '# %s\n\n' "$title"
    printf '%s\n' "\`${file#"$root"/}\`" "" "\`\`\`{raw} html" ":file: $name.html" "\`\`\`"
  } >"$source/gallina/$name.md"
  echo "$name" >>"$source/gallina/index.md"
done
printf '```\n' >>"$source/gallina/index.md"

# Each machine has the services in a header of its own, the host the plainest.
headers=("$root"/libpip/{include/pip,cpp}/*.h "$root/libpip/arch/host/include/pip/arch/services.h")
python3 "$root/docs/site/comment_spelling.py" "$root" "${headers[@]}" "${stated[@]}" "${about_services[@]}"
{
  cat "$root/docs/site/Doxyfile"
  echo "INPUT = ${headers[*]}"
  echo "STRIP_FROM_PATH = $root"
  echo "INPUT_FILTER = \"python3 $root/docs/site/house_comments.py\""
  echo "OUTPUT_DIRECTORY = $output"
  echo "WARN_LOGFILE = $work/doxygen.log"
} >"$work/Doxyfile"
doxygen "$work/Doxyfile" >/dev/null
if [ -s "$work/doxygen.log" ]; then
  cat "$work/doxygen.log" >&2
  exit 1
fi

sphinx=(sphinx-build -W --keep-going -q -j 1 -d "$work/doctrees")
"${sphinx[@]}" -b html "$source" "$output"
"${sphinx[@]}" -b spelling "$source" "$work/spelling"
python3 "$root/docs/site/dead_links.py" "$output"
