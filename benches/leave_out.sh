#!/bin/sh
# leave_out.sh SAMPLES FOLDS OUT: how well a model repairs what it was not shown, where there are few samples.
#
# SAMPLES, JSON Lines, are divided into FOLDS parts, line N into part N modulo FOLDS. For each part the default model is tuned with
# docs/results/leave-out.toml on all others, and answers it. OUT gets runs, answers and rows, and all parts' rates in OUT/metrics.json.
# The same command again goes on where it was broken off. XTASK and EVALUATE stand for `cargo xtask` where they are set.
set -eu
samples=$1 folds=$2 out=$3
xtask=${XTASK:-cargo xtask} evaluate=${EVALUATE:-cargo xtask}
model=qwen2.5-coder-0.5b-instruct
mkdir -p "$out"
jq -c '.id = "\(input_line_number)"' "$samples" >"$out/samples.jsonl"
samples=$out/samples.jsonl
for fold in $(seq 0 $((folds - 1))); do
	run=$out/$fold
	awk "NR % $folds != $fold" "$samples" >"$run.train.jsonl"
	awk "NR % $folds == $fold" "$samples" >"$run.left.jsonl"
	resume=
	if [ -e "$run/run.json" ]; then resume=--resume; fi
	# Words are to be split: the command, and a flag that may not be there.
	# shellcheck disable=SC2086
	$xtask train --data "$run.train.jsonl" --model "$model" --config "$(dirname "$0")/../docs/results/leave-out.toml" --out "$run" $resume
	# shellcheck disable=SC2086
	$evaluate evaluate --samples "$run.left.jsonl" --model "$model" --adapter "$run/final" --target window --candidates 8 \
		--answers-out "$run.answers.jsonl" --json "$run.rows.jsonl"
done
cat "$out"/[0-9]*.left.jsonl >"$out/left.jsonl"
cat "$out"/[0-9]*.answers.jsonl >"$out/answers.jsonl"
$evaluate evaluate --samples "$out/left.jsonl" --answers "$out/answers.jsonl" --target window --json "$out/rows.jsonl" --metrics "$out/metrics.json"
