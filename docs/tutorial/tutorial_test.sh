#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# docs/tutorial.md quotes its programs as they are, and they print what it says; a page that does not is refused.
# The backquotes below are Markdown's.
# shellcheck disable=SC2016
set -uo pipefail
failures=0
docs/quotations.py docs/tutorial.md || failures=1
for program in docs/tutorial/*.cc; do
  grep -qF "$(basename "$program" .cc)" docs/tutorial.md || {
    echo "FAIL docs/tutorial.md says nothing of $program"
    failures=1
  }
done

# refused PLANTED REASON: a page with one quotation that is wrong.
refused() {
  printf '%b' "$1" >"$TEST_TMPDIR/page.md"
  if docs/quotations.py "$TEST_TMPDIR/page.md" >/dev/null 2>"$TEST_TMPDIR/errors"; then
    echo "FAIL accepted: $1"
    failures=1
  elif ! grep -qF -- "$2" "$TEST_TMPDIR/errors"; then
    echo "FAIL refused for another reason: $1: $(cat "$TEST_TMPDIR/errors")"
    failures=1
  fi
}
image=docs/tutorial/slot_zero_image
right='PASS slot_zero: back already: done'
refused '' 'quotes nothing'
refused '<!-- in docs/tutorial/mistakes.cc -->\n```c++\nvoid Forgiven();\n```\n' 'does not say'
refused '```\nfrom nowhere\n```\n' 'nothing says where this comes from'
refused "<!-- prints $image -->\n\`\`\`\nPASS\n\`\`\`\n" "$right"
refused "<!-- prints $image -->\n\`\`\`\n$right\nmore\n\`\`\`\n" "$right"
refused "<!-- stops $image -->\n\`\`\`\n$right\n\`\`\`\n" 'failed'
refused '<!-- prints docs/tutorial/no_handler_image -->\n```\n…\n```\n' 'failed'
exit "$failures"
