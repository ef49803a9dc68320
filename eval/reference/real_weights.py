"""Compares the hidden states of real weights with those of transformers, in 32 bits.

    python -m venv venv
    venv/bin/pip install torch==2.15.0 transformers==5.24.0 tokenizers==0.23.3 safetensors==0.8.0
    venv/bin/python eval/reference/real_weights.py FOLDER...

A FOLDER holds config.json, tokenizer.json and model.safetensors, as published: all-MiniLM-L6-v2 and all-mpnet-base-v2,
say. The texts are paragraphs of examples/archive, and texts of as many tokens as the encoder takes. Fails if a
number differs by 1e-4 or more, or any id does.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import AutoModel

ROOT = Path(__file__).parents[2]
LIMIT = 1e-4


def texts(tokenizer, max_len):
    articles = [json.loads(line) for path in sorted((ROOT / "examples/archive").glob("*.jsonl"))
                for line in path.read_text(encoding="utf-8").splitlines()]
    paragraphs = [part for article in articles[::4] for part in article["text"].split("\n") if part]
    words = " ".join(paragraphs).split()
    longest = []
    for n_tokens in (max_len // 2, max_len - 1, max_len):
        n_words = n_tokens - 2
        while len(tokenizer.encode(" ".join(words[:n_words])).ids) > n_tokens:
            n_words -= 1
        text = " ".join(words[:n_words])
        longest.append(text + " ." * (n_tokens - len(tokenizer.encode(text).ids)))
    return ["", "Norway", *paragraphs, *longest]


def ours(program, folder, texts):
    lines = "".join(text + "\n" for text in texts)
    done = subprocess.run([*program, str(folder)], input=lines.encode(), stdout=subprocess.PIPE, check=True, cwd=ROOT)
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def compare(program, folder):
    model = AutoModel.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    is_mpnet = model.config.model_type == "mpnet"
    max_len = model.config.max_position_embeddings - (model.config.pad_token_id + 1 if is_mpnet else 0)
    asked = texts(tokenizer, max_len)
    largest, n_tokens, longest = 0.0, 0, 0
    for text, read in zip(asked, ours(program, folder.resolve(), asked), strict=True):
        ids = tokenizer.encode(text).ids
        if ids != read["ids"]:
            sys.exit(f"{folder}: other tokens for {text!r}")
        with torch.no_grad():
            states = model(input_ids=torch.tensor([ids])).last_hidden_state[0]
        largest = max(largest, (states - torch.tensor(read["hidden"])).abs().max().item())
        n_tokens, longest = n_tokens + len(ids), max(longest, len(ids))
    print(f"{folder}: {len(asked)} texts, {n_tokens} tokens, longest {longest}: largest difference {largest:.2e}")
    return largest


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="+", type=Path)
    default = "cargo run --release --quiet --example hidden_states --"
    parser.add_argument("--program", default=default, help="what prints our hidden states; the folder follows")
    args = parser.parse_args()
    if max(compare(args.program.split(), folder) for folder in args.folder) >= LIMIT:
        sys.exit(f"that is {LIMIT} or more")
