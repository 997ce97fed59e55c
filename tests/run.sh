#!/bin/sh
# Sets Redline up and runs every test, or the fast ones: no sockets, no processes, no drills, no simulation. Those that
# build the frozen program and run it are asked for by name. `bench` measures instead, beside peers that it installs.
#
#   sh tests/run.sh [fast|frozen] [arguments of pytest]
#   sh tests/run.sh bench [--quick] [PART ...]
#
# Most tests draw on Qt's offscreen platform, six files at a time, because much of a test is waiting; those that take
# long come first. Those marked `xvfb` need a real X server (focus, the platform plugin) and run second, on a virtual
# screen started here.

set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
# What is compiled is kept, whatever the caller's shell says: the tests start the program a thousand times.
unset PYTHONDONTWRITEBYTECODE
. "$root/resources/setup.sh"

if [ "${1:-}" = fast ]; then
    shift
    set_up dev
    cd "$root"
    exec env -u DISPLAY -u WAYLAND_DISPLAY QT_QPA_PLATFORM=offscreen .venv/bin/python -m pytest \
        -m 'not (slow or sockets or simulation or drills or clients or frozen or xvfb)' -n 2 --dist loadfile \
        --ignore tests/drills --ignore tests/simulation --ignore tests/end_to_end --ignore tests/clients --ignore tests/frozen "$@"
fi

if [ "${1:-}" = frozen ]; then
    shift
    set_up dev
    # Without them the tests are skipped, and say what is missing.
    (install_system_packages frozen) || say "going on without them"
    cd "$root"
    exec env -u DISPLAY -u WAYLAND_DISPLAY QT_QPA_PLATFORM=offscreen .venv/bin/python -m pytest -m frozen "$@" tests/frozen
fi

if [ "${1:-}" = bench ]; then
    shift
    set_up dev
    home=$root/build/peers
    mkdir -p "$home"
    while read -r pin; do
        case $pin in
        '' | '#'*) continue ;;
        esac
        peer=${pin%%==*}
        if [ ! -e "$home/$peer/$pin" ]; then
            say "installing $pin"
            rm -rf "${home:?}/$peer"
            "$root/.venv/bin/python" -m venv "$home/$peer"
            # One that cannot be had is left out; the table says why.
            if "$home/$peer/bin/python" -m pip install --quiet "$pin" 2>"$home/$peer.why"; then
                rm -f "$home/$peer.why"
                : >"$home/$peer/$pin"
            else
                rm -rf "${home:?}/$peer"
                say "$pin could not be installed; going on without it"
            fi
        fi
    done <"$root/tests/benchmarks/peers.txt"
    cd "$root"
    exec env -u DISPLAY -u WAYLAND_DISPLAY QT_QPA_PLATFORM=offscreen .venv/bin/python -m tests.benchmarks.bench "$@"
fi

set_up dev screen
cd "$root"

# pytest says 5 when it selected no test. That is an error only if neither group had one.
none_selected=5

# A fresh checkout is compiled once, by two processes, and not by every worker again.
if [ ! -d tests/helpers/__pycache__ ]; then
    for part in tests/venues 'tests --ignore tests/venues'; do
        # shellcheck disable=SC2086  # a list of words
        .venv/bin/python -m pytest --collect-only -q $part >/dev/null 2>&1 &
    done
    wait
fi

say "tests on the offscreen platform"
offscreen=0
env -u DISPLAY -u WAYLAND_DISPLAY QT_QPA_PLATFORM=offscreen \
    .venv/bin/python -m pytest -m 'not (xvfb or frozen)' \
    -n 6 --dist loadfile --no-loadscope-reorder "$@" || offscreen=$?

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
