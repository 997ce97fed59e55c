#!/bin/sh
# Sets Redline up and opens the ticket on the practice venues.
#
#   sh resources/run.sh [arguments of redline]
#
# With no display it runs the same window on a virtual screen through the tour, which writes screenshots and a
# table of outcomes to redline-tour/ and exits 0 only when every outcome is the expected one. The headless verbs
# (`sh resources/run.sh orders --json`) need no screen and are passed on as they are.

set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
. "$root/resources/setup.sh"

redline=$root/.venv/bin/redline

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || [ "$(uname -s)" != Linux ]; then
    set_up run
    exec "$redline" "$@"
fi

case ${1:-} in
-h | --help | --version | --smoke)
    set_up run
    exec "$redline" "$@"
    ;;
'' | -*)
    say "no display here: the tour will run on a virtual screen"
    set -- tour "$@"
    ;;
tour) ;;
*)
    set_up run
    exec "$redline" "$@"
    ;;
esac

set_up run screen
start_screen
# Not exec: the screen has to be stopped afterwards.
status=0
"$redline" "$@" || status=$?
exit "$status"
