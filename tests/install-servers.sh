#!/bin/sh
# Installs what tests of engines and replicas start, where it is missing and the system's
# package manager has it: a PostgreSQL server, nginx, Java for Spark. Tests that lack one say
# so and are skipped, so this never fails.
set -u

has() {
    command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ] || ls /usr/lib/postgresql/*/bin/"$1" >/dev/null 2>&1
}

as_root() {
    if [ "$(id -u)" -ne 0 ] && command -v sudo >/dev/null; then
        sudo -n "$@"
    else
        "$@"
    fi
}

missing=""
has pg_ctl || missing="$missing postgresql"
has nginx || missing="$missing nginx-light"
has java || missing="$missing default-jre-headless"
[ -z "$missing" ] && exit 0
if ! command -v apt-get >/dev/null; then
    echo "Not installed, and their tests will be skipped:$missing" >&2
    exit 0
fi
echo "For the tests of engines and replicas:$missing"
# services must not start by themselves: tests start their own
# shellcheck disable=SC2086  # a list of names
as_root apt-get update -qq >&2 &&
    as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
        apt-get install -y -qq --no-install-recommends $missing >&2 ||
    echo "They could not be installed; their tests will be skipped." >&2
exit 0
