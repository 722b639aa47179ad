"""Script that writes `resources/embedding_mean.json`: `python -m tests.benchmarks.write_mean`.

Run it after a change of the features or their weights, which also needs a new EMBEDDING_VERSION.
"""

from __future__ import annotations

import json
import sys

from exr_inspector_app.config.paths import resource
from exr_inspector_app.contracts import EMBEDDING_VERSION
from exr_inspector_app.embedding.mean_vector import MEAN_FILE
from tests.benchmarks.mean_vector import mean_strengths, other_groups, real_groups
from tests.benchmarks.real_files import read_real_files


def main() -> int:
    """Compute the table and write it."""
    real = read_real_files()
    if real is None:
        print("Real files are missing. Set EXR_INSPECTOR_ZOO to a folder with a manifest.tsv.", file=sys.stderr)
        return 1
    strengths = mean_strengths([real_groups(real), *other_groups()])
    table = {"version": EMBEDDING_VERSION, "features": strengths}
    path = resource(MEAN_FILE)
    path.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    print(f"{path}: {len(strengths):,} features")
    return 0


if __name__ == "__main__":
    sys.exit(main())
