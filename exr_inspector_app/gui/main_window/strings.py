"""User strings of the main window: menus, toolbar, status bar, start page, command palette, and row menus."""

from __future__ import annotations

from exr_inspector_app.gui.session.grouping import Grouping
from exr_inspector_app.text.format import pluralize

TITLE = "exr-inspector"
UNEXPECTED_ERROR = "Unexpected error: {}."
PREVIEW = "Preview"
SETTINGS_SAVED = "Settings saved."
SETTINGS_SAVED_RESTART = "Settings saved. Restart to apply the scale."
KEYS_UNTIL_QUIT = "The keys are used until you quit; they are not stored."
PUBLISH_IS_RUNNING = "A publish is running; choose another target when it has ended."

# Actions: text, glyph, key
ACTIONS = {
    "open_files": ("Open &files…", "file", "Ctrl+O"),
    "open_folder": ("Open f&older…", "folder", "Ctrl+Shift+O"),
    "sample": ("Open the &sample", "play", ""),
    "paste": ("&Paste paths", "download", "Ctrl+V"),
    "reopen": ("&Reopen last session", "undo", "Ctrl+Shift+T"),
    "forget_recent": ("Clear recent paths", "", ""),
    "quit": ("&Quit", "", "Ctrl+Q"),
    "find": ("&Search channels and attributes", "search", "Ctrl+F"),
    "filter": ("&Filter the session", "filter", "Ctrl+Shift+F"),
    "copy_path": ("Copy &path", "copy", ""),
    "copy_nuke": ("Copy as &Nuke Read node", "copy", ""),
    "copy_rv": ("Copy as &RV command", "copy", ""),
    "copy_range": ("Copy as path with &frames", "copy", ""),
    "copy_missing": ("Copy m&issing frames", "copy", ""),
    "reveal": ("Sho&w in folder", "folder", ""),
    "read_again": ("&Reload", "refresh", "F5"),
    "measure": ("&Measure pixels", "curve", ""),
    "watch": ("&Watch for new frames", "eye", "Ctrl+Shift+W"),
    "next_problem": ("Next &problem", "warning", "F8"),
    "previous_problem": ("Previous problem", "warning", "Shift+F8"),
    "read_all": ("Reload &all", "refresh", ""),
    "open_folders": ("&Open all folders", "chevron-down", ""),
    "close_folders": ("C&lose all folders", "chevron-right", ""),
    "save_session": ("Sav&e session as…", "bookmark", ""),
    "retry": ("Retry &failed", "refresh", "Ctrl+R"),
    "remove": ("Re&move from session", "close", ""),
    "clear": ("&Clear session", "", ""),
    "stop": ("&Stop", "stop", "Ctrl+."),
    "publish": ("&Publish…", "publish", "Ctrl+P"),
    "publish_selected": ("Publish s&election…", "publish", "Ctrl+Alt+P"),
    "publish_listed": ("Publish listed ro&ws…", "publish", ""),
    "undo": ("&Undo last publish", "undo", ""),
    "publish_history": ("Publish &history…", "list", "Ctrl+Alt+H"),
    "settings": ("&Settings…", "settings", "Ctrl+Shift+P"),
    "similar": ("Find &similar", "similar", "Ctrl+L"),
    "compare": ("&Compare headers", "compare", "Ctrl+D"),
    "compare_version": ("Compare with pre&vious version", "compare", "Ctrl+Shift+D"),
    "hold": ("&Hold image as reference", "pin", "Shift+X"),
    "end_comparison": ("&End the comparison of images", "close", ""),
    "look_up": ("Check &library again", "refresh", ""),
    "window_help": ("exr-inspector &help", "info", "F1"),
    "similar_help": ("How &similarity works", "similar", ""),
    "vast_help": ("&VAST Database", "database", ""),
    "shortcuts": ("&Keyboard shortcuts", "keyboard", "Ctrl+/"),
    "commands": ("&Command palette…", "search", "Ctrl+K"),
    "next_pane": ("Next pane", "", "F6"),
    "previous_pane": ("Previous pane", "", "Shift+F6"),
    "dock": ("Show or hide the &bottom panel", "", "Ctrl+J"),
    "maximise": ("&Maximize the bottom panel", "expand", "Ctrl+Shift+J"),
    "exposure": ("&Exposure and histogram", "sun", "Ctrl+H"),
    "full": ("Full-&window preview", "expand", "F11"),
}
MENUS = {
    "file": "&File", "edit": "&Edit", "session": "&Session", "view": "&View", "library": "&Library", "help": "&Help",
}  # fmt: skip
PANES = ("Session", "Preview", "Structure", "Attributes", "Checks", "Similar", "Library", "Compare", "Activity")
COPY_AS = "Copy &as"
SESSION_MENUS = {
    "OPEN_SESSION": "Ope&n session", "RENAME_SESSION": "Rena&me session", "DELETE_SESSION": "&Delete session",
}  # fmt: skip
GROUPINGS = {
    Grouping.NONE: "&No groups", Grouping.OPENED: "Group by &opened folder", Grouping.FOLDER: "Group by &folder",
    Grouping.SHOT: "Group by &show and shot",
}  # fmt: skip
GROUP_MENU, COLUMN_MENU = "Group &by", "Col&umns"
NO_PATH_TEMPLATE = "To group by show and shot, set the path template in Settings."
OPEN_RECENT, SORT_MENU, REVERSE_ORDER = "Open re&cent", "S&ort", "Reverse order"

# Opening
OPEN_FILES_TITLE, OPEN_FOLDER_TITLE = "Open files", "Open folder"
NAME_FILTER = "OpenEXR files (*.exr *.sxr *.mxr);;All files (*)"
NO_PATH_ON_CLIPBOARD = "There is no path on the clipboard."
NO_RECENT_MENU = "No recent files"

# Start page
DROP_TITLE = "Drop EXR files, folders or sequences"
DROP_HINT = "See their parts, channels and attributes, and find similar renders."
OPEN_FILES, OPEN_FOLDER, TRY_SAMPLE = "Open files", "Open folder", "Try the sample"
PASTE_HINT = "or paste a path, such as"
EXAMPLE_PATH = "/mnt/prod/orca/OR_0420/lighting/beauty/v017/beauty.####.exr"
FEATURES = (
    (
        "layers",
        "Inspect everything",
        "Parts, layers, channels, every attribute, missing chunks and gaps in a sequence. "
        "Your files are never modified.",
    ),
    (
        "similar",
        "Find similar renders",
        "Select a file and press Ctrl+L to see the best matches, with their common and different properties.",
    ),
    (
        "database",
        "Publish for later",
        "Publish saves metadata to the library on this machine. To share it, connect a VAST Database in Settings.",
    ),
)
RECENT, NO_RECENT = "Recent", "No recent files."
SHORTCUTS_LINK, COMMANDS_LINK = "shortcuts", "command palette"

# Tour of the sample: title, text, action, end of the path of its file
TOUR_TITLE, TOUR_RUN, TOUR_NEXT, TOUR_CLOSE = "Tour of the sample", "Show me", "Next", "Close the tour"
TOUR = (
    ("Find problems", "A frame of crypto is missing, and sparks is incomplete. F8 goes to the next problem.",
     "next_problem", "beauty/v001/beauty.1001.exr"),
    ("See every layer", "L shows thumbnails of all layers of the file. Type to filter; Enter shows a layer.",
     "layers", "beauty/v002/beauty.1001.exr"),
    ("See what changed", "Ctrl+Shift+D compares image and header with the previous version. Drag the line.",
     "compare_version", "beauty/v002/beauty.1001.exr"),
    ("Publish", "Ctrl+P shows the plan. Nothing is written before you press the button on it.", "publish"),
    ("Find similar renders", "Ctrl+L lists published files that are like the selected one, with reasons.",
     "similar", "beauty/v002/beauty.1001.exr"),
    ("Every command", "Ctrl+K lists all commands. Type a few letters of what you want. F1 opens the help.", "commands"),
)  # fmt: skip

# Toolbar
OPEN, PUBLISH, FIND_SIMILAR, COMPARE, HELP, SETTINGS = "Open", "Publish", "Find similar", "Compare", "Help", "Settings"
SEARCH, SEARCH_SHORT = "Search channels and attributes", "Search"
KEYBOARD_SHORTCUTS = "Keyboard shortcuts"
NO_FILES_TOOLTIP = "Open some files first"
PUBLISH_TOOLTIP = "Publish: show the plan  Ctrl+P"
SIMILAR_TOOLTIP = "Find files similar to the selected one  Ctrl+L"
COMPARE_TOOLTIP = "Compare the headers of the selected files  Ctrl+D"

# Rail of a folded inspector
INSPECTOR_RAIL, OPEN_INSPECTOR, CLOSE_INSPECTOR = "Inspector", "Open the inspector", "Close the inspector"

# Banner about settings that cannot be read
SETTINGS_FAULT = "The settings cannot be read. The defaults are used."
SETTINGS_NOTICES = "Some settings are not known and have no effect."
OPEN_FILE, RESET_SETTINGS, DISMISS = "Open file", "Reset settings", "Dismiss"
RESET_FAILED = "Cannot reset {}: {}. Fix the file, then start again."
SETTINGS_RESET = "Settings reset. The old file is kept as {}."

# Status bar
READY = "Ready. No files in this session."
STOP, UNDO, SHOW = "Stop", "Undo", "Show"
PROGRESS = {
    "inspect": "Inspecting {} of {}", "publish": "Publishing {} of {}", "preview": "Creating thumbnails: {} of {}",
    "reembed": "Recomputing embeddings: {} of {}", "compare": "Comparing {} of {} rows",
    "layers": "Comparing {} of {} layers",
    "frames": "Comparing {} of {} frames",
    "read": "Reading {} of {} files", "measure": "Measuring {} of {}",
}  # fmt: skip

# Command palette
NO_PROBLEM = "No problem in the listed files."
VIEW_WORDS = "theme color scheme dark light focus pane panel"
TYPE_COMMAND, NO_COMMAND = "Type a command", "No matching command."

# Row menus and external programs
OPEN_ROW, SHOW_IN_FOLDER, SORT_BY = "Open", "Show in folder", "Sort by"
COMPARE_WITH_REFERENCE, COPY_MISSING_FRAMES = "Compare with the reference", "Copy missing frames"
COMPARE_WITH_SHOWN_IMAGE = "Compare with the shown image"
NO_VIEWER = "Set a viewer in Settings first."
NO_FILE_MANAGER = "Cannot start the file manager. Open the folder there: {}."
VIEWER = "viewer"

# Named sessions
SAVE_SESSION_TITLE, RENAME_SESSION_TITLE, DELETE_SESSION_TITLE = "Save session", "Rename session", "Delete session"
SESSION_NAME, REPLACE, DELETE = "Name of the session", "Replace", "Delete"
DELETE_NOTE = "The files of the session are not deleted."


def session_entry(name: str, files: int) -> str:
    """Return the menu entry of a named session, with the number of files at the right."""
    return f"{name}\t{pluralize(files, 'file')}"


def session_saved(name: str) -> str:
    """Return the message after a session was saved."""
    return f"Session “{name}” saved."


def session_opened(name: str, can_go_back: bool) -> str:
    """Return the message after a session was opened."""
    return f"Session “{name}” opened.{' Ctrl+Shift+T reopens the previous one.' if can_go_back else ''}"


def session_renamed(name: str, new_name: str) -> str:
    """Return the message after a session was renamed."""
    return f"Session “{name}” renamed to “{new_name}”."


def session_deleted(name: str) -> str:
    """Return the message after a session was deleted."""
    return f"Session “{name}” deleted."


def replace_question(name: str) -> str:
    """Return the question before a session is replaced."""
    return f"There is a session “{name}” already. Replace it?"


def delete_question(name: str) -> str:
    """Return the question before a session is deleted."""
    return f"Delete the session “{name}”?"


def tour_position(step: int, steps: int) -> str:
    """Return which step of the tour is shown."""
    return f"{step} of {steps}"


def drop_hint(items: int) -> str:
    """Return what dropping this many items would do; 0 for text."""
    return f"Drop to add {pluralize(items, 'item')}" if items else "Drop to add the paths in this text"


def go_to(pane: str) -> str:
    """Return the label of the action that focuses a pane."""
    return f"Go to {pane}"


def publish_to(target: str) -> str:
    """Return the label of the action and of the button that publish to a target."""
    return f"Publish to {target}"


def sort_order(order: str, is_key: bool) -> str:
    """Return the label of a sort action; `is_key` is False for the order of adding."""
    return f"Sort {'by ' if is_key else ''}{order.lower()}"


def show_column(column: str) -> str:
    """Return the label of the action that shows or hides a column of the session."""
    return f"Show {column.lower()} column"


def open_in(viewer: str) -> str:
    """Return the label of the action that opens files in the viewer."""
    return f"Open in {viewer}"


def opened_in(viewer: str) -> str:
    """Return the message after the viewer was started."""
    return f"Opened in {viewer}"


def viewer_failed(viewer: str) -> str:
    """Return the message after the viewer could not be started."""
    return f"Cannot start {viewer}. Check the viewer in Settings."


def script_refused(viewer: str) -> str:
    """Return the message about a path that a batch file as viewer would read as commands."""
    return f"Not opened: {viewer} is a batch file, and the path has characters that it would run as commands."


def copied(subject: str) -> str:
    """Return the message after something was copied."""
    return f"{subject} copied to the clipboard"


def copy_paths(count: int) -> str:
    """Return the label of the action that copies paths."""
    return "Copy paths" if count > 1 else "Copy path"


def more_like(count: int) -> str:
    """Return the label of the action that makes matches the reference."""
    return "More like this" if count == 1 else f"More like these {count}"


def add_to_compare(count: int) -> str:
    """Return the label of the action that compares rows."""
    return "Add to compare" if count == 1 else f"Compare these {count}"


def screenshot_failed(path: str, reason: str) -> str:
    """Return the message after a screenshot could not be written."""
    return f"Cannot write the screenshot to {path}: {reason}. Choose another file.\n"


def keys_would_change(example: str) -> str:
    """Return the sentence for roots under which published files would get other keys."""
    return f"Published files would get other keys, e.g. {example}. Confirm below the roots."


CHOOSE_PROFILE_TITLE = "Choose profile"
PROFILE_FILTER = "Profiles (*.toml)"
SAVE_REPORT_TITLE, REPORT_FILTER = "Save report", "Pages (*.html)"
