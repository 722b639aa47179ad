"""Run one story: `python -m tests.gui.stories STORY FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.gui.stories.runner import run
from tests.gui.stories.stories import STORIES

if __name__ == "__main__":
    sys.exit(run(sys.argv[1], Path(sys.argv[2]), STORIES[sys.argv[1]]))
