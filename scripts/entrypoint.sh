#!/bin/sh
# What the container does: without arguments it serves the library, with arguments it is the command `leitmotiv`.
set -eu

if [ "$#" -eq 0 ]; then
  # Every address of the container, which is published on this machine alone; hence the library's token.
  set -- serve --host 0.0.0.0 --port 5000 --no-open --token
fi
exec leitmotiv "$@"
