#!/bin/sh
# Refuses a commit whose title is not `area: what changed` in at most 60 characters. $1: the file with the message.

title=$(sed -n 1p "$1")
case $title in
'Merge '* | 'Revert '* | 'fixup! '* | 'squash! '*) exit 0 ;;
esac
if ! printf '%s\n' "$title" | LC_ALL=C grep -Eq '^[a-z_]+(, [a-z_]+)*: [^ ]'; then
    printf 'The title is "area: what changed", for example "venues: read both clocks once": %s\n' "$title" >&2
    exit 1
fi
length=$(printf '%s' "$title" | LC_ALL=C.UTF-8 wc -m)
if [ "$length" -gt 60 ]; then
    printf 'The title has %d characters; 60 are enough: %s\n' "$length" "$title" >&2
    exit 1
fi
