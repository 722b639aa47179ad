"""Groups and synonyms of the commands, by which the command palette lists and finds them."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtGui import QAction

from exr_inspector_app.gui.main_window import strings
from exr_inspector_app.gui.main_window.picture import picture_strings

GROUP, SYNONYMS = "group", "synonyms"  # dynamic properties of an action
FILE, EDIT, SESSION, PICTURE, VIEW, LIBRARY, COMPARE, HELP = (
    *("File", "Edit", "Session", "Picture", "View", "Library", "Compare", "Help"),
)
GROUPS = (FILE, EDIT, SESSION, PICTURE, VIEW, COMPARE, LIBRARY, HELP)
_GROUPED = {
    FILE: ("open_files", "open_folder", "sample", "paste", "reopen", "forget_recent", "quit"),
    EDIT: ("find", "copy_path", "copy_nuke", "copy_rv", "copy_range", "copy_missing", "settings"),
    PICTURE: tuple(picture_strings.ACTIONS),
    VIEW: ("next_pane", "previous_pane", "dock", "maximise", "exposure", "full"),
    COMPARE: ("compare", "compare_version", "hold", "end_comparison"),
    LIBRARY: ("publish", "publish_selected", "publish_listed", "publish_history", "undo", "similar", "look_up"),
    HELP: ("window_help", "similar_help", "vast_help", "shortcuts", "commands"),
}
_BY_NAME = {name: group for group, names in _GROUPED.items() for name in names}
# Words of other programs for the same command, and of what it is for.
_SYNONYMS = {
    "open_files": "load import read add",
    "open_folder": "load import directory add",
    "sample": "demo example tutorial",
    "paste": "clipboard",
    "reopen": "restore previous history",
    "forget_recent": "history delete forget",
    "quit": "exit close",
    "find": "filter search aov",
    "filter": "search find",
    "copy_nuke": "clipboard foundry comp",
    "copy_rv": "clipboard player viewer shell",
    "copy_range": "clipboard frames sequence pattern",
    "copy_missing": "clipboard gaps holes resubmit farm",
    "reveal": "file manager finder explorer browse directory",
    "settings": "preferences options configuration vast bucket endpoint keys viewer",
    "read_again": "refresh update read again",
    "read_all": "refresh update read again",
    "measure": "statistics nan inf min max mean analyze",
    "watch": "monitor follow notify render farm",
    "next_problem": "error issue nan damaged missing jump go to",
    "previous_problem": "error issue nan damaged missing jump go to",
    "save_session": "workspace keep store name",
    "retry": "repeat again failed",
    "remove": "delete close unload",
    "clear": "close all new empty",
    "stop": "cancel abort",
    "publish": "upload save index register database",
    "publish_selected": "upload save index register database",
    "publish_listed": "upload save index register database filtered visible",
    "publish_history": "log versions undo",
    "undo": "revert rollback",
    "similar": "look like match duplicate search by image",
    "compare": "diff difference metadata",
    "compare_version": "diff difference last version a/b",
    "hold": "a/b pin reference buffer",
    "end_comparison": "stop a/b",
    "look_up": "refresh status sync",
    "window_help": "manual documentation guide",
    "shortcuts": "keys hotkeys keyboard",
    "commands": "menu actions",
    "dock": "panel drawer hide show",
    "maximise": "panel full",
    "full": "full screen presentation",
    "exposure": "levels gamma histogram scope",
    "fit": "frame zoom whole",
    "actual_size": "zoom 1:1 one to one",
    "zoom_in": "larger closer",
    "zoom_out": "smaller",
    "layers": "aov channel set part view",
    "luminance": "luma gray grey y",
    "alpha": "matte transparency opacity",
    "next_background": "checkerboard alpha",
    "exposure_up": "brighter f-stop gain",
    "exposure_down": "darker f-stop gain",
    "automatic_exposure": "auto levels normalize",
    "copy_image": "clipboard screenshot",
    "export_png": "save screenshot picture",
    "export_exr": "save extract",
    "export_matte": "save cryptomatte mask isolate alpha",
    "objects": "cryptomatte ids names materials areas list",
    "export_sheet": "save overview layers thumbnails",
    "view_frame": "external player rv nuke",
    "non_finite": "nan inf invalid pixels",
    "mark_clipped": "overexposed limits zebra",
    "mark_negative": "below zero",
    "windows": "bounding box overscan crop",
    "pixel_grid": "values numbers",
    "minimap": "navigator overview",
    "pin_probe": "sample pick color eyedropper",
    "measure_visible": "region statistics average",
}


def describe(named: Iterable[QAction], orders: Iterable[QAction], views: Iterable[QAction]) -> None:
    """Set the group and the synonyms of the actions of the window.

    Args:
        named: Actions with their name as the object name; without one, they publish to a target.
        orders: Actions that sort or group the session.
        views: Actions that go to a pane or choose the colors of the window.
    """
    for action in named:
        name = action.objectName()
        action.setProperty(GROUP, _BY_NAME.get(name, SESSION if name else LIBRARY))
        action.setProperty(SYNONYMS, _SYNONYMS.get(name, ""))
    for group, synonyms, actions in ((SESSION, "order arrange", orders), (VIEW, strings.VIEW_WORDS, views)):
        for action in actions:
            action.setProperty(GROUP, group)
            action.setProperty(SYNONYMS, synonyms)
