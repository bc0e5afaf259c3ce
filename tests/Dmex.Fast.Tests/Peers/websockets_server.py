"""A venue by Python's "websockets": confirms every cancel. Prints the port; ends when stdin closes."""
import asyncio
import json
import sys

import websockets

FRAGMENT = len(sys.argv) > 1 and sys.argv[1] == "fragment"


async def serve(socket, *_):
    async for text in socket:
        message = json.loads(text)
        if message.get("op") != "cancel_order":
            await socket.send(text)
            continue
        reply = json.dumps({"op": "cancel_order", "status": "cancelled", "data": {"order_hash": message["data"]["order_hash"]}})
        if FRAGMENT:
            await socket.send([reply[:7], reply[7:8], reply[8:]])
        else:
            await socket.send(reply)


async def main():
    async with websockets.serve(serve, "127.0.0.1", 0) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
