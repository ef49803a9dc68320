"""How fast are the engines that one would otherwise use, with the same weights on the same sentences?

    python -m venv peers && peers/bin/pip install torch transformers onnx onnxruntime openvino numpy
    peers/bin/python eval/reference/peers.py MODEL_FOLDER SENTENCES.txt --detente target/release/detente

Every engine computes the last hidden states of all sentences, in batches of 32 of similar length, padded to the longest;
tokenising is not timed. Engines take turns, round after round, so that whatever else the machine does hits all alike;
`detente bench` takes its turns among them. Each engine is given by the median of its rounds and by the best one, in
tokens a second, padding not counted.
"""

import argparse
import json
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy
import torch
from transformers import AutoModel, AutoTokenizer


class Hidden(torch.nn.Module):
    """A model cut down to two inputs and one output."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask):
        return self.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state


def padded_batches(token_lists, size):
    for start in range(0, len(token_lists), size):
        part = token_lists[start : start + size]
        ids = numpy.zeros((len(part), max(len(tokens) for tokens in part)), numpy.int64)
        mask = numpy.zeros_like(ids)
        for row, tokens in enumerate(part):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        yield ids, mask


def with_torch(model, dtype):
    def run(ids, mask):
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=dtype == "bf16"):
            model(torch.from_numpy(ids), torch.from_numpy(mask))

    return run


def with_onnxruntime(path, threads):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return lambda ids, mask: session.run(None, {"input_ids": ids, "attention_mask": mask})


def with_openvino(path, threads, precision):
    import openvino

    settings = {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": precision}
    core = openvino.Core()
    request = core.compile_model(core.read_model(str(path)), "CPU", settings).create_infer_request()
    return lambda ids, mask: request.infer([ids, mask])


def export(model, folder):
    """The ONNX file of a model, and the one with its matrices in 8 bits, activations quantised as they come."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    plain, small = folder / "f32.onnx", folder / "int8.onnx"
    example = torch.ones(2, 16, dtype=torch.long)
    names = ["input_ids", "attention_mask"]
    axes = {name: {0: "batch", 1: "token"} for name in [*names, "hidden"]}
    torch.onnx.export(
        model, (example, example), str(plain), input_names=names, output_names=["hidden"], dynamic_axes=axes,
        opset_version=17, dynamo=False,
    )
    quantize_dynamic(
        plain, small, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul", "Gemm"],
        extra_options={"MatMulConstBOnly": True},
    )
    return plain, small


def detente_turn(options, precision):
    command = [
        options.detente, "bench", "--json", "--passes", "1", "--input", options.sentences, "--model", options.model,
        "--threads", str(options.threads), "--precision", precision, "--max-length", str(options.max_length),
    ]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("sentences")
    parser.add_argument("--detente", help="the program to compare with")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--max-length", type=int, default=192)
    parser.add_argument("--limit", type=int, help="sentences to take from the top")
    parser.add_argument("--only", help="engines, separated by commas")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    texts = [line for line in Path(options.sentences).read_text("utf-8").splitlines() if line.strip()]
    if options.limit:
        texts = texts[: options.limit]
        cut = tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8")
        cut.write("\n".join(texts))
        cut.flush()
        options.sentences = cut.name
    tokens = AutoTokenizer.from_pretrained(options.model)(texts)["input_ids"]
    tokens = sorted((each[: options.max_length] for each in tokens), key=len)
    n_tokens = sum(map(len, tokens))
    model = Hidden(AutoModel.from_pretrained(options.model, attn_implementation="eager")).eval()
    try:
        fused = Hidden(AutoModel.from_pretrained(options.model, attn_implementation="sdpa")).eval()
    except ValueError:
        fused = model  # MPNet has no fused attention there
    with tempfile.TemporaryDirectory() as folder:
        plain, small = export(model, Path(folder))
        engines = {
            "PyTorch f32": with_torch(fused, "f32"),
            "PyTorch bf16": with_torch(fused, "bf16"),
            "ONNX Runtime f32": with_onnxruntime(plain, options.threads),
            "ONNX Runtime int8": with_onnxruntime(small, options.threads),
            "OpenVINO f32": with_openvino(plain, options.threads, "f32"),
            "OpenVINO bf16": with_openvino(plain, options.threads, "bf16"),
        }
        measure(options, engines, tokens, n_tokens)


def measure(options, engines, tokens, n_tokens):
    ours = [f"detente {precision}" for precision in ("f32", "bf16", "int8")] if options.detente else []
    names = [*engines, *ours]
    if options.only:
        names = [name for name in names if name in options.only.split(",")]
    rates = {name: [] for name in names}
    for turn in range(options.rounds + 1):
        for name in names:
            if name in engines:
                start = time.perf_counter()
                for ids, mask in padded_batches(tokens, 32):
                    engines[name](ids, mask)
                rate = n_tokens / (time.perf_counter() - start)
            else:
                figures = detente_turn(options, name.split()[1])
                assert figures["tokens"] == n_tokens, (figures["tokens"], n_tokens)
                rate = figures["tokens_per_second"]
            if turn > 0:
                rates[name].append(rate)
    print(f"{len(tokens)} sentences, {n_tokens} tokens, {options.threads} threads, {options.rounds} rounds\n")
    print("| engine | tokens/s, median | best |\n|---|---|---|")
    for name, values in rates.items():
        print(f"| {name} | {statistics.median(values):,.0f} | {max(values):,.0f} |", flush=True)


if __name__ == "__main__":
    main()
