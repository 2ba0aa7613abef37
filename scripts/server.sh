#!/usr/bin/env bash
# Start or stop the server in Docker. It can be reached from this machine alone, at the address that is printed.
#
#   scripts/server.sh --start|--stop
#
# LEITMOTIV_PORT chooses another port than 5000.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=docker.sh
source "$(dirname "${BASH_SOURCE[0]}")/docker.sh"

port=${LEITMOTIV_PORT:-5000}

is_running() { [[ -n $(docker ps --quiet --filter "name=^/$container\$") ]]; }

print_address() {
  local token
  token=$(docker exec "$container" leitmotiv serve --print-token) ||
    fail 6 "The server did not start. What it said: docker logs $container"
  printf 'http://127.0.0.1:%s/?token=%s\n' "$(published_port)" "$token"
}

# The port that is really published: a server that runs already may have been started with another.
published_port() {
  local published
  published=$(docker port "$container" 5000/tcp) && published=${published%%$'\n'*} && printf '%s' "${published##*:}"
}

start() {
  need_image
  if is_running; then
    say "The server runs already:"
  else
    say "Starting the server (the first start prepares the mathematics for about a minute before it answers) …"
    docker rm --force "$container" >/dev/null 2>&1 || true # what a crash left under this name
    docker run --detach --name "$container" --restart unless-stopped \
      --publish "127.0.0.1:$port:5000" --mount "type=volume,source=$volume,target=/data" "$image" >/dev/null
  fi
  print_address
}

stop() {
  if ! is_running; then
    say "The server is not running."
    return
  fi
  docker stop "$container" >/dev/null
  docker rm --force "$container" >/dev/null 2>&1 || true
  say "The server is stopped. The library stays in the volume $volume."
}

case ${1:-} in
  --start)
    need_docker
    start
    ;;
  --stop)
    need_docker
    stop
    ;;
  *) fail 2 "scripts/server.sh --start|--stop" ;;
esac
