#!/bin/sh
# Sets Redline up and runs every test, or the fast ones: no sockets, no processes, no drills, no simulation.
#
#   sh tests/run.sh [fast] [arguments of pytest]
#
# Most tests draw on Qt's offscreen platform, three files at a time, because much of a test is waiting. Those
# marked `xvfb` need a real X server (focus, the platform plugin) and run second, on a virtual screen started here.

set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
. "$root/resources/setup.sh"

if [ "${1:-}" = fast ]; then
    shift
    set_up dev
    cd "$root"
    exec env -u DISPLAY -u WAYLAND_DISPLAY QT_QPA_PLATFORM=offscreen .venv/bin/python -m pytest \
        -m 'not (slow or sockets or simulation or drills or clients or xvfb)' -n 2 --dist loadfile \
        --ignore tests/drills --ignore tests/simulation --ignore tests/end_to_end --ignore tests/clients "$@"
fi

set_up dev screen
cd "$root"

# pytest says 5 when it selected no test. That is an error only if neither group had one.
none_selected=5

say "tests on the offscreen platform"
offscreen=0
env -u DISPLAY -u WAYLAND_DISPLAY QT_QPA_PLATFORM=offscreen \
    .venv/bin/python -m pytest -m 'not xvfb' -n 3 --dist loadfile "$@" || offscreen=$?

screen=$none_selected
if grep -rq --include='test_*.py' 'mark\.xvfb' tests; then
    say "tests on a virtual screen"
    start_screen
    screen=0
    .venv/bin/python -m pytest -m xvfb "$@" || screen=$?
    end_screen
fi

[ "$offscreen" -ne "$none_selected" ] || offscreen=$screen
[ "$screen" -ne "$none_selected" ] || screen=$offscreen
if [ "$offscreen" -ne 0 ]; then
    exit "$offscreen"
fi
exit "$screen"
