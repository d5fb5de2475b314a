"""The live picture over one WebSocket: a snapshot, then numbered deltas."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from api.errors import Problem
from api.live import Broadcaster
from api.security.guard import admit
from api.security.roles import Role

router = APIRouter(tags=["live"])
RECHECK_S = 1.0


@router.websocket("/live")
async def live(socket: WebSocket) -> None:
    """Tell a logged-in console everything that changes, until it leaves or its login ends."""
    if not _same_origin(socket) or not await _may_see(socket):
        await socket.close(code=4401)
        return
    await socket.accept()
    broadcaster: Broadcaster = socket.app.state.broadcaster
    client = broadcaster.join()
    watch = asyncio.create_task(_watch(socket), name="login watch")
    try:
        while not watch.done():
            message = await client.queue.get()
            await socket.send_text(message)
        await socket.close(code=4401)
    except (WebSocketDisconnect, RuntimeError):
        pass
    finally:
        broadcaster.leave(client)
        watch.cancel()


async def _watch(socket: WebSocket) -> None:
    """End when the login has ended."""
    while await _may_see(socket):  # noqa: ASYNC110 - nobody tells of the end of a login  # noqa: ASYNC110 - nobody tells us when a login ends
        await asyncio.sleep(RECHECK_S)


async def _may_see(socket: WebSocket) -> bool:
    try:
        await asyncio.to_thread(admit, socket, Role.VIEWER)
    except Problem:
        return False
    return True


def _same_origin(socket: WebSocket) -> bool:
    origin = socket.headers.get("origin")
    return origin is None or origin.partition("://")[2] == socket.headers.get("host")
