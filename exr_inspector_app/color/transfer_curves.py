"""Transfer curves: encoded values to linear light, by the formulas that camera manufacturers and standards publish.

Sources: IEC 61966-2-1 (sRGB); S-2014-003 and S-2016-001 (ACEScc, ACEScct), https://docs.acescentral.com; ARRI LogC3
(EI 800) and LogC4 specifications, https://www.arri.com; Sony S-Log3 technical summary; Panasonic V-Log reference
manual; RED Log3G10 white paper.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


def to_linear(values: Floats, curve: str) -> Floats:
    """Return encoded values, of any shape, as linear light.

    Args:
        values: Finite values.
        curve: Key of CURVES.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(np.nan_to_num(CURVES[curve](values.astype(np.float64))), np.float32)


Wide = npt.NDArray[np.float64]


def _srgb(v: Wide) -> Wide:
    return np.where(v <= 0.04045, v / 12.92, ((np.maximum(v, 0) + 0.055) / 1.055) ** 2.4)


def _gamma(exponent: float) -> Callable[[Wide], Wide]:
    return lambda v: np.sign(v) * np.abs(v) ** exponent


def _acescct(v: Wide) -> Wide:
    return np.where(v <= 0.155251141552511, (v - 0.0729055341958355) / 10.5402377416545, _aces_log(v))


def _acescc(v: Wide) -> Wide:
    return np.where(v < (9.72 - 15) / 17.52, (_aces_log(v) - 2.0**-16) * 2, _aces_log(v))


def _aces_log(v: Wide) -> Wide:
    return np.asarray(2.0 ** np.minimum(v * 17.52 - 9.72, 16.0))


def _logc3(v: Wide) -> Wide:
    cut, a, b, c, d, e, f = 0.010591, 5.555556, 0.052272, 0.247190, 0.385537, 5.367655, 0.092809
    return np.where(v > e * cut + f, (10 ** ((np.minimum(v, 2) - d) / c) - b) / a, (v - f) / e)


def _logc4(v: Wide) -> Wide:
    a, b, c = (2**18 - 16) / 117.45, (1023 - 95) / 1023, 95 / 1023
    s = 7 * np.log(2) * 2 ** (7 - 14 * c / b) / (a * b)
    t = (2 ** (14 * -c / b + 6) - 64) / a
    return np.where(v >= 0, (2 ** (14 * (np.minimum(v, 2) - c) / b + 6) - 64) / a, v * s + t)


def _slog3(v: Wide) -> Wide:
    code = v * 1023
    curved = 10 ** ((np.minimum(code, 2046) - 420) / 261.5) * 0.19 - 0.01
    return np.where(code >= 171.2102946929, curved, (code - 95) * 0.01125 / (171.2102946929 - 95))


def _vlog(v: Wide) -> Wide:
    b, c, d = 0.00873, 0.241514, 0.598206
    return np.where(v < 0.181, (v - 0.125) / 5.6, 10 ** ((np.minimum(v, 2) - d) / c) - b)


def _log3g10(v: Wide) -> Wide:
    return np.where(v < 0, v / 15.1927, (10 ** (np.minimum(v, 2) / 0.224282) - 1) / 155.975327) - 0.01


CURVES: dict[str, Callable[[Wide], Wide]] = {
    "srgb": _srgb,
    "g18": _gamma(1.8),
    "g22": _gamma(2.2),
    "g24": _gamma(2.4),
    "g26": _gamma(2.6),
    "acescc": _acescc,
    "acescct": _acescct,
    "logc3": _logc3,
    "logc4": _logc4,
    "slog3": _slog3,
    "vlog": _vlog,
    "log3g10": _log3g10,
}
