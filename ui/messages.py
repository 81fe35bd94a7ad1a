"""Which messages of a visitor reach Streamlit: only those that its pages need."""

from __future__ import annotations

from google.protobuf.message import DecodeError
from streamlit.proto.BackMsg_pb2 import BackMsg

from api.readonly import MAX_QUERY
from api.surface import Verdict

#: To run a page, to stop it, to stay connected, and to make a file when its button is pressed.
#: Left out: emptying the cache of all visitors, reading where the source code comes from,
#: asking for a place to upload to, and two switches for Streamlit's own developers.
WANTED = frozenset({"rerun_script", "stop_script", "app_heartbeat", "backend_operation_request"})


def verdict(data: bytes) -> Verdict:
    """What is to be done with one message."""
    message = BackMsg()
    try:
        message.ParseFromString(data)
    except DecodeError:
        return "refuse"
    if message.WhichOneof("type") not in WANTED:
        return "ignore"
    return "refuse" if len(message.rerun_script.query_string) > MAX_QUERY else "pass"
