#!/usr/bin/env bash
# Add a folder of photos to the library in Docker, and find its trends. The folder is mounted read-only.
#
#   scripts/add-images.sh FOLDER [options of `leitmotiv add-directory`]
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=docker.sh
source "$(dirname "${BASH_SOURCE[0]}")/docker.sh"

[[ $# -ge 1 ]] || fail 2 "Name a folder of photos: scripts/add-images.sh FOLDER"
[[ -d $1 ]] || fail 2 "$1 is no folder."
folder=$(cd -- "$1" && pwd -P)
shift
[[ $folder != *,* ]] || fail 2 "Docker cannot mount a folder with a comma in its path: $folder"

need_docker
need_image

# The folder keeps its path inside, so that two folders never meet and the pages name the real files.
leitmotiv() {
  docker run --rm --mount "type=volume,source=$volume,target=/data" \
    --mount "type=bind,source=$folder,target=/photos$folder,readonly" "$image" "$@"
}

failed=0
leitmotiv add-directory "/photos$folder" "$@" || failed=$?
# 3 says that some files could not be read: the others are there.
[[ $failed == 0 || $failed == 3 ]] || exit "$failed"
leitmotiv build-index
exit "$failed"
