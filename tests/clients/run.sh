#!/bin/sh
# Installs the public clients and plays them against the practice venues, unchanged but for address and keys.
#
#   sh tests/clients/run.sh [CLIENT ...]
#
# Each client from PyPI gets an environment of its own in build/clients, because what they need excludes one another;
# those from npm share a folder, and are left out where there is no node. A second run installs nothing anew. Ends with
# the table and "clients: 8 of 8".

set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
. "$root/resources/setup.sh"

[ -x "$root/.venv/bin/python" ] || set_up dev
home=$root/build/clients
mkdir -p "$home"

# bitso-py is built from its source, which no newer setuptools builds.
printf 'setuptools<58\n' >"$home/build.txt"

while read -r pin; do
    case $pin in
    '' | '#'*) continue ;;
    esac
    environment=$home/${pin%%==*}
    if [ ! -e "$environment/$pin" ]; then
        say "installing $pin"
        rm -rf "$environment"
        "$root/.venv/bin/python" -m venv "$environment"
        PIP_CONSTRAINT="$home/build.txt" "$environment/bin/python" -m pip install --quiet "$pin"
        : >"$environment/$pin"
    fi
done <"$root/tests/clients/requirements.txt"

if command -v npm >/dev/null 2>&1; then
    if ! cmp -s "$root/tests/clients/package.json" "$home/node/package.json"; then
        say "installing the clients from npm"
        rm -rf "$home/node"
        mkdir -p "$home/node"
        cp "$root/tests/clients/package.json" "$home/node/package.json"
        if ! (cd "$home/node" && npm install --no-package-lock --no-audit --no-fund --ignore-scripts --silent >&2); then
            rm -rf "$home/node"
            fail "npm could not install the clients; try again, or with no npm on the PATH to leave them out."
        fi
    fi
else
    say "there is no npm here, so the clients from npm are left out"
fi

cd "$root"
exec .venv/bin/python -m tests.clients.play "$@"
