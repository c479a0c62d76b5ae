#!/usr/bin/env python3
"""Runs clang-tidy over source files, as many at once as there are processors, and reads none twice that it found clean.

usage: clang_tidy.py BUILD FILE...       BUILD holds compile_commands.json, in which every FILE stands

A file is read again once anything that it is compiled of has changed, or how, or a .clang-tidy above it, or clang-tidy itself: BUILD/clang-tidy
tells of every clean file what that was. Findings go to stdout, progress to stderr. Exit code 1 when anything is found.
"""

import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys
import time

PROGRESS_EVERY_S = 30


@functools.lru_cache(maxsize=None)
def digest(path):
    """Of the file's contents; empty where there is none any more."""
    try:
        return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
    except OSError:
        return ""


class Source:
    """A file to be read: what it is compiled of, and whether all that is as it was when clang-tidy found nothing."""

    def __init__(self, folder, entry, version):
        self.folder = folder
        self.entry = entry
        self.version = version
        self.record = folder / (os.path.relpath(entry["file"]) + ".txt")

    def key(self, inputs):
        checks = [digest(folder / ".clang-tidy") for folder in pathlib.Path(self.entry["file"]).parents]
        return hashlib.sha256("\n".join([self.version, *checks, self.entry["command"], *map(digest, inputs)]).encode()).hexdigest()

    def is_clean(self):
        """Whether it was found clean as it is now; a header that would now be found in another folder is not seen."""
        try:
            key, *inputs = self.record.read_text(encoding="utf-8").splitlines()
        except (OSError, ValueError):
            return False
        return key == self.key(inputs)

    def inputs(self):
        """The file and every header that the compiler reads for it."""
        command = shlex.split(self.entry["command"])
        output = command.index("-o")
        del command[output : output + 2]
        rule = subprocess.run([*command, "-M"], cwd=self.entry["directory"], capture_output=True, text=True, check=True)
        paths = rule.stdout.replace("\\\n", " ").partition(":")[2].split()
        return [os.path.join(self.entry["directory"], path) for path in paths]

    def read(self):
        """What clang-tidy finds; empty: nothing, which is remembered."""
        try:
            inputs = self.inputs()
        except subprocess.CalledProcessError as error:
            return error.stderr
        key = self.key(inputs)
        tidy = subprocess.run(
            ["clang-tidy", "--quiet", "-p", self.folder, self.entry["file"]], capture_output=True, text=True, check=False
        )
        if tidy.returncode == 0:
            self.record.parent.mkdir(parents=True, exist_ok=True)
            new = self.record.with_suffix(".new")
            new.write_text("\n".join([key, *inputs]), encoding="utf-8")
            new.replace(self.record)
            return ""
        # On stderr it counts what it does not show; where it could not even begin, it says why there alone.
        return tidy.stdout or tidy.stderr


def in_words(seconds):
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"


class Progress:
    """Says now and then on stderr how far the reading is."""

    def __init__(self, files, clean_before):
        self.files = files
        self.start = self.said = time.monotonic()
        print(f"{clean_before} of {files + clean_before} files are as they were when found clean", file=sys.stderr)

    def tell(self, read, with_findings):
        now = time.monotonic()
        if now - self.said < PROGRESS_EVERY_S and read < self.files:
            return
        self.said = now
        left = (now - self.start) / read * (self.files - read)
        end = f", about {in_words(left)} left" if read < self.files else f" in {in_words(now - self.start)}"
        print(f"{read} of {self.files} read, {with_findings} with findings{end}", file=sys.stderr, flush=True)


def main():
    build, *files = sys.argv[1:]
    wanted = {os.path.abspath(file) for file in files}
    version = subprocess.run(["clang-tidy", "--version"], capture_output=True, text=True, check=True).stdout
    commands = json.loads(pathlib.Path(build, "compile_commands.json").read_text(encoding="utf-8"))
    entries = {}
    for entry in commands:
        if entry["file"] in wanted:
            entries.setdefault(entry["file"], entry)
    if missing := wanted - entries.keys():
        sys.exit(f"not in compile_commands.json: {' '.join(sorted(missing))}")
    # clang-tidy reads a file that two targets compile twice, unless a folder's commands are one a file.
    folder = pathlib.Path(build, "clang-tidy")
    folder.mkdir(exist_ok=True)
    (folder / "compile_commands.json").write_text(json.dumps(list(entries.values())), encoding="utf-8")
    sources = [Source(folder, entries[file], version) for file in sorted(entries)]
    unread = [source for source in sources if not source.is_clean()]
    progress = Progress(len(unread), len(sources) - len(unread))
    with_findings = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        readings = [pool.submit(source.read) for source in unread]
        for read, reading in enumerate(concurrent.futures.as_completed(readings), 1):
            if findings := reading.result():
                with_findings += 1
                print(findings, end="", flush=True)
            progress.tell(read, with_findings)
    sys.exit(1 if with_findings else 0)


if __name__ == "__main__":
    main()
