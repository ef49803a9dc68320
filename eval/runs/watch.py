"""Runs a command and watches it: `watch.py COMMAND...`. Prints one line of JSON behind it: seconds of wall and processor
time, the largest resident set (of which file pages can be taken back), and the most open files and threads at once.
"""

import json
import pathlib
import resource
import subprocess
import sys
import time


def status(folder):
    fields = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
    kilobytes = {name: int(fields[name].split()[0]) for name in ("VmRSS", "RssAnon", "RssFile")}
    return kilobytes | {"threads": int(fields["Threads"]), "files": len(list((folder / "fd").iterdir()))}


def main():
    started = time.monotonic()
    process = subprocess.Popen(sys.argv[1:])
    folder = pathlib.Path("/proc") / str(process.pid)
    most, series = {}, []
    while process.poll() is None:
        try:
            now = status(folder)
        except (OSError, KeyError, ValueError):
            break
        most = {name: max(value, most.get(name, 0)) for name, value in now.items()}
        series.append(now["RssAnon"])
        time.sleep(0.05)
    process.wait()
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    tenths = [series[len(series) * i // 10] // 1024 for i in range(10)] if series else []
    print(json.dumps({
        "exit": process.returncode,
        "wall_seconds": round(time.monotonic() - started, 2),
        "user_seconds": round(usage.ru_utime, 2),
        "system_seconds": round(usage.ru_stime, 2),
        "peak_mib": usage.ru_maxrss // 1024,
        "most_anonymous_mib": most.get("RssAnon", 0) // 1024,
        "most_of_files_mib": most.get("RssFile", 0) // 1024,
        "most_threads": most.get("threads"),
        "most_open_files": most.get("files"),
        "anonymous_mib_at_each_tenth": tenths,
    }))


if __name__ == "__main__":
    main()
