"""Header attributes of six renderers."""

from __future__ import annotations

import struct

from tests.exr_files import integer, real, string, time_code, vector
from tests.studio.production import Take

Listed = dict[str, tuple[str, bytes]]


def rate(take: Take) -> tuple[str, bytes]:
    """Return the frame rate attribute."""
    return "rational", struct.pack("<iI", *take.show.rate)


def code(take: Take) -> tuple[str, bytes]:
    """Return a time code attribute."""
    dice = take.dice
    return time_code(dice.randint(0, 23), dice.randint(0, 59), dice.randint(0, 59), take.frame % 24)


def matrix(take: Take) -> tuple[str, bytes]:
    return vector("m44f", *take.matrix())


def chromaticities(take: Take) -> Listed:
    """Return the chromaticities attribute, or nothing for a color space that programs do not write as one."""
    known = {
        "ACEScg": (0.713, 0.293, 0.165, 0.830, 0.128, 0.044, 0.32168, 0.33767),
        "lin_rec709": (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290),
    }.get(take.show.color_space)
    return {"chromaticities": vector("chromaticities", *known)} if known else {}


def arnold(take: Take, release: str) -> Listed:
    show = take.show
    node = take.hexadecimal(7)
    return {
        "Software": string(f"Arnold {release}"),
        "arnold/version": string(release),
        "arnold/AA_samples": integer(take.samples),
        "arnold/GI_diffuse_depth": integer(show.depth),
        "arnold/GI_total_depth": integer(show.depth + 6),
        "arnold/color_manager/type": string("color_manager_ocio"),
        "arnold/color_manager/rendering_space": string(show.color_space),
        "arnold/host/name": string(take.host()),
        "arnold/host/ncores": integer(take.dice.choice((16, 32, 64))),
        "arnold/stats/render_time": real(take.seconds()),
        "arnold/stats/peak_memory_mb": real(take.seconds() * 40),
        "arnold/stats/rays": integer(take.large()),
        "arnold/input": string(take.scene(f"{take.frame}.ass")),
        "camera": string(f"|world|{take.shot}_cam|{take.shot}_camShape"),
        "cameraFocalLength": real(take.lens),
        f"cryptomatte/{node}/name": string("crypto_object"),
        f"cryptomatte/{node}/hash": string("MurmurHash3_32"),
        f"cryptomatte/{node}/manifest": string('{"' + take.hexadecimal(30) + '":"' + take.hexadecimal(8) + '"}'),
        "capDate": string(take.date("{}:{:02}:{:02} {:02}:{:02}:{:02}")),
        "framesPerSecond": rate(take),
        "worldToCamera": matrix(take),
        "worldToNDC": matrix(take),
        **chromaticities(take),
    }


def vray(take: Take, release: str) -> Listed:
    show = take.show
    return {
        "vrayInfo/vraycore": string(f"V-Ray Core, version {release}"),
        "vrayInfo/vrayversion": string(f"V-Ray {release} for Maya"),
        "vrayInfo/camera": string(f"{take.shot}_cam"),
        "vrayInfo/filename": string(take.scene("vrscene")),
        "vrayInfo/frame": string(str(take.frame)),
        "vrayInfo/renderlasttime": string(f"{take.span()} s"),
        "vrayInfo/rendertime": string(take.span()),
        "vrayInfo/computername": string(take.host()),
        "vrayInfo/cpu": string(take.dice.choice(["Intel Xeon Gold 6248R", "AMD EPYC 7763"])),
        "vrayInfo/mb": string(f"{take.dice.randint(4000, 90000)} MB"),
        "vrayInfo/date": string(take.date("{}/{:02}/{:02}")),
        "vrayInfo/time": string(take.span()),
        "vrayInfo/primitives": string(str(take.large())),
        "vrayInfo/w": string(str(show.width)),
        "vrayInfo/h": string(str(show.height)),
        "vrayInfo/maxSubdivs": integer(take.samples * 8),
        "vrayInfo/giDepth": integer(show.depth),
        "cameraFocalLength": real(take.lens),
        "cameraFNumber": real(5.6),
        "cameraFarClip": real(1e18),
        "cameraTransform": matrix(take),
        "owner": string(f"{take.person()} ({show.name})"),
        "comments": string(f"{take.shot} v{take.version:03}"),
        "fps": real(show.rate[0] / show.rate[1]),
    }


def renderman(take: Take, release: str) -> Listed:
    show = take.show
    uuid = f"{take.hexadecimal(8)}-{take.hexadecimal(4)}-4{take.hexadecimal(3)}-a{take.hexadecimal(3)}"
    return {
        "Software": string(f"RenderMan {release}"),
        "rman/renderer": string(f"prman {release}"),
        "rman/hider:maxsamples": integer(take.samples * 128),
        "rman/hider:minsamples": integer(take.samples),
        "rman/integrator": string("PxrPathTracer"),
        "rman/integrator:maxIndirectBounces": integer(show.depth),
        "rman/filter": string("gaussian 2 2"),
        "rman/camera": string(f"/{take.shot}/{take.shot}_cam"),
        "rman/rib": string(take.scene(f"{take.frame}.rib")),
        "rman/job_uuid": string(f"{uuid}-{take.hexadecimal(12)}"),
        "rman/stats/timers/render": real(take.seconds()),
        "rman/stats/memory/rss": integer(take.large()),
        "rman/seed": integer(take.large()),
        "Np": matrix(take),
        "Nl": matrix(take),
        "shutter": vector("v2f", 0.0, 0.5),
        "focalLength": real(take.lens),
        "fStop": real(take.settings.choice((2.8, 2.8, 4.0))),
        "DateTime": string(take.date("{}:{:02}:{:02} {:02}:{:02}:{:02}")),
        "HostComputer": string(take.host()),
        "colorspace": string(show.color_space),
        "framesPerSecond": rate(take),
    }


def redshift(take: Take, release: str) -> Listed:
    show = take.show
    return {
        "redshift/version": string(release),
        "redshift/unified_max_samples": integer(take.samples * 64),
        "redshift/unified_min_samples": integer(take.samples * 4),
        "redshift/gi/primary_engine": string("brute force"),
        "redshift/gi/bounces": integer(show.depth),
        "redshift/gpu": string(take.dice.choice(["RTX 6000 Ada", "RTX A6000"])),
        "redshift/vram_used": integer(take.large()),
        "redshift/rendertime": string(take.span()),
        "redshift/frame": integer(take.frame),
        "redshift/seed": integer(take.large()),
        "rs/camera/name": string(f"{take.shot}_cam"),
        "rs/camera/focalLength": real(take.lens),
        "rs/camera/matrix": matrix(take),
        "rs/scene": string(take.scene("rs")),
        "rs/project": string(show.name),
        "rs/ocio/view": string(f"{show.color_space} - raw"),
        "Artist": string(take.person()),
        "capDate": string(take.date("{}-{:02}-{:02}T{:02}:{:02}:{:02}")),
        "comments": string(f"deadline job {take.hexadecimal(24)}"),
        "framesPerSecond": rate(take),
    }


def karma(take: Take, release: str) -> Listed:
    show = take.show
    stats = f'{{"wall_clock": {take.seconds():.3f}, "primary_rays": {take.large()}}}'
    return {
        "software": string(f"Karma {release}"),
        "husk:version": string(release),
        "husk:render_stats": string(stats),
        "husk:command_line": string(f"husk -f {take.frame} -o /tmp/{take.hexadecimal(8)}/{take.frame}.exr"),
        "karma:global:pathtracedsamples": integer(take.samples * 32),
        "karma:global:diffuselimit": integer(show.depth),
        "karma:global:convergencemode": string("variance"),
        "karma:global:randomseed": integer(take.large()),
        "karma:camera:focalLength": real(take.lens),
        "karma:camera:horizontalAperture": real(24.89),
        "houdini:hipfile": string(take.scene("hip")),
        "houdini:user": string(take.person()),
        "houdini:job": string(show.root),
        "hostComputer": string(take.host()),
        "renderTime_s": real(take.seconds()),
        "renderMemory_s": string(f"{take.dice.uniform(2, 90):.2f} GB"),
        "ocio:colorspace": string(show.color_space),
        "worldToCamera": matrix(take),
        "worldToNDC": matrix(take),
        "timeCode": code(take),
        "framesPerSecond": rate(take),
    }


def cycles(take: Take, release: str) -> Listed:
    show = take.show
    seconds = take.seconds() % 3600
    node = take.hexadecimal(7)
    return {
        "Software": string(f"Blender {release}"),
        "BlenderMultiChannel": string("Blender V2.55.1 and newer"),
        "Camera": string(f"{take.shot}_cam"),
        "Date": string(take.date("{}/{:02}/{:02} {:02}:{:02}:{:02}")),
        "File": string(take.scene("blend")),
        "Frame": string(f"{take.frame:03}"),
        "Memory": string(f"{take.dice.uniform(2, 90):.2f}M"),
        "Note": string(take.settings.choice(["", "final", "wip"])),
        "RenderTime": string(f"{int(seconds) // 60:02}:{seconds % 60:05.2f}"),
        "Scene": string("Scene"),
        "Time": string(f"00:00:{take.dice.randint(0, 59):02}:{take.frame % 24:02}"),
        "Lens": string(f"{take.lens:.2f}"),
        "FrameRate": string(f"{show.rate[0]}/{show.rate[1]}"),
        "cycles.ViewLayer.samples": string(str(take.samples * 128)),
        "cycles.ViewLayer.max_bounces": string(str(show.depth)),
        "cycles.ViewLayer.render_time": string(f"00:{seconds % 60:05.2f}"),
        "cycles.ViewLayer.synchronization_time": string(f"00:{take.dice.uniform(0, 59):05.2f}"),
        "cycles.ViewLayer.total_time": string(f"00:{seconds % 60 + 1:05.2f}"),
        f"cryptomatte/{node}/name": string("ViewLayer.CryptoObject"),
        f"cryptomatte/{node}/hash": string("MurmurHash3_32"),
        "hostname": string(take.host()),
        **chromaticities(take),
    }
