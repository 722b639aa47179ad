"""Renders of a studio: small valid OpenEXR files with the purpose of each."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from exr_inspector_app.exr import inspect_bytes
from exr_inspector_app.model import Payload, payload
from tests.studio import aovs
from tests.studio.exr import file_bytes
from tests.studio.production import Show, Take, shows
from tests.studio.programs import PROGRAMS

DEEP = frozenset(["deep"])


@dataclass(frozen=True)
class Render:
    """File of the studio with its purpose."""

    program: str
    name: str  # of the pass
    show: str
    shot: str
    version: int
    layers: tuple[str, ...]  # independent of their spelling in the program
    alpha: bool
    data: bytes
    path: str

    def payload(self) -> Payload:
        """Inspect the file and return its payload."""
        return payload(inspect_bytes(self.data, self.path, len(self.data)))

    def relevance(self, other: Render) -> int:
        """Return 3 for the same show, program, and pass; 2 for program and pass; 1 for one of them; 0 for neither."""
        program, name = self.program == other.program, self.name == other.name
        if program and name:
            return 3 if self.show == other.show else 2
        return 1 if program or name else 0


def renders(seed: int, programs: Sequence[str] = tuple(PROGRAMS), count: int = 4, most: int = 6) -> Iterator[Render]:
    """Yield 1 to `most` renders per program, pass, and show; equal for equal seeds."""
    dice = random.Random(seed)
    listed = shows(dice, count)
    for program in PROGRAMS:
        for name in PROGRAMS[program].passes:
            for each_show in listed:
                takes = [(shot, version) for shot in _shots(each_show) for version in (1, 4, 12)]
                chosen = dice.sample(takes, dice.randint(1, most))
                made = [render(program, name, each_show, *take, seed=dice.randrange(1 << 30)) for take in chosen]
                if program in programs:
                    yield from made


def render(
    program: str, name: str, show: Show, shot: str, version: int, frame: int | None = None, seed: int = 0
) -> Render:
    """Generate one file. Properties of shot and version depend on their names alone, the rest on the seed."""
    steady = random.Random(f"{program} {name} {show.name} {shot}")
    dice = random.Random(f"{program} {name} {show.name} {shot} {version} {seed}")
    made = PROGRAMS[program]
    lens = steady.choice(show.lenses)
    extra = steady.random() < 0.25  # a shot without one further layer
    alpha = steady.random() < 0.8
    late = version >= 12
    samples = show.samples * (2 if late and steady.random() < 0.5 else 1)
    release = min(show.release + (late and steady.random() < 0.4), 2)
    take = Take(show, shot, version, frame or dice.randint(1001, 1240), lens, samples, release, steady, dice)
    layers = [aov for aov in aovs.aovs(name, program) if aov not in show.lacks]
    if extra and len(layers) > 2:
        layers.remove(steady.choice(layers[1:]))
    data = file_bytes(
        aovs.channels(layers, program, alpha),
        made.attributes(take, made.releases[release]),
        show.width,
        show.height,
        overscan=show.overscan if program not in ("nuke", "arri") else 0,
        compression="zips" if made.passes[name] != "none" and steady.random() < 0.08 else made.passes[name],
        tile=made.tile if name in ("utility", "beauty", "denoise") else 0,
        deep=name in DEEP,
    )
    path = f"/render/{take.hexadecimal(10)}.exr"
    return Render(program, name, show.name, shot, version, tuple(layers), alpha, data, path)


def _shots(show: Show) -> list[str]:
    """Return the names of four shots."""
    dice = random.Random(show.name)
    return [f"{show.name[:2].upper()}_{dice.randint(1, 99) * 10:04}" for _ in range(4)]
