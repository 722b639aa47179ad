"""Shows, shots, and takes of a studio, with random generators for attributes without meaning."""

from __future__ import annotations

import random
from dataclasses import dataclass

_NAMES = "orca kelp lynx moth heron basalt quill tundra saffron ember cobalt juniper".split()
_SIZES = ((1920, 1080), (2048, 858), (2048, 1152), (3840, 1608), (4096, 2160), (1998, 1080))
_SPACES = ("ACEScg", "ACEScg", "lin_rec709", "ACES2065-1", "scene_linear Rec.2020")
_ROOTS = ("/mnt/prod/{}", "P:/{}", "/jobs/{}/shots", "//nas/projects/{}", "/shows/{}/work")
_LENSES = (18.0, 21.0, 27.0, 32.0, 35.0, 40.0, 50.0, 65.0, 75.0, 100.0)
_CAMERAS = ("ALEXA 35", "ALEXA Mini LF", "ALEXA 65", "VENICE 2", "V-RAPTOR")
_RATES = ((24, 1), (24, 1), (25, 1), (24000, 1001), (30, 1))
_PEOPLE = "ana ben chloe dmitri emeka farid gita hugo".split()


@dataclass(frozen=True)
class Show:
    """Properties that all renders of a show share."""

    name: str
    root: str
    width: int
    height: int
    overscan: int
    color_space: str
    lenses: tuple[float, ...]
    rate: tuple[int, int]
    samples: int
    depth: int  # of rays
    release: int  # index of a program's release, except for late versions
    camera: str
    lacks: frozenset[str]  # layers that this show does not render


def show(dice: random.Random, name: str) -> Show:
    """Generate a show."""
    width, height = dice.choice(_SIZES)
    lacks = frozenset(dice.sample(["sss", "volume", "coat", "emission", "transmission", "uv", "asset0", "dome"], 2))
    return Show(
        name,
        dice.choice(_ROOTS).format(name),
        width,
        height,
        dice.choice((0, 0, 32, 64, 96, 128)),
        dice.choice(_SPACES),
        tuple(sorted(dice.sample(_LENSES, 3))),
        dice.choice(_RATES),
        dice.choice((3, 4, 5, 6, 8)),
        dice.choice((2, 4, 6, 10)),
        dice.randrange(3),
        dice.choice(_CAMERAS),
        lacks,
    )


def shows(dice: random.Random, count: int) -> list[Show]:
    """Generate shows with different names; other properties may coincide."""
    return [show(dice, name) for name in dice.sample(_NAMES, count)]


@dataclass(frozen=True)
class Take:
    """Rendered frame, with the properties of its shot and a generator for attributes without meaning."""

    show: Show
    shot: str
    version: int
    frame: int
    lens: float
    samples: int
    release: int
    settings: random.Random  # generator of settings that an artist makes per shot
    dice: random.Random

    def hexadecimal(self, length: int) -> str:
        """Return a random hash."""
        return "".join(self.dice.choices("0123456789abcdef", k=length))

    def seconds(self) -> float:
        """Return a random duration in seconds."""
        return self.dice.lognormvariate(5.0, 1.5)

    def large(self) -> int:
        """Return a random amount of memory, rays, or triangles."""
        return int(self.dice.lognormvariate(17.0, 2.0)) % (1 << 31)

    def matrix(self) -> list[float]:
        """Return a random camera matrix."""
        return [self.dice.uniform(-9, 9) for _ in range(16)]

    def date(self, form: str) -> str:
        """Return a random date in the format of a program: year, month, day, hour, minute, second."""
        dice = self.dice
        day = (2026, dice.randint(1, 12), dice.randint(1, 28))
        return form.format(*day, dice.randint(0, 23), dice.randint(0, 59), dice.randint(0, 59))

    def host(self) -> str:
        """Return a random render host."""
        return f"{self.dice.choice(['rn', 'blade-', 'ws'])}{self.dice.randint(1, 999):03}"

    def person(self) -> str:
        """Return a random artist."""
        return self.dice.choice(_PEOPLE)

    def scene(self, kind: str) -> str:
        """Return the path of the scene file."""
        folder = f"{self.show.root}/{self.shot}/lighting"
        return f"{folder}/{self.shot}_lgt_v{self.version:03}.{kind}"

    def span(self, seconds: float | None = None) -> str:
        """Return a duration as HH:MM:SS."""
        total = int(self.seconds() if seconds is None else seconds)
        return f"{total // 3600:02}:{total // 60 % 60:02}:{total % 60:02}"
