#!/bin/sh
# `fringe mean` is known, explains itself, and computes.
set -eu
build=$1 root=$2
fringe=$build/native/cli/fringe
"$fringe" --help | grep '^  mean '
"$fringe" mean --help | grep '^usage: fringe mean'
micrograph=$root/examples/micrographs/simulated-gold-2nm.tif
"$fringe" mean "$micrograph" | grep "^$micrograph: [0-9.]*\$"
status=0
"$fringe" mean "$root/no-such.tif" 2>/dev/null || status=$?
[ "$status" -eq 1 ]
