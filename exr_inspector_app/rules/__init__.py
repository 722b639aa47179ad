"""Rules engine: checks files and sequences against a profile of a show, and proposes profiles.

>>> from exr_inspector_app.exr import inspect_file
>>> from exr_inspector_app.rules import check, load_profile
>>> verdict = check([inspect_file("beauty.1001.exr")], load_profile("lighting.toml"))

`resources/help/profiles.md` describes profiles. Nothing here reads pixels, prints, or needs a database.
"""

from exr_inspector_app.rules.check import Checker, check
from exr_inspector_app.rules.outcome import FileVerdict, Outcome, SequenceVerdict, Verdict
from exr_inspector_app.rules.profile import Profile
from exr_inspector_app.rules.profile_parser import load_profile, parse_profile, profile_from_table

__all__ = [
    "Checker",
    "FileVerdict",
    "Outcome",
    "Profile",
    "SequenceVerdict",
    "Verdict",
    "check",
    "load_profile",
    "parse_profile",
    "profile_from_table",
]
