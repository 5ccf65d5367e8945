#!/bin/sh
# run.sh BUILD: the tests of Java's side, from the built jar, whose folder, cache and home have blanks and letters beyond
# ASCII in their paths. They were compiled with the build (FRINGE_TESTS).
#
#   handles   tests/java under -Xcheck:jni, which must find nothing
#   cache     what a start finds in the cache and leaves there
#   german    the same where 0,02 is how a number is written
#   asan      the same with AddressSanitizer's allocator preloaded: no wrong free, no write beyond a block
#   files     ImageJ without windows: files in both directions, call()
#   memory    the same with little memory and larger results
#   imagej    ImageJ in a window under Xvfb, in German and under -Xcheck:jni; its pictures go to BUILD/pictures
#   fiji      the same in ImageJ as Fiji patches it, with a second jar in the plugins folder
#   headless  that ImageJ as Fiji's --headless starts it
#   windows   ImageJ in a window with AddressSanitizer's allocator
#
# Prints a line for each test and last `N passed, N failed, N skipped`.
set -u

build=$(cd "$1" && pwd)
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root" || exit 1
maven=$build/fiji-plugin/maven
version=$(sed -n 's/#define FRINGE_VERSION_[A-Z]* //p' "$root/include/fringe/version.h" | paste -s -d .)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
home="$work/Zu Hause ü"
mkdir -p "$home/app/plugins" "$work/locale"
cp "$maven/Fringe_/Fringe_-$version.jar" "$home/app/plugins/"
jar="$home/app/plugins/Fringe_-$version.jar"
libraries=$(tr : '\n' <"$maven/Fringe_/test-classpath" | grep -v /fringe-java | paste -s -d :) # its classes are in the jar
tests=$maven/fringe-java/test-classes:$maven/Fringe_/test-classes
export XDG_CACHE_HOME="$home/cache" XDG_DATA_HOME="$home/data" LC_ALL=C.UTF-8
unset FRINGE_CPU FRINGE_MODELS LD_LIBRARY_PATH
localedef -i de_DE -f UTF-8 "$work/locale/de_DE.UTF-8" >/dev/null 2>&1
handles="fringe.LibraryTest fringe.HandleTest fringe.MicrographTest fringe.SegmentationTest fringe.ParticleHandleTest fringe.SpectrumTest fringe.BatchTest fringe.TrainingTest"
: >"$work/outcomes"

# Reports of -Xcheck:jni on the JDK's own natives for windows and fonts are left out: each is a line that warns and the
# trace below it, which begins with the native, or with what the compiler left of its callers in the JDK: ours begin in
# the package fringe. So are AWT's ignoring of SIGPIPE, and calls within critical sections,
# which have no trace: our natives have no such sections, see below.
without_jdk() {
    awk '/^Warning: SIGPIPE handler modified/, /^Consider using jsig/ { next }
        /^Warning: Calling other JNI functions in the scope of Get/ { next }
        /^(WARNING|FATAL ERROR) in native method|^WARNING: JNI/ { held = $0; trace = 0; next }
        /^\tat / && held != "" { jdk = /^\tat (sun\.(awt|font|java2d)\.|[^(]*\((java|jdk)\.[a-z.]*@)/; trace = 1; if (!jdk) print held; held = "" }
        /^\t(at|-) / && trace { if (!jdk) print; next }
        { trace = 0; print }'
}

# tests NAME COMMAND...: runs a Java program that prints its outcomes, and takes them over; each job has data of its own
tests() {
    job=$1
    shift
    rm -rf "$home/data" "$home/cache"
    echo "== $job"
    "$@" >"$work/$job.all" 2>&1
    status=$?
    without_jdk <"$work/$job.all" >"$work/$job.log"
    # A test's name behind its job's; the traces below stay as they are.
    sed "s/^ok /ok $job /; s/^FAILED /FAILED $job /; s/^skipped /skipped $job /" "$work/$job.log" |
        tee -a "$work/outcomes"
    if [ $status -ne 0 ] && ! grep -q '^FAILED' "$work/$job.log"; then
        echo "FAILED $job: exit status $status" | tee -a "$work/outcomes"
    fi
}

# silent NAME LOG PATTERN: the log is there and has no line like the pattern
silent() {
    if [ ! -s "$2" ] || grep -qE "$3" "$2"; then
        echo "FAILED $1" | tee -a "$work/outcomes"
        grep -E -A 5 "$3" "$2"
    else
        echo "ok $1" | tee -a "$work/outcomes"
    fi
}

in_java() {
    java -Duser.home="$home" -Dfringe.root="$root" -Dfringe.jar="$jar" -Dfringe.version="$version" \
        -Dfringe.program="$build/native/cli/fringe" -Dfringe.application="$home/app" -Dplugins.dir="$home/app" \
        -Dfringe.pictures="$build/pictures" "$@"
}

in_german() {
    LOCPATH="$work/locale" LC_ALL=de_DE.UTF-8 in_java -Duser.language=de -Duser.country=DE "$@"
}

in_asan() {
    LD_PRELOAD=$(${CC:-gcc} -print-file-name=libasan.so) \
        ASAN_OPTIONS=handle_segv=0:allow_user_segv_handler=1:detect_leaks=0 in_java "$@"
}

if [ "$(nm -D --defined-only "$build/native/libfringe-jni.so" | awk '{ print $NF }')" = JNI_OnLoad ]; then
    echo "ok exported symbols" | tee -a "$work/outcomes"
else
    echo "FAILED exported symbols" | tee -a "$work/outcomes"
fi

if grep -n 'Critical(' native/jni/*; then
    echo "FAILED no critical sections" | tee -a "$work/outcomes"
else
    echo "ok no critical sections" | tee -a "$work/outcomes"
fi

# The keys of macros: those of the README's tables are the dialogs' labels.
sed -n '/^## Fiji/,/^## The same/s/^| `\([a-z_]*\)` |.*/\1/p' README.md | sort -u >"$work/readme"
plugin=fiji-plugin/src/main/java/fringe/imagej
dialogs=$(ls $plugin/*Dialog.java $plugin/AnalyzeFolderCommand.java $plugin/SpectrumCommand.java)
{
    sed -n 's/.*add[A-Z][A-Za-z]*("\([a-z_]*\)",.*/\1/p' $dialogs
    sed -n 's/.*new String\[\] {\("[^}]*\)},.*/\1/p' $dialogs | tr -d '" ' | tr , '\n'
} | grep -v '^preview$' | sort -u >"$work/labels"
if [ -s "$work/labels" ] && diff "$work/readme" "$work/labels"; then
    echo "ok keys of macros" | tee -a "$work/outcomes"
else
    echo "FAILED keys of macros" | tee -a "$work/outcomes"
fi

all=$jar:$tests:$libraries
tests handles in_java -Xcheck:jni -cp "$all" fringe.Tests $handles
silent "handles jni-check" "$work/handles.log" '^(FATAL ERROR|WARNING|Warning)'
tests cache in_java -cp "$all" fringe.Tests fringe.CacheTest
tests german in_german -cp "$all" fringe.Tests $handles
# Without LibraryTest: AddressSanitizer's dlopen does not look where its caller's libraries lie.
tests asan in_asan -cp "$all" fringe.Tests fringe.HandleTest fringe.MicrographTest fringe.SegmentationTest fringe.ParticleHandleTest fringe.SpectrumTest fringe.BatchTest fringe.TrainingTest
silent "asan report" "$work/asan.log" 'AddressSanitizer'
tests files in_java -Djava.awt.headless=true -cp "$all" fringe.Tests fringe.imagej.FilesTest fringe.imagej.ParticlesTest
tests memory in_java -Djava.awt.headless=true -Xmx64m -cp "$all" fringe.Tests fringe.imagej.MemoryTest

display=99
while [ -e "/tmp/.X11-unix/X$display" ]; do display=$((display + 1)); done

# in_window COMMAND...: with a screen of its own
in_window() {
    Xvfb :"$display" -screen 0 1400x1000x24 >"$work/xvfb.log" 2>&1 &
    server=$!
    seconds=0
    while [ ! -e "/tmp/.X11-unix/X$display" ] && [ $seconds -lt 60 ]; do
        sleep 1
        seconds=$((seconds + 1))
    done
    DISPLAY=:$display "$@"
    status=$?
    kill $server
    wait $server
    return $status
}

# Fiji's launcher puts all jars onto one class path and lets ij1-patcher change ImageJ's classes as they are loaded.
patcher=$(printf '%s\n' "$libraries" | tr : '\n' | grep /ij1-patcher)
in_fiji() {
    in_java --add-opens=java.base/java.lang=ALL-UNNAMED -javaagent:"$patcher"=init -Dfringe.pictures="$work/pictures" \
        -cp "$all" "$@"
}

# Elsewhere ImageJ itself loads the jar, from its plugins folder.
windows="fringe.imagej.SegmentTest fringe.imagej.MeasureTest fringe.imagej.AnalyzeTest fringe.imagej.ParticleClicksTest fringe.imagej.CommandsTest fringe.imagej.RecorderTest fringe.imagej.ExamplesTest fringe.imagej.EscapeTest"
tests imagej in_window in_german -Xcheck:jni -cp "$tests:$libraries" fringe.Tests $windows
silent "imagej jni-check" "$work/imagej.log" '^(FATAL ERROR|WARNING|Warning)'
printf 'PK\005\006\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0' >"$home/app/plugins/Fringe_-0.0.1.jar" # an archive of nothing
tests fiji in_window in_fiji fringe.Tests fringe.imagej.FijiTest $windows
rm "$home/app/plugins/Fringe_-0.0.1.jar"
tests headless in_fiji -Djava.awt.headless=true fringe.Tests fringe.imagej.FijiHeadlessTest
tests windows in_window in_asan -Dfringe.pictures="$work/pictures" -cp "$tests:$libraries" fringe.Tests \
    fringe.imagej.SegmentTest fringe.imagej.MeasureTest fringe.imagej.CommandsTest
silent "windows asan report" "$work/windows.log" 'AddressSanitizer'

rm -rf "$home/data" "$home/cache"
if java -cp "$jar" "$root/examples/SegmentMicrograph.java" hrtem-particles \
    "$root/examples/micrographs/simulated-gold-2nm.tif" "$work/mask.pgm" &&
    [ "$(head -c 15 "$work/mask.pgm" | tr '\n' ' ')" = "P5 512 512 255 " ]; then
    echo "ok example SegmentMicrograph" | tee -a "$work/outcomes"
else
    echo "FAILED example SegmentMicrograph" | tee -a "$work/outcomes"
fi

awk '/^ok /{ passed++ } /^FAILED /{ failed++ } /^skipped /{ skipped++ }
    END { printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped; exit failed > 0 || passed == 0 }' \
    "$work/outcomes"
