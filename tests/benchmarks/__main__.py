"""`python -m tests.benchmarks [NAME...] [--rows N] [--json]` prints a table of ratios."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.benchmarks import MEASURES
from tests.benchmarks.measure import Options
from tests.benchmarks.real_retrieval import retrieval_table


def main() -> int:
    """Run the named benchmarks, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASURES))
    parser.add_argument("--rows", type=int, default=100_000, help="files in the library of `similar` and `library`")
    parser.add_argument("--ablation", action="store_true", help="with `retrieval`: what each kind of feature gains")
    parser.add_argument("--fit", action="store_true", help="with `retrieval`: also fit the weights")
    parser.add_argument("--real", action="store_true", help="with `retrieval`: real files; without --studio only these")
    parser.add_argument("--studio", action="store_true", help="with `retrieval`: a generated studio")
    parser.add_argument("--json", action="store_true")
    parsed = parser.parse_args()
    unknown = set(parsed.names) - set(MEASURES)
    if unknown:
        parser.error(f"no benchmark is named {', '.join(sorted(unknown))}")
    is_both = parsed.real == parsed.studio
    options = Options(parsed.rows, parsed.ablation, parsed.real or is_both, parsed.studio or is_both, parsed.fit)
    for name in parsed.names or MEASURES:
        with tempfile.TemporaryDirectory() as folder:
            result = MEASURES[name](Path(folder), options)
        if parsed.json:
            print(json.dumps({"name": name, **result}), flush=True)
            continue
        figures = ", ".join(f"{key} {_round(value)}" for key, value in result.items() if key != "ratio")
        print(f"{name:<12} {_round(result['ratio']):>8}   {figures}", flush=True)
        if name == "retrieval" and result.get("real_files"):
            print("\n".join(["nDCG@10; named programs are those with several files", *retrieval_table(result)]))
    return 0


def _round(value: float | list[float]) -> str:
    if isinstance(value, list):
        return " / ".join(map(_round, value))
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


if __name__ == "__main__":
    sys.exit(main())
