"""Errors of replies without a result, with their causes."""

from __future__ import annotations

from exr_inspector_app.errors import DecodeCancelledError, DecoderBugError, FaultCause, cause_of, pixels_error
from exr_inspector_app.exr.pixels.message_fields import ProtocolError
from exr_inspector_app.exr.pixels.worker_protocol import CancelledReply, FailureReply, RefusalReply, Reply
from exr_inspector_app.text.escape import escape_control

_FAILED = "Decoding failed ({}). This is a bug: report it with the file."
MAX_ERROR_CHARS = 200
MAX_SENTENCE_CHARS = 1000  # of a worker, which a file may have taken over


def blames_the_file(reply: Reply) -> bool:
    """Return True if a reply reports damage, or an exception that damage may have caused."""
    if isinstance(reply, RefusalReply):
        return cause_of(reply.code) is FaultCause.FILE
    return isinstance(reply, FailureReply)


def reply_error(reply: Reply) -> Exception:
    """Return the exception of a reply without a result."""
    match reply:
        case RefusalReply():
            return pixels_error(reply.code, escape_control(reply.sentence)[:MAX_SENTENCE_CHARS])
        case CancelledReply():
            return DecodeCancelledError("Decoding was cancelled.")
        case FailureReply():
            error = decoder_bug(reply.error)
            error.__cause__ = RuntimeError(reply.traceback)
            return error
    return ProtocolError(f"unexpected {type(reply).__name__}")


def decoder_bug(reason: str) -> DecoderBugError:
    """Return the error of a worker that breaks the protocol."""
    return DecoderBugError(_FAILED.format(escape_control(reason)[:MAX_ERROR_CHARS]))
