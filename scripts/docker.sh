# shellcheck shell=bash
# shellcheck disable=SC2034 # the names are for those who source this
# What add-images.sh and server.sh share: the names, and the image, built where this version has none yet.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$root/pyproject.toml")
image=leitmotiv:$version
volume=leitmotiv_data
container=leitmotiv

say() { printf '%s\n' "$*" >&2; }
fail() {
  local code=$1
  shift
  say "$*"
  exit "$code"
}

need_docker() {
  command -v docker >/dev/null || fail 4 "Docker is not installed, or not on the PATH. Without it: scripts/run FOLDER"
  docker info >/dev/null 2>&1 || fail 6 "Docker does not answer. Is it running, and may you use it?"
}

need_image() {
  docker image inspect "$image" >/dev/null 2>&1 && return
  say "Building the image $image (once; a few minutes) …"
  docker build --tag "$image" "$root" >&2
}
