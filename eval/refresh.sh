#!/usr/bin/env bash
# Measures every shipped checkpoint anew, and writes eval/results/MODEL:
#   checked.json  by the portable kernel, on what is committed here; a test holds the program to it
#   dev.md        on all development sets at hand, with intervals and the hashes of what it was made from
#
#   eval/refresh.sh [GOLD...]      further gold files, shown as FOLDER/FILE
set -euo pipefail
golds=()
for gold in "$@"; do golds+=("$(realpath "$gold")"); done
cd "$(dirname "$0")/.."
root=$PWD
cargo build --release --locked
detente=$(realpath "${CARGO_TARGET_DIR:-target}/release/detente")

# A place where gold files have short names, whoever's disk they lie on.
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
ln -s "$root/models" "$place/models"
mkdir "$place/rhetoric" "$place/challenge"
named=(challenge/pairs.jsonl)
ln -s "$root/eval/challenge/pairs.jsonl" "$place/challenge/pairs.jsonl"
if [ -f eval/rhetoric/dev.jsonl ]; then
  ln -s "$root/eval/rhetoric/dev.jsonl" "$place/rhetoric/dev.jsonl"
  named=(rhetoric/dev.jsonl "${named[@]}")
fi
for gold in ${golds[@]+"${golds[@]}"}; do
  name=$(basename "$(dirname "$gold")")/$(basename "$gold")
  mkdir -p "$place/$(dirname "$name")"
  ln -sf "$gold" "$place/$name"
  case " ${named[*]} " in *" $name "*) ;; *) named+=("$name") ;; esac
done

for folder in models/*/; do
  model=$(basename "$folder")
  [ -f "$folder/detente.json" ] || continue
  out=$root/eval/results/$model
  mkdir -p "$out"
  if [ -f eval/rhetoric/dev.jsonl ]; then
    checked=(--gold eval/rhetoric/dev.jsonl)
  else
    checked=(--gold eval/challenge/pairs.jsonl --group direction)
  fi
  "$detente" eval "${checked[@]}" --model "$model" --portable --precision f32 --resamples 0 --json > "$out/checked.json"
  (cd "$place" && "$detente" eval --gold "${named[@]}" --model "$model" --precision f32 --markdown) > "$out/dev.md"
  echo "wrote $out" >&2
done
