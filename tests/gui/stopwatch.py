"""Starts the real window with a stopwatch at hand; run as a module of its own process.

Arguments: the time at which the process was asked for, the story (`bare`, `start` or `drop`), and for `drop` a
folder. It prints one JSON object; seconds count from that time. Nothing of the window is imported before it starts.
"""

from __future__ import annotations

import json
import sys
import time

HEAVY = ("duckdb", "pyarrow", "faiss", "vastdb", "OpenImageIO", "numpy", "tomlkit", "keyring")


def main(asked: float, story: str, words: list[str]) -> None:
    """One story."""
    seen: dict[str, object] = {"python": time.time() - asked}
    if story == "bare":
        _bare()
    else:
        seen.update(_window(asked, words))
    print(json.dumps({"end": time.time() - asked, **seen}))


def _bare() -> None:
    """Run the baseline: Qt and an empty window, painted once."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication, QMainWindow

    application = QApplication(["bare"])
    window = QMainWindow()
    window.resize(1600, 1000)
    window.show()
    QTimer.singleShot(0, application.quit)
    application.exec()


def _window(asked: float, words: list[str]) -> dict[str, object]:
    """Run the program like its console entry, watched from its first paint on."""
    from exr_inspector_app import __main__ as entry

    seen: dict[str, object] = {"entry": time.time() - asked}
    from PySide6.QtWidgets import QApplication

    seen["qt"] = time.time() - asked
    import exr_inspector_app.gui.app

    seen["modules"] = time.time() - asked
    from tests.gui.heartbeat import Story  # imports nothing that is not there yet

    application = QApplication([exr_inspector_app.config.APP])
    story = Story(application, asked, *words)
    entry.main([])
    return {**seen, "heavy": [name for name in HEAVY if name in story.modules], **story.seen}


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2], sys.argv[3:])
