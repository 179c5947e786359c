#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Prints a port of the loopback interface where nobody listens.
set -euo pipefail
exec python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
