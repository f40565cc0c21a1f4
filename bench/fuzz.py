"""Fuzz every parser of foreign bytes with atheris, guided by what each input reaches.

    python -m bench.fuzz [--seconds 20] [--corpus DIR] [PARSER ...]

Each parser runs for so many seconds in a process of its own, from its good examples on; the interesting inputs
are kept under `DIR/<parser>` for the next time. A finding is printed with its bytes and ends with status 1.
Atheris is not among the project's dependencies: `make fuzz` installs it.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; the status is 1 where a parser neither read nor refused something."""
    parser = argparse.ArgumentParser(prog="bench.fuzz", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="PARSER", help="by default all of them")
    parser.add_argument("--seconds", type=int, default=20, help="for each parser")
    parser.add_argument("--corpus", type=Path, help="folder to keep interesting inputs in")
    parser.add_argument("--only", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as scratch:
        corpus = options.corpus or Path(scratch)
        if options.only:
            return _fuzz(options.only, options.seconds, corpus)
        failed = [name for name in options.names or _names() if not _fuzzed(name, options.seconds, corpus)]
    sys.stdout.write(f"findings in: {', '.join(failed)}\n" if failed else "every input was read or refused\n")
    return 1 if failed else 0


def _names() -> list[str]:
    from tests.fuzz.parsers import PARSERS

    return [each.name for each in PARSERS]


def _fuzzed(name: str, seconds: int, corpus: Path) -> bool:
    """Whether a parser survived in a process of its own: a finding ends the process."""
    command = [sys.executable, "-m", "bench.fuzz", "--only", name, "--seconds", str(seconds)]
    done = subprocess.run([*command, "--corpus", str(corpus)], capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if line.startswith(("#", "stat::", "Done"))]
    sys.stdout.write(f"{name:16} {said[-1] if said else ''}\n")
    if done.returncode:
        sys.stdout.write(done.stdout[-4_000:] + done.stderr[-4_000:] + "\n")
    return done.returncode == 0


def _fuzz(name: str, seconds: int, corpus: Path) -> int:
    import atheris

    with atheris.instrument_imports(include=["allpoints"]):
        from tests.fuzz.parsers import PARSERS, attempt
    [parser] = [each for each in PARSERS if each.name == name]
    folder = corpus / name
    folder.mkdir(parents=True, exist_ok=True)
    for number, example in enumerate(parser.examples):
        (folder / f"example-{number}").write_bytes(example)
    limits = [f"-max_total_time={seconds}", "-max_len=4096", "-timeout=10", f"-artifact_prefix={folder}/"]
    atheris.Setup([sys.argv[0], *limits, str(folder)], lambda data: attempt(parser, data) and None)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
