#!/bin/sh
# masks.sh TRAIN VALIDATION OUT: what the mask of the loss is worth, on the smallest model.
#
# The same steps on the same samples with no mask, FastFixer's and docs/results/masks.toml's. Each mask is first given three learning rates
# with one seed; the one with the least loss on changed tokens of VALIDATION gets two more seeds. OUT/masks.jsonl has the last evaluation
# of each run; no mask plays a part in evaluations. The same command again goes on where it was broken off. XTASK stands for `cargo xtask` where it is set.
set -eu
train=$1 validation=$2 out=$3
xtask=${XTASK:-cargo xtask}
config=$(dirname "$0")/../docs/results/masks.toml
mkdir -p "$out"

# run MASK RATE SEED [FLAG]
run() {
	folder=$out/$1-$2-$3
	if [ -e "$folder/done" ]; then return; fi
	flag= resume=
	if [ "$1" != modified ]; then flag="--mask $1"; fi
	if [ -e "$folder/run.json" ]; then resume=--resume; fi
	# Words are to be split: the command, and flags that may not be there.
	# shellcheck disable=SC2086
	$xtask train --data "$train" --validation "$validation" --model smollm2-135m-instruct --config "$config" $flag \
		--learning-rate "$2" --seed "$3" --out "$folder" $resume ${4:-}
	touch "$folder/done"
}

# last MASK RATE SEED: the run's last evaluation.
last() {
	tail -n 1 "$out/$1-$2-$3/evaluations.jsonl" | jq -c --arg mask "$1" --arg rate "$2" --arg seed "$3" \
		'{mask: $mask, learning_rate: $rate, seed: $seed} + .'
}

# The first step of a warm-up changes nothing: the model as it is.
run none 1e-9 1 --max-steps=1
for mask in none fastfixer modified; do
	for rate in 1e-3 2e-3 4e-3; do run $mask $rate 1; done
	best=$(for rate in 1e-3 2e-3 4e-3; do last $mask $rate 1; done | jq -rs 'min_by(.changed_loss).learning_rate')
	for seed in 2 3; do run $mask "$best" $seed; done
done
for folder in "$out"/*/done; do
	name=$(basename "$(dirname "$folder")")
	rate=${name#*-}
	last "${name%%-*}" "${rate%-*}" "${name##*-}"
done >"$out/masks.jsonl"
# Differences of the loss on changed tokens between runs of a seed, with Student's interval of 95 % (t is 4.303 for three seeds).
jq -sc 'map(select(.step > 1)) | group_by(.mask, .learning_rate) | map(select(length == 3) | {key: .[0].mask, value: map(.changed_loss)}) | from_entries
	| [["modified", "none"], ["modified", "fastfixer"], ["fastfixer", "none"]][] as [$a, $b] | [.[$a], .[$b]] | transpose | map(.[0] - .[1])
	| (add / 3) as $mean | (map(. - $mean | . * .) | add / 2 / 3 | sqrt * 4.303) as $half
	| "\($a) less \($b): \($mean) (\($mean - $half) to \($mean + $half))"' "$out/masks.jsonl"
