"""Kills `detente score` at random moments, goes on with `--resume`, and compares the tables with those of a run that
was left alone, byte for byte: `kill.py DETENTE [--kills N] [--articles N] [--model NAME] [--seed N]`.

With `--full`, also lets a run fill a small tmpfs (as root), which must fail, keep what it did, and go on elsewhere.
Exits with 1 at the first difference. Prints what it did as lines of a Markdown table.
"""

import argparse
import hashlib
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

GENERATE = pathlib.Path(__file__).with_name("generate.py")
TABLES = ("mentions", "dyads", "articles")


def score(args, archive, out, *options):
    command = [args.detente, "score", archive, "--model", args.model, "--format", args.format, "-o", out, *options]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def digests(args, out):
    assert (out / "manifest.json").exists(), "the run is not complete"
    return [hashlib.sha256((out / f"{table}.{args.format}").read_bytes()).hexdigest() for table in TABLES]


def parts(out):
    return {path.name for path in (out / "parts").glob("*.part")}


def fail(message):
    print(f"FAILED: {message}")
    sys.exit(1)


def kill(args, folder, archive):
    started = time.monotonic()
    whole = score(args, archive, folder / "whole")
    if whole.wait() == 2:
        fail(whole.stderr.read())
    seconds = time.monotonic() - started
    expected = digests(args, folder / "whole")
    dice = random.Random(args.seed)
    kills = runs = in_vain = 0
    while kills < args.kills:
        out = folder / f"killed{runs}"
        kept = set()
        while True:
            process = score(args, archive, out, "--resume")
            # Anywhere in a run, its beginning and its end included.
            try:
                code = process.wait(timeout=dice.uniform(0, 1.1 * seconds) ** 2 / seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                process.stderr.close()
                kills += 1
                now = parts(out)
                if not kept <= now:
                    fail(f"parts are gone: {kept - now}")
                in_vain += now == kept
                kept = now
                continue
            said = process.stderr.read()
            if code == 2:
                fail(said)
            break
        if digests(args, out) != expected:
            fail(f"the tables differ in {out}")
        if parts(out) != parts(folder / "whole"):
            fail("there are other parts")
        runs += 1
        shutil.rmtree(out)
    print(f"| SIGKILL | {args.model} | {args.articles} | {seconds:.1f} s | {kills} | {runs} | {in_vain} | all equal |")


def fill(args, folder, archive):
    whole = digests(args, folder / "whole")
    size = sum(path.stat().st_size for path in (folder / "whole").rglob("*") if path.is_file())
    tries = 0
    for share in (0.02, 0.1, 0.3, 0.5, 0.7, 0.9):
        disk = folder / "disk"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={int(size * share) // 4096 * 4096}", "tmpfs", disk], check=True)
        try:
            process = score(args, archive, disk / "run")
            said = process.communicate()[1]
            if process.returncode != 2 or "No space left" not in said:
                fail(f"a full disk gives {process.returncode}: {said}")
            if (disk / "run").exists():
                left = {path.name for path in (disk / "run").iterdir()}
                if not left <= {"parts"}:
                    fail(f"a full disk leaves {left}")
                shutil.copytree(disk / "run", folder / "moved")
        finally:
            subprocess.run(["umount", disk], check=True)
            disk.rmdir()
        process = score(args, archive, folder / "moved", "--resume")
        said = process.communicate()[1]
        if process.returncode == 2 or digests(args, folder / "moved") != whole:
            fail(f"behind a full disk the tables differ: {said}")
        shutil.rmtree(folder / "moved")
        tries += 1
    print(f"| full tmpfs | {args.model} | {args.articles} | – | {tries} | {tries} | – | all equal |")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("detente", type=pathlib.Path)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--articles", type=int, default=3000)
    parser.add_argument("--model", default="dictionary")
    parser.add_argument("--format", default="csv")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--full", action="store_true")
    args = parser.parse_args()
    args.detente = args.detente.resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        archive = folder / "archive.jsonl"
        with archive.open("wb") as file:
            subprocess.run([sys.executable, GENERATE, str(args.articles)], stdout=file, check=True)
        kill(args, folder, archive)
        if args.full:
            fill(args, folder, archive)


if __name__ == "__main__":
    main()
