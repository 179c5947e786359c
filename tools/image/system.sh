# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A Debian 12 system with all that Pip needs, the tree, and a warm build, in a folder. Needs common.sh, and root.
# shellcheck disable=SC2154 # work, user, home and tree are of common.sh

# check_system: what make_system needs.
check_system() {
  need mmdebstrap mmdebstrap
  need bwrap bubblewrap
  need git git
  need openssl openssl
  [ "$(id -u)" -eq 0 ] || die "a system's files belong to many users, so this needs root: sudo ./pip image ..."
  git rev-parse --quiet --verify HEAD >/dev/null || die "the tree in an image is a commit, and this folder has none"
}

# inside ROOT COMMAND...: runs it in the system, as root, with the machine's network, its name servers, and the
# certificates that it trusts, for a company may have its own; without any network if `offline` is set.
inside() {
  local root=$1 certificates=/etc/ssl/certs/ca-certificates.crt network=(--unshare-net)
  shift
  [ -n "${offline:-}" ] || network=(
    --ro-bind-try /etc/resolv.conf /etc/resolv.conf
    --ro-bind-try "$certificates" "$certificates"
    --setenv NODE_EXTRA_CA_CERTS "$certificates"
  )
  bwrap --bind "$root" / --dev /dev --proc /proc --perms 1777 --tmpfs /tmp --tmpfs /run --unshare-pid --unshare-ipc \
    --die-with-parent --cap-add ALL --chdir / --clearenv --setenv HOME /root --setenv LANG C.UTF-8 \
    --setenv PATH /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin --setenv SOURCE_DATE_EPOCH "$SOURCE_DATE_EPOCH" \
    "${network[@]}" "$@"
}

# as_pip ROOT COMMAND: runs a command of the shell as the user, in the tree.
as_pip() {
  inside "$1" setpriv --reuid="$user" --regid="$user" --init-groups \
    env HOME="$home" USER="$user" bash -c "cd $tree && $2"
}

# install_debian ROOT SOURCES PACKAGE...: SOURCES are apt's, a file, or empty for Debian 12 with its repairs. Further
# options for mmdebstrap are in debian_options.
debian_options=()
install_debian() {
  local root=$1 sources=$2 packages name
  shift 2
  # Scripts of packages look at the environment (PYTHONDONTWRITEBYTECODE leaves files out): it is the same each time,
  # but for the way to the mirror.
  local environment=("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" HOME=/root LANG=C.UTF-8)
  for name in SOURCE_DATE_EPOCH TMPDIR initramfs http_proxy https_proxy no_proxy; do
    [ -z "${!name:-}" ] || environment+=("$name=${!name}")
  done
  packages=$(bash tools/setup/install.sh --list | paste -sd,)
  # The mounts that it makes are its own.
  env --ignore-environment "${environment[@]}" unshare --mount --propagation=private \
    mmdebstrap --mode=root --variant=minbase --format=directory --skip=output/dev \
    --include="$packages,ca-certificates,less,nano,procps,sudo${*:+,$(IFS=, && printf "%s" "$*")}" \
    --aptopt='Acquire::Languages "none"' --dpkgopt=force-unsafe-io \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/lib/arm-none-eabi/newlib/*/*.a' \
    "${debian_options[@]}" bookworm "$root" ${sources:+"$sources"} >"$work/debian.log" 2>&1 || {
    tail -n 20 "$work/debian.log" >&2
    die "mmdebstrap failed, for the reason above; is a Debian mirror reachable?"
  }
}

# write_user ROOT: the user and what greets him.
write_user() {
  local hash
  # The salt is fixed: the password is no secret.
  hash=$(openssl passwd -6 -salt protokernel "$user")
  inside "$1" useradd --create-home --uid 1000 --shell /bin/bash --groups sudo --password "$hash" "$user"
  printf '%s ALL=(ALL) NOPASSWD: ALL\n' "$user" >"$1/etc/sudoers.d/$user"
  chmod 440 "$1/etc/sudoers.d/$user"
  printf 'cd %s\n' "$tree" >>"$1$home/.profile"
  cat >"$1/etc/motd" <<MOTD
Pip is in $tree, with its tools and a warm build.

  launcher         boots a small partition tree, made before
  demo             boots the EDF scheduler with a flight controller's tasks
  ./pip --help     everything else

MOTD
  # Not the tree's but the system's: they work wherever one stands.
  cat >"$1/usr/local/bin/demo" <<DEMO
#!/bin/sh
cd $tree && exec ./pip demo "\$@"
DEMO
  cat >"$1/usr/local/bin/launcher" <<LAUNCHER
#!/bin/sh
# The last line is PASS ...; the exit status is the guest's.
exec qemu-system-i386 -accel tcg -m 64M -display none -monitor none -net none -no-reboot -serial stdio \\
  -device isa-debug-exit,iobase=0xf4,iosize=0x04 -cdrom $tree/pip-image/launcher.iso
LAUNCHER
  chmod 755 "$1/usr/local/bin/demo" "$1/usr/local/bin/launcher"
}

# write_tree ROOT: the commit HEAD, as a repository of that commit alone, the same bytes each time.
write_tree() {
  local git
  git=(git -C "$1$tree" -c core.logAllRefUpdates=false -c pack.threads=1 -c advice.detachedHead=false)
  git init --quiet --template= --initial-branch=main "$1$tree"
  "${git[@]}" fetch --quiet --depth 1 --upload-pack='git -c pack.threads=1 upload-pack' "file://$PWD" HEAD
  "${git[@]}" update-ref refs/heads/main FETCH_HEAD
  rm "$1$tree/.git/FETCH_HEAD"
  "${git[@]}" read-tree HEAD
  "${git[@]}" checkout-index --all
  # With the times that the files have in memory the index would differ each time; git looks at the files then.
  "${git[@]}" read-tree HEAD
  inside "$1" chown -R "$user:$user" "$tree"
}

# warm ROOT CACHE_PORT: what the words print first is then there. With a port, results come from the cache that is
# served there, as far as it has them.
warm() {
  local root=$1 port=$2
  if [ -n "$port" ]; then
    printf 'build --remote_cache=http://127.0.0.1:%s --remote_upload_local_results=false\n' "$port" \
      >"$root$home/.bazelrc"
  fi
  as_pip "$root" "./pip run launcher && ./pip image iso launcher && ./pip demo --output /tmp/demo &&
    ./pip verify --quick && bazel shutdown" >"$work/warm.log" 2>&1 || {
    tail -n 40 "$work/warm.log" >&2
    die "the first build in the image failed"
  }
  rm -f "$root$home/.bazelrc"
}

# clean ROOT: what another making of the same would have otherwise, and what nobody needs.
clean() {
  chmod -R u+w "$1$home/.cache/bazel"
  rm -rf "$1$home/.cache/bazel" "$1$home/.npm" "$1"/root/.npm "$1"/root/.cache "$1"/var/lib/apt/lists/* \
    "$1"/var/cache/apt/*.bin "$1"/var/log/* "$1"/var/cache/ldconfig/aux-cache "$1"/var/lib/dbus/machine-id \
    "$1"/var/cache/debconf/*-old "$1"/var/lib/dpkg/*-old "$1"/etc/*- "$1"/tmp/* "$1"/run/*
  python3 tools/image/keystore.py "$1/etc/ssl/certs/java/cacerts" "$SOURCE_DATE_EPOCH"
  : >"$1/etc/machine-id"
  : >"$1/etc/resolv.conf"
  echo pip >"$1/etc/hostname"
  printf '127.0.0.1 localhost pip\n::1 localhost\n' >"$1/etc/hosts"
  cat >"$1/etc/apt/sources.list" <<'SOURCES'
deb http://deb.debian.org/debian bookworm main
deb http://deb.debian.org/debian bookworm-updates main
deb http://deb.debian.org/debian-security bookworm-security main
SOURCES
  rm -f "$1"/etc/apt/sources.list.d/*
}

# make_system ROOT SOURCES CACHE PACKAGE...: all of the above. CACHE is a folder of Bazel's results, or empty.
make_system() {
  local root=$1 sources=$2 cache=$3 port=
  shift 3
  step "Debian 12 and the tools"
  install_debian "$root" "$sources" "$@"
  # systemd-resolved makes a link of it that leads nowhere before the system runs.
  rm -f "$root/etc/resolv.conf"
  : >"$root/etc/resolv.conf"
  write_user "$root"
  step "the tree: $(git log -1 --format='%h of %cs')"
  [ -z "$(git status --porcelain --untracked-files=no)" ] || step "note: what is not committed does not go into it"
  write_tree "$root"
  inside "$root" "$tree/pip" setup >"$work/setup.log" 2>&1 || {
    tail -n 20 "$work/setup.log" >&2
    die "./pip setup failed in the image"
  }
  if [ -n "$cache" ]; then
    port=$(bash tools/remote/free_port.sh)
    bash tools/remote/serve.sh --read-only --port "$port" "$cache" >"$work/cache.log" 2>&1 &
    cache_server=$!
    trap 'kill "$cache_server" 2>/dev/null || true; rm -rf --one-file-system "$work"' EXIT
  fi
  step "the first build${port:+, with results of $cache}"
  warm "$root" "$port"
  [ -z "$port" ] || kill "$cache_server"
  clean "$root"
}
