"""Makes the tiny checkpoints in tests/fixtures/models, and says what transformers computes with them.

    python -m venv venv
    venv/bin/pip install torch==2.15.0 transformers==5.24.0 tokenizers==0.23.3 safetensors==0.8.0
    venv/bin/python eval/reference/make_tiny.py [NAME...]

Each has random weights, far larger than a fresh encoder's so that every one of them matters, and a vocabulary of words
that we made up or picked. `expected.json` holds, for texts from none to as many tokens as the encoder takes, the
tokenizer's ids and the last hidden states in 32 bits, rounded to 6 decimals.

To add an architecture: one function with a configuration, and one line in MODELS.
"""

import json
import random
import string
import sys
from pathlib import Path

import torch
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, MPNetConfig, MPNetModel

FOLDER = Path(__file__).parents[2] / "tests/fixtures/models"

WORDS = """
ruritania graustark borduria syldavia zenda klow strelsau edelweiss envoy envoys minister ministers army navy border
harbour council treaty grain bridge river winter spring market letter visit talks school road train ship rescue
condemned threatened attacked insulted accused denounced sanctioned betrayed raided expelled
praised thanked helped welcomed forgave applauded honoured supported embraced rewarded
visited neighbours measured counted mapped bordered phoned painted photographed resembles
the a of and in on to for with by from that it its he she they was were is are has had not but again today yesterday
""".split()
PIECES = ["##s", "##ed", "##ing", "##n", "##ia", "##er", "##land", "##ly"]

TEXTS = [
    "",
    "Ruritania",
    "Graustark thanked Borduria.",
    "“The envoys,” she said, “were NOT welcomed in Strelsau!”",
    "Zendaland – Klów's harbour; 42 ships (and a brìdge)…",
    "The council of Syldavia denounced the raid, but it forgave the minister who was accused of it yesterday.",
    "\u5317\u4eac \u6771\u4eac and Ødegård\tmapped\u00a0the river\u200b again \U0001f6a2",
]


def bert():
    special = dict(pad="[PAD]", unknown="[UNK]", first="[CLS]", last="[SEP]")
    config = lambda n_words: BertConfig(
        vocab_size=n_words, hidden_size=32, num_hidden_layers=3, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=64, type_vocab_size=2, pad_token_id=0,
    )
    return special, config, lambda config: BertModel(config, add_pooling_layer=False)


def mpnet():
    # Long enough for the last bucket of the bias by distance, which begins at 128 tokens.
    special = dict(first="<s>", pad="<pad>", last="</s>", unknown="[UNK]")
    config = lambda n_words: MPNetConfig(
        vocab_size=n_words, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=152, layer_norm_eps=1e-5, pad_token_id=1, bos_token_id=0, eos_token_id=2,
    )
    return special, config, lambda config: MPNetModel(config, add_pooling_layer=False)


MODELS = {"bert": bert, "mpnet": mpnet}


def tokenizer(special):
    letters = string.ascii_lowercase + string.digits + ".,;:!?'\"()-–“”…"
    words = [*special.values(), *letters, *("##" + c for c in string.ascii_lowercase + string.digits), *PIECES, *WORDS]
    vocabulary = {word: i for i, word in enumerate(dict.fromkeys(words))}
    made = Tokenizer(models.WordPiece(vocabulary, unk_token=special["unknown"], max_input_chars_per_word=100))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    first, last = ((special[end], vocabulary[special[end]]) for end in ("first", "last"))
    if first[0] == "<s>":
        made.post_processor = processors.RobertaProcessing(sep=last, cls_token=first, add_prefix_space=False)
    else:
        made.post_processor = processors.TemplateProcessing(
            single=f"{first[0]} $A {last[0]}", special_tokens=[first, last]
        )
    made.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special.values()])
    # As published checkpoints have it; whoever reads the file must not pad or cut by it.
    pad = dict(pad_id=vocabulary[special["pad"]], pad_token=special["pad"])
    made.enable_truncation(max_length=16)
    made.enable_padding(length=16, **pad)
    return made


def randomise(model):
    """Weights of matrices give sums of about 1; embeddings, scales and shifts vary likewise."""
    generator = torch.Generator().manual_seed(20310114)
    with torch.no_grad():
        for name, weight in sorted(model.named_parameters()):
            noise = torch.randn(weight.shape, generator=generator)
            if "LayerNorm.weight" in name:
                weight.copy_(1 + 0.3 * noise)
            elif weight.dim() == 1:
                weight.copy_(0.3 * noise)
            elif "embedding" in name or "relative" in name:
                weight.copy_(noise)
            else:
                weight.copy_(1.5 * noise / weight.shape[1] ** 0.5)


def texts(max_len):
    """The fixed ones, and made-up ones of half, all but one and all of the tokens that the encoder takes."""
    choice = random.Random(7)
    return TEXTS + [" ".join(choice.choices(WORDS, k=k)) for k in (max_len // 2, max_len - 3, max_len - 2)]


def make(name):
    folder = FOLDER / name
    folder.mkdir(parents=True, exist_ok=True)
    special, config, build = MODELS[name]()
    made = tokenizer(special)
    made.save(str(folder / "tokenizer.json"), pretty=False)
    made.no_padding()
    made.no_truncation()
    model = build(config(made.get_vocab_size())).eval()
    randomise(model)
    model.save_pretrained(folder)
    first = model.config.pad_token_id + 1 if name == "mpnet" else 0
    expected = []
    for text in texts(model.config.max_position_embeddings - first):
        ids = made.encode(text).ids
        with torch.no_grad():
            states = model(input_ids=torch.tensor([ids])).last_hidden_state[0]
        hidden = [[round(x, 6) for x in row] for row in states.tolist()]
        expected.append({"text": text, "ids": ids, "hidden": hidden})
    lines = ",\n".join(json.dumps(each, separators=(",", ":")) for each in expected)
    (folder / "expected.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:] or MODELS:
        make(name)
