#!/bin/sh
# masks.sh TRAIN VALIDATION OUT: what the mask of the loss is worth, on the smallest model.
#
# The same steps on the same samples with each mask, three times with another seed each; a run's last evaluation, which no mask plays
# a part in, becomes a line of OUT/masks.jsonl. The same command again goes on where it was broken off. XTASK stands for `cargo xtask` if it is set.
set -eu
train=$1 validation=$2 out=$3
xtask=${XTASK:-cargo xtask}
mkdir -p "$out"
for seed in 1 2 3; do
	for mask in none fastfixer modified; do
		run=$out/$mask-$seed
		resume=
		if [ -e "$run/run.json" ]; then resume=--resume; fi
		# Words are to be split: the command, and a flag that may not be there.
		# shellcheck disable=SC2086
		$xtask train --data "$train" --validation "$validation" --model smollm2-135m-instruct \
			--config "$(dirname "$0")/../docs/results/masks.toml" --mask "$mask" --seed "$seed" --out "$run" $resume
	done
done
for evaluations in "$out"/*/evaluations.jsonl; do
	tail -n 1 "$evaluations" | jq -c --arg run "$(basename "$(dirname "$evaluations")")" '{run: $run} + .'
done >"$out/masks.jsonl"
