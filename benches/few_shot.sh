#!/bin/sh
# few_shot.sh TRAIN SAMPLES OUT: what the model does without fine-tuning if its prompt shows it fixes of other programs.
#
# The three shortest fixed programs of TRAIN, each of another problem, stand before the description of each of SAMPLES, which are OUT/samples.jsonl then.
# What the default model answers without an adapter is judged like any other answer; EVALUATE stands for `cargo xtask` where it is set.
set -eu
train=$1 samples=$2 out=$3
evaluate=${EVALUATE:-cargo xtask}
mkdir -p "$out"
jq -n -c '[inputs | select(.changed_lines <= 2 and .compile_error == "")] | group_by(.problem) | map(min_by(.code | length))
	| sort_by(.code | length) | .[:3]' "$train" >"$out/shown.json"
jq -c --slurpfile shown "$out/shown.json" '.description = ([$shown[0][] |
	"A wrong program:\n```c\n\(.code)```\nThe same program, fixed:\n```c\n\(.fixed)```\n"] | join("\n")) + "\nThe program to fix now: " + (.description // "")' \
	"$samples" >"$out/samples.jsonl"
# shellcheck disable=SC2086
$evaluate evaluate --samples "$out/samples.jsonl" --model qwen2.5-coder-0.5b-instruct --adapter none --target program --limit 60 --temperature 0.8 \
	--answers-out "$out/answers.jsonl" --json "$out/rows.jsonl" --metrics "$out/metrics.json"
