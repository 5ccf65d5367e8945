#!/bin/sh
# Installs what Fringe needs to build, and with `tests` what its tests need too.
#
#     sh examples/install-packages.sh [tests]
#
# On Debian and Ubuntu: says which packages are missing, then installs those by name (as root or by sudo).
# Elsewhere: installs nothing, names what is missing and ends with status 1. Nothing missing: silent, status 0.
set -eu

build="build-essential cmake ninja-build pkg-config libtiff-dev libpng-dev libjpeg-dev libprotobuf-c-dev
    protobuf-c-compiler libyaml-dev libzip-dev libexpat1-dev libjansson-dev nettle-dev libopenblas0 libopenblas-dev"
tests="libcriterion-dev clang clang-format locales default-jdk maven patchelf xvfb fonts-dejavu-core"
with_tests=${1:-}
packages="$build"
[ "$with_tests" = tests ] && packages="$build $tests"

install_by_apt() {
    echo "Missing packages:" "$@"
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "Please install them as root: apt-get install" "$@" >&2
            exit 1
        fi
        as_root=sudo
    fi
    echo "Installing them: apt-get install --no-install-recommends" "$@"
    $as_root apt-get update -q
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
}

# The names among the arguments that dpkg does not know as installed.
missing_debs() {
    installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)
    for package in "$@"; do
        printf '%s\n' "$installed" | grep -q "^installed $package\$" || echo "$package"
    done
}

# clang's sanitizers are a package of their own on some releases, with clang's version in its name.
has_sanitizers() {
    probe=$(mktemp -d)
    echo 'int main(void) { return 0; }' >"$probe/probe.c"
    status=0
    clang -fsanitize=address "$probe/probe.c" -o "$probe/probe" 2>/dev/null || status=1
    rm -r "$probe"
    return $status
}

if command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; then
    missing=$(missing_debs $packages)
    [ -z "$missing" ] || install_by_apt $missing
    if [ "$with_tests" = tests ] && ! has_sanitizers; then
        install_by_apt "libclang-rt-$(clang -dumpversion | sed 's/\..*//')-dev"
    fi
    exit 0
fi

missing=
for program in cc cmake ninja pkg-config protoc-c; do
    command -v "$program" >/dev/null || missing="$missing $program"
done
modules="libtiff-4 libpng libjpeg libprotobuf-c yaml-0.1 libzip expat jansson nettle"
if [ "$with_tests" = tests ]; then
    modules="$modules criterion"
    for program in clang clang-format; do
        command -v "$program" >/dev/null || missing="$missing $program"
    done
fi
for module in $modules; do
    pkg-config --exists "$module" 2>/dev/null || missing="$missing $module"
done
[ -z "$missing" ] && exit 0
echo "This is not Debian or Ubuntu, so nothing is installed. Missing (programs and pkg-config modules):$missing" >&2
echo "On Debian the packages are:" $packages >&2
exit 1
