#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#: docs [FOLDER]   builds the documentation site, to be read and searched without network
#:
#: FOLDER, by default pip-docs, gets the pages; begin with its index.html.
set -euo pipefail
. tools/cli/common.sh
case ${1:-} in -*) complain "docs takes a folder, not the option $1" ;; esac
[ $# -le 1 ] || complain "docs takes one folder, not $*"
folder=pip-docs
[ $# -eq 0 ] || folder=$(user_file "$1")
make_folder "$folder"
ensure_machine
call_bazel build --show_result=0 -- //docs/site:build
bazel run --noshow_progress --show_result=0 --ui_event_filters=-info,-debug --curses=no -- \
  //docs/site:build "$PWD" pipcore/services/services.c "$(realpath "$folder")"
echo "$folder/index.html"
