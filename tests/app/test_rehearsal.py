"""Every page is opened once inside the process before visitors come."""

from __future__ import annotations

import asyncio
import sys

import pytest
from starlette.types import Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.support import run_async
from ui.rehearsal import SHORT_TURN, rehearse, short_turns


class Recorder:
    """An application that notes what is asked of it and ends each script at once."""

    def __init__(self, *, reruns: int = 0) -> None:
        self.asked: list[tuple[str, str]] = []
        self.host = b""
        self.closed = False
        self._reruns = reruns

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.host = dict(scope["headers"])[b"host"]
        assert (await receive())["type"] == "websocket.connect"
        await send({"type": "websocket.accept", "subprotocol": "streamlit"})
        while (message := await receive())["type"] == "websocket.receive":
            request = BackMsg()
            request.ParseFromString(message["bytes"])
            self.asked.append((request.rerun_script.page_name, request.rerun_script.query_string))
            early = [ForwardMsg.FINISHED_EARLY_FOR_RERUN] * self._reruns
            for status in (*early, ForwardMsg.FINISHED_SUCCESSFULLY):
                body = ForwardMsg(script_finished=status).SerializeToString()
                await send({"type": "websocket.send", "bytes": body})
        self.closed = True


def test_pages_are_asked_for_in_turn_and_the_session_is_closed() -> None:
    app = Recorder(reruns=1)
    views = [("", "lang=ko"), ("funnel", "lang=en")]
    run_async(rehearse(app, views, "atlas.example"))
    assert app.asked == views
    assert app.host == b"atlas.example"
    assert app.closed


@pytest.mark.parametrize("fails", [False, True])
def test_an_application_that_refuses_does_not_keep_the_site_from_starting(fails: bool) -> None:
    async def refusing(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        if fails:
            raise RuntimeError("no such session")
        await send({"type": "websocket.close", "code": 1008})

    async def within_a_second() -> None:
        async with asyncio.timeout(1):
            await rehearse(refusing, [("", "lang=ko")], "atlas.example")

    run_async(within_a_second())


def test_visitors_come_first_while_pages_are_rehearsed() -> None:
    usual = sys.getswitchinterval()
    with pytest.raises(RuntimeError), short_turns():
        assert usual > sys.getswitchinterval() == pytest.approx(SHORT_TURN)
        raise RuntimeError("a page failed")
    assert sys.getswitchinterval() == usual
