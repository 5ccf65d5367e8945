#!/bin/sh
# collect_labels.sh FOLDER: the menu labels of the ImageJ and SciJava commands below a folder, one a line, sorted.
#
# The folder is a Fiji installation (its jars are looked into), or holds checkouts of Fiji's plugins. What it prints is
# fiji_labels.txt: facts to keep our labels apart from, since the names of commands are global in ImageJ.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The labels of plugins.config's lines, `MENU, "LABEL", CLASS`.
of_config() {
    sed -n 's/^[^#"]*"\([^"]*\)".*/\1/p'
}

# The last part of each menuPath, in an annotation or in the index that SciJava's processor makes of annotations.
of_paths() {
    tr -d '\000-\010' | grep -aoE '"?menuPath"? *[=:] *"[^"]*"' | sed 's/"$//; s/.*"//; s/.*> *//'
}

find "$1" -name plugins.config -exec cat {} + | of_config >"$work/labels"
find "$1" -name '*.java' -exec cat {} + | of_paths >>"$work/labels" || true
find "$1" -name '*.jar' >"$work/jars"
while read -r jar; do
    unzip -p "$jar" plugins.config 2>/dev/null | of_config >>"$work/labels" || true
    unzip -p "$jar" META-INF/json/org.scijava.plugin.Plugin 2>/dev/null | of_paths >>"$work/labels" || true
done <"$work/jars"
grep -v '^-*$' "$work/labels" | LC_ALL=C sort -u
