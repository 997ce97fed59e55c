# Sourced by resources/run.sh and tests/run.sh; not run on its own.
#
# Makes a bare Debian 12 (python3, pip, venv, apt) able to run Redline: the system libraries Qt needs and a
# virtual environment with the pinned requirements. Each step first looks whether there is anything to do, so a
# second run costs next to nothing. Everything it says goes to standard error.
#
# The caller sets `root` to the checkout's absolute path.

say() {
    printf 'redline: %s\n' "$*" >&2
}

fail() {
    say "$*"
    exit 1
}

# Prints the first interpreter of the versions pyproject.toml allows.
find_python() {
    for candidate in ${REDLINE_PYTHON:-python3 python3.11 python3.12 python3.13}; do
        if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

# Prints the Debian packages that are missing. $1 is "screen" when a virtual screen will be needed, "frozen" when the
# frozen program will be built.
missing_packages() {
    # A user's PATH on Debian does not hold ldconfig.
    known=$(PATH="$PATH:/usr/sbin:/sbin" LC_ALL=C ldconfig -p) || known=
    while read -r group soname package; do
        case $group in
        '' | '#'*) continue ;;
        esac
        case $known in
        *"	$soname "*) ;;
        *) printf '%s\n' "$package" ;;
        esac
    done <"$root/resources/system-libraries.txt" | LC_ALL=C sort -u
    if [ "$1" = screen ] && ! command -v Xvfb >/dev/null 2>&1; then
        printf 'xvfb\n'
    fi
    if [ "$1" = frozen ]; then
        command -v objdump >/dev/null 2>&1 || printf 'binutils\n'
        # Debian's interpreter holds its library inside; the frozen program needs it as a file.
        library=$("$python" -c 'import sys; print(f"libpython{sys.version_info[0]}.{sys.version_info[1]}", sys.base_prefix)')
        case $library in
        *' /usr') case $known in *"	${library% /usr}.so."*) ;; *) printf '%s\n' "${library% /usr}" ;; esac ;;
        esac
    fi
    if [ ! -x "$root/.venv/bin/python" ] && ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        printf 'python3-venv\n'
    fi
}

# Installs the system packages that are missing. $1 as for missing_packages.
install_system_packages() {
    [ "$(uname -s)" = Linux ] || return 0
    missing=$(missing_packages "$1" | tr '\n' ' ')
    missing=${missing% }
    [ -n "$missing" ] || return 0
    say "system packages missing: $missing"
    if ! command -v apt-get >/dev/null 2>&1; then
        fail "there is no apt-get here; install these (Debian names) with your package manager, then run this again."
    fi
    if [ "$(id -u)" -eq 0 ]; then
        as_root=
    elif command -v sudo >/dev/null 2>&1 && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
        as_root=sudo
    else
        fail "installing them needs root; ask for: apt-get install -y --no-install-recommends $missing"
    fi
    say "installing them with apt-get"
    # A fresh machine has no package lists; a stale list is worth a try when the mirrors cannot be reached.
    $as_root apt-get update -qq >&2 || say "apt-get update failed; trying with the lists at hand"
    # shellcheck disable=SC2086  # both are lists of words
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null ||
        fail "apt-get could not install: $missing. Install them by hand, then run this again."
    missing=$(missing_packages "$1" | tr '\n' ' ')
    [ -z "$missing" ] || fail "still missing after apt-get: ${missing% }"
}

# What decides whether the environment is current: the interpreter, the place (an environment does not survive a
# move), the requirements.
environment_stamp() {
    "$python" - "$root" <<'PYTHON'
import hashlib
import pathlib
import sys

root = pathlib.Path(sys.argv[1])
digest = hashlib.sha256((root / "pyproject.toml").read_bytes()).hexdigest()
print(sys.version.split()[0], digest, root)
PYTHON
}

# Creates .venv and installs the pinned requirements. $1 is "dev" to add the tools the tests need.
install_environment() {
    venv=$root/.venv
    if [ -h "$venv" ]; then
        say ".venv is a link to another environment; it is used as it is"
        return 0
    fi
    stamp=$(environment_stamp)
    if [ "$(cat "$venv/redline-$1.stamp" 2>/dev/null)" = "$stamp" ] && "$venv/bin/python" -c '' 2>/dev/null; then
        return 0
    fi
    have=$("$venv/bin/python" -c 'import sys; print(sys.version.split()[0], sys.prefix)' 2>/dev/null) || have=
    if [ "$have" != "${stamp%% *} $venv" ]; then
        say "creating a virtual environment in .venv with Python ${stamp%% *}"
        "$python" -m venv --clear "$venv" || fail "could not create $venv with $python"
    fi
    rm -f "$venv"/redline-*.stamp
    case $1 in
    dev) wanted="$root[dev]" ;;
    *) wanted=$root ;;
    esac
    say "installing the pinned requirements (about a minute the first time)"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --editable "$wanted" >&2 ||
        fail "pip could not install the requirements; see its message above."
    printf '%s\n' "$stamp" >"$venv/redline-run.stamp"
    if [ "$1" = dev ]; then
        printf '%s\n' "$stamp" >"$venv/redline-dev.stamp"
    fi
}

# The whole set-up. $1: "run" or "dev". $2: "screen" when a virtual screen will be needed.
set_up() {
    python=$(find_python) || fail "Python 3.11, 3.12 or 3.13 is needed; on Debian 12: apt-get install python3 python3-venv"
    # Qt complains of any character set but UTF-8; a machine without a locale has plain "C".
    if [ "$(locale charmap 2>/dev/null)" != UTF-8 ]; then
        LC_ALL=C.UTF-8
        export LC_ALL
    fi
    install_system_packages "${2:-}"
    install_environment "$1"
}

# Starts a virtual screen on a free number and points Qt at it; end_screen stops it again.
start_screen() {
    screen_dir=$(mktemp -d) || fail "could not make a temporary directory"
    # Xvfb picks the number itself and writes it once it accepts connections: no race, no xauth.
    Xvfb -displayfd 3 -screen 0 1920x1200x24 -nolisten tcp 3>"$screen_dir/number" >"$screen_dir/log" 2>&1 &
    screen_pid=$!
    trap end_screen EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    tries=0
    while [ ! -s "$screen_dir/number" ]; do
        tries=$((tries + 1))
        if [ "$tries" -gt 100 ] || ! kill -0 "$screen_pid" 2>/dev/null; then
            cat "$screen_dir/log" >&2
            fail "the virtual screen (Xvfb) did not start"
        fi
        sleep 0.1
    done
    unset WAYLAND_DISPLAY
    DISPLAY=:$(cat "$screen_dir/number")
    QT_QPA_PLATFORM=xcb
    export DISPLAY QT_QPA_PLATFORM
}

end_screen() {
    trap - EXIT
    kill "$screen_pid" 2>/dev/null || :
    wait "$screen_pid" 2>/dev/null || :
    rm -rf "$screen_dir"
}
