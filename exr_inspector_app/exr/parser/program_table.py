"""Signatures of programs: the attributes that name the renderer that made a picture, and the writer that saved it.

Rows count in their order; the first renderer and the first writer that match are taken. This is a module rather than a
resource because parsing a data file took a tenth of the time of `inspect`.
"""

from __future__ import annotations

from exr_inspector_app.named_tuple import NamedTuple


class Signature(NamedTuple):
    """Row of the table: the attributes by which a program is recognized."""

    name: str  # as it is shown
    role: str  # "renderer", or "writer"
    attributes: tuple[str, ...] = ()  # one of them must exist; whole names, as in the header cache
    prefixes: tuple[str, ...] = ()  # prefixes; a name with one of them must exist
    version: tuple[str, ...] = ()  # attributes that hold the version; it is in the text of `values` otherwise
    values: tuple[str, ...] = ()  # expressions for the attributes of TEXT_ATTRIBUTES; the group `v` is the version
    needs_all: bool = False  # every one of `attributes` must be there


TEXT_ATTRIBUTES = (
    "generatedBy",
    "renderer",
    "Renderer",
    "renderEngine",
    "render_engine",
    "Software",
    "software",
    "writer",
    "Writer",
    "creator",
    "Creator",
    "program",
    "Program",
    "application",
    "Application",
    "exporter",
    "fileCreatedBy",
    "CreatedBy",
    "log",
    "ImageDescription",
    "comments",
)

PROGRAMS = (
    Signature(
        "Arnold",
        "renderer",
        attributes=("arnold/version", "arnold/AA_samples", "arnold/color_manager", "arnold/host/name"),
        version=("arnold/version",),
        values=(r"^Arnold\b[^0-9]{0,12}(?P<v>\d[\w.]*)?", r"^MtoA\b", r"^HdArnold\w*"),
    ),
    Signature(
        "V-Ray",
        "renderer",
        attributes=(
            "vrayInfo/vrayversion",
            "vrayInfo/vraycore",
            "vrayInfo/version",
            "vray/version",
            "vrayInfo/renderengine",
        ),
        version=("vrayInfo/vraycore", "vrayInfo/vrayversion", "vrayInfo/version", "vray/version"),
        values=(r"\bV-?Ray\b(?:[^0-9]{0,40}(?P<v>\d[\w.]*))?",),
    ),
    Signature(
        "Redshift",
        "renderer",
        attributes=("rs/version", "redshift/version", "rs/renderer/version", "rs/camera/fov"),
        version=("rs/version", "redshift/version", "rs/renderer/version"),
        values=(r"\bRedshift\b(?:[^0-9]{0,16}(?P<v>\d[\w.]*))?",),
    ),
    Signature(
        "RenderMan",
        "renderer",
        attributes=(
            "rman_version",
            "rendermanVersion",
            "renderman/version",
            "PixarRenderMan",
            "rman:version",
            "ri:version",
        ),
        version=("rman_version", "rendermanVersion", "renderman/version", "rman:version"),
        values=(r"\b(?:RenderMan|PRMan)\b(?:[^0-9]{0,24}(?P<v>\d[\w.]*))?",),
    ),
    Signature(
        "Karma",
        "renderer",
        attributes=("karma/version", "karma:version", "renderMemory_s", "husk:version", "houdini:karma"),
        version=("karma/version", "karma:version", "husk:version"),
        values=(r"\bKarma\b(?:[^0-9]{0,16}(?P<v>\d[\w.]*))?", r"^BRAY_HdKarma\w*"),
    ),
    Signature(
        "Mantra",
        "renderer",
        attributes=("mantra/version", "mantra:version"),
        version=("mantra/version", "mantra:version"),
        values=(r"\bMantra\b(?:[^0-9]{0,12}(?P<v>\d[\w.]*))?",),
    ),
    Signature(
        "Mitsuba",
        "renderer",
        attributes=("mitsuba/version",),
        version=("mitsuba/version",),
        values=(r"\bMitsuba\b(?: renderer)?(?: version)?[^0-9\n]{0,8}(?P<v>\d[\w.]*)?",),
    ),
    Signature(
        "Cycles",
        "renderer",
        attributes=("cycles/version",),
        prefixes=("cycles.",),
        version=("cycles/version",),
        values=(r"\bCycles\b(?:[^0-9]{0,8}(?P<v>\d[\w.]*))?",),
    ),
    Signature(
        "Octane",
        "renderer",
        attributes=("octane/version", "octaneRender/version", "OctaneVersion"),
        version=("octane/version", "octaneRender/version", "OctaneVersion"),
        values=(r"\bOctane(?: ?Render)?\b(?:[^0-9]{0,16}(?P<v>\d[\w.]*))?",),
    ),
    Signature(
        "Corona",
        "renderer",
        attributes=("corona/version", "coronaVersion", "CoronaVersion"),
        version=("corona/version", "coronaVersion", "CoronaVersion"),
        values=(r"\bCorona(?: ?Renderer)?\b(?:[^0-9]{0,16}(?P<v>\d[\w.]*))?",),
    ),
    Signature(
        "Maxwell",
        "renderer",
        attributes=("maxwell/version",),
        version=("maxwell/version",),
        values=(r"\bMaxwell(?: ?Render)?\b(?:[^0-9]{0,16}(?P<v>\d[\w.]*))?",),
    ),
    Signature(
        "Guerilla",
        "renderer",
        attributes=("EXRIdNames", "guerilla/version"),
        version=("guerilla/version",),
        values=(r"\bGuerilla(?: ?Render)?\b(?:[^0-9]{0,16}(?P<v>\d[\w.]*))?",),
    ),
    Signature(
        "3Delight",
        "renderer",
        attributes=("3delight/version",),
        version=("3delight/version",),
        values=(r"\b3Delight\b(?:[^0-9]{0,16}(?P<v>\d[\w.]*))?",),
    ),
    Signature(
        "appleseed",
        "renderer",
        attributes=("appleseed:Version", "appleseed/version"),
        version=("appleseed:Version", "appleseed/version"),
        values=(r"\bappleseed\b(?:[^0-9]{0,16}(?P<v>\d[\w.]*))?",),
    ),
    Signature("LuxCoreRender", "renderer", values=(r"\bLux(?:Core)?(?:Render)?\b(?:[^0-9]{0,16}(?P<v>\d[\w.]*))?",)),
    Signature(
        "pbrt",
        "renderer",
        attributes=("pbrt/version", "samplesPerPixel"),
        version=("pbrt/version",),
        values=(r"\bpbrt\b(?:[^0-9]{0,12}(?P<v>\d[\w.]*))?",),
        needs_all=True,
    ),
    Signature(
        "Moonray",
        "renderer",
        attributes=("moonray/version",),
        version=("moonray/version",),
        values=(r"\bmoonray\b(?:[^0-9]{0,16}(?P<v>\d[\w.]*))?",),
    ),
    Signature(
        "Clarisse",
        "renderer",
        attributes=("clarisse/version", "isotropix/version"),
        version=("clarisse/version", "isotropix/version"),
        values=(r"\bClarisse\b(?:[^0-9]{0,16}(?P<v>\d[\w.]*))?",),
    ),
    Signature(
        "Unreal Engine",
        "renderer",
        attributes=("unreal/version", "unreal/engineVersion", "unreal/jobName"),
        prefixes=("unreal/",),
        version=("unreal/engineVersion", "unreal/version"),
        values=(r"\bUnreal(?: ?Engine)?\b(?:[^0-9]{0,16}(?P<v>\d[\w.]*))?",),
    ),
    Signature("Eevee", "renderer", values=(r"\bEevee\b(?:[^0-9]{0,8}(?P<v>\d[\w.]*))?", r"^BLENDER_EEVEE\w*")),
    Signature("Terragen", "renderer", values=(r"\bTerragen\b(?:[^0-9]{0,16}(?P<v>\d[\w.]*))?",)),
    Signature("Iray", "renderer", values=(r"\bIray\b(?:[^0-9]{0,16}(?P<v>\d[\w.]*))?",)),
    Signature("mental ray", "renderer", values=(r"\bmental ?ray\b(?:[^0-9]{0,8}(?P<v>\d[\w.]*))?",)),
    Signature("FStorm", "renderer", values=(r"\bFStorm(?: ?Render)?\b(?:[^0-9]{0,8}(?P<v>\d[\w.]*))?",)),
    Signature("Thea Render", "renderer", values=(r"\bThea Render\b(?:[^0-9]{0,8}(?P<v>\d[\w.]*))?",)),
    Signature("Indigo", "renderer", values=(r"\bIndigo Render(?:er)?\b(?:[^0-9]{0,8}(?P<v>\d[\w.]*))?",)),
    Signature("Chaos Vantage", "renderer", values=(r"\bVantage\b(?:[^0-9]{0,8}(?P<v>\d[\w.]*))?",)),
    Signature("D5 Render", "renderer", values=(r"\bD5 Render\b(?:[^0-9]{0,8}(?P<v>\d[\w.]*))?",)),
    Signature("Lumion", "renderer", values=(r"\bLumion\b(?:[^0-9]{0,8}(?P<v>\d[\w.]*))?",)),
    Signature("Enscape", "renderer", values=(r"\bEnscape\b(?:[^0-9]{0,8}(?P<v>\d[\w.]*))?",)),
    Signature("KeyShot", "renderer", values=(r"\bKeyShot\b(?:[^0-9]{0,16}(?P<v>\d[\w.]*))?",)),
    Signature(
        "Nuke",
        "writer",
        attributes=("nuke/version", "nuke/node_hash", "nuke/full_layer_names"),
        version=("nuke/version",),
        values=(r"\bNuke(?:X| ?Studio)?\b(?:[^0-9]{0,8}(?P<v>\d[\w.]*))?",),
    ),
    Signature(
        "Krita",
        "writer",
        attributes=("krita_layers_info", "krita/version"),
        version=("krita/version",),
        values=(r"\bKrita\b(?:[^0-9]{0,8}(?P<v>\d[\w.]*))?",),
    ),
    Signature(
        "Gaffer",
        "writer",
        attributes=("gaffer:version",),
        version=("gaffer:version",),
        values=(r"\bGaffer\b(?:[^0-9]{0,8}(?P<v>\d[\w.]*))?",),
    ),
    Signature("Cortex", "writer", values=(r"\bCortex\b(?:[^0-9]{0,8}(?P<v>\d[\w.]*))?",)),
    Signature(
        "Houdini",
        "writer",
        attributes=("houdini/version", "houdini:version"),
        version=("houdini/version", "houdini:version"),
        values=(r"\bHoudini\b(?:[^0-9]{0,12}(?P<v>\d[\w.]*))?",),
    ),
    Signature("Houdini", "writer", attributes=("order", "comments"), needs_all=True),
    Signature(
        "Blender",
        "writer",
        attributes=("BlenderMultiChannel", "blender/version"),
        version=("blender/version", "BlenderMultiChannel"),
        values=(r"\bBlender\b(?:[^0-9]{0,8}(?P<v>\d[\w.]*))?",),
    ),
    Signature("Blender", "writer", attributes=("Camera", "File", "Scene"), needs_all=True),
    Signature(
        "OpenImageIO",
        "writer",
        attributes=("oiio:version",),
        version=("oiio:version",),
        values=(r"\bOpenImageIO\b(?:[^0-9:]{0,8}(?P<v>\d[\w.]*))?", r"^oiiotool\b", r"\bmaketx\b"),
    ),
    Signature(
        "DaVinci Resolve",
        "writer",
        values=(r"\b(?:DaVinci )?Resolve\b(?:[^0-9]{0,16}(?P<v>\d[\w.]*))?", r"\bBlackmagic\b(?!.*\bFusion\b)"),
    ),
    Signature("Fusion", "writer", values=(r"\bFusion\b(?:[^0-9]{0,16}(?P<v>\d[\w.]*))?",)),
    Signature(
        "After Effects",
        "writer",
        values=(r"\bAfter Effects\b(?:[^0-9]{0,16}(?P<v>\d[\w.]*))?", r"\bProEXR\b(?:[^0-9]{0,16}(?P<v>\d[\w.]*))?"),
    ),
    Signature(
        "FFmpeg", "writer", values=(r"^lavc[^0-9]{0,2}(?P<v>\d[\d.]*)?", r"\bffmpeg\b(?:[^0-9]{0,8}(?P<v>\d[\w.]*))?")
    ),
    Signature("Photoshop", "writer", values=(r"\bPhotoshop\b(?:[^0-9]{0,16}(?P<v>\d[\w.]*))?",)),
    Signature("Natron", "writer", values=(r"\bNatron\b(?:[^0-9]{0,8}(?P<v>\d[\w.]*))?",)),
    Signature("Flame", "writer", values=(r"\b(?:Autodesk )?(?:Flame|Flare|Lustre)\b(?:[^0-9]{0,16}(?P<v>\d[\w.]*))?",)),
    Signature("Baselight", "writer", values=(r"\bBaselight\b(?:[^0-9]{0,16}(?P<v>\d[\w.]*))?", r"\bFilmLight\b")),
    Signature("GIMP", "writer", values=(r"\bGIMP\b(?:[^0-9]{0,8}(?P<v>\d[\w.]*))?",)),
    Signature("ImageMagick", "writer", values=(r"\bImageMagick\b(?:[^0-9]{0,8}(?P<v>\d[\w.]*))?",)),
    Signature("Affinity Photo", "writer", values=(r"\bAffinity(?: Photo)?\b(?:[^0-9]{0,8}(?P<v>\d[\w.]*))?",)),
    Signature("PTGui", "writer", values=(r"\bPTGui\b(?:[^0-9]{0,12}(?P<v>\d[\w.]*))?",)),
    Signature("Hugin", "writer", values=(r"\bHugin\b(?:[^0-9]{0,12}(?P<v>\d[\w.]*))?",)),
)
