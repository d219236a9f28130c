"""A Jupyter kernel that stands between Jupyter and Deno's own kernel, for what that leaves out.

Usage: python3 kernel.py DENO CONNECTION_FILE

- A cell is idle only when its last output has come. Deno's kernel says "idle" before it, so that
  an output may be shown under the next cell.
- A cell that did not run says why, with the line and a caret: Deno's kernel answers with an error
  that has no text. So does one that imports what a module does not have.
- An interrupt stops the cell and keeps the kernel with its variables. A second one within a second
  ends the kernel, and so does the end of Jupyter. Nothing is left behind.
- After an error, cells that were to run next ("Run All") do not.

Everything else goes through as it is, in both directions.
"""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

import zmq
import zmq.asyncio

from cells import Cells
from interrupts import Interrupts
from wire import Wire

CHANNELS = ("shell", "control", "stdin", "iopub", "hb")
# The kernel gets that long to end by itself.
PATIENCE_SECONDS = 3
START_SECONDS = 60
# Jupyter's exit codes of a process that a signal ended.
TERMINATED = 143


def free_ports(count, host):
    """Ports that nobody uses now."""
    sockets = []
    try:
        for _ in range(count):
            one = socket.socket()
            one.bind((host, 0))
            sockets.append(one)
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


class DenoKernel:
    """Deno's own kernel as a process of its own, with its sockets."""

    def __init__(self, deno, connection, context):
        self._folder = tempfile.mkdtemp(prefix="simfaas-kernel-")
        ports = free_ports(len(CHANNELS), "127.0.0.1")
        own = {**connection, "ip": "127.0.0.1", "transport": "tcp"}
        own.update({f"{name}_port": port for name, port in zip(CHANNELS, ports)})
        path = os.path.join(self._folder, "connection.json")
        with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
            json.dump(own, file)
        # A session of its own: a signal to Jupyter's group is not for it, the launcher passes it on.
        self.process = subprocess.Popen(
            [deno, "jupyter", "--kernel", "--conn", path],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        # Whatever ends the launcher ends the kernel: the pipe closes with it.
        watch = 'trap "" INT TERM HUP; read _; kill -KILL -"$0"; rm -rf -- "$1"'
        self._watch = subprocess.Popen(
            ["sh", "-c", watch, str(self.process.pid), self._folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.shell = context.socket(zmq.DEALER)
        self.control = context.socket(zmq.DEALER)
        self.stdin = context.socket(zmq.DEALER)
        self.iopub = context.socket(zmq.SUB)
        self.iopub.subscribe(b"")
        for name in ("shell", "control", "stdin", "iopub"):
            one = getattr(self, name)
            one.linger = 0
            one.setsockopt(zmq.RECONNECT_IVL, 20)
            one.rcvhwm = one.sndhwm = 0
            one.connect(f"tcp://127.0.0.1:{own[f'{name}_port']}")

    def signal(self, number):
        """Sends a signal to the kernel and to what its cells have started."""
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass

    async def ended(self):
        """Waits for the end of the process."""
        while self.process.poll() is None:
            await asyncio.sleep(0.05)

    async def end(self):
        """Ends the process, gently at first, and removes what it left."""
        self.signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.ended(), PATIENCE_SECONDS)
        except asyncio.TimeoutError:
            pass
        self.kill()

    def kill(self):
        """Ends the process and all that it has started, at once."""
        self.signal(signal.SIGKILL)
        self.process.wait()
        self._watch.kill()
        self._watch.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


class Jupyter:
    """The sockets that Jupyter connects to."""

    def __init__(self, connection, context):
        self.shell = context.socket(zmq.ROUTER)
        self.control = context.socket(zmq.ROUTER)
        self.stdin = context.socket(zmq.ROUTER)
        self.iopub = context.socket(zmq.PUB)
        self.hb = context.socket(zmq.REP)
        transport, ip = connection["transport"], connection["ip"]
        mark = "-" if transport == "ipc" else ":"
        for name in CHANNELS:
            one = getattr(self, name)
            one.linger = 500
            one.rcvhwm = one.sndhwm = 0
            # A frontend that reconnects, with the same identity, takes its replies.
            if one.socket_type == zmq.ROUTER:
                one.setsockopt(zmq.ROUTER_HANDOVER, 1)
            one.bind(f"{transport}://{ip}{mark}{connection[f'{name}_port']}")


class Launcher:
    """Passes messages on, and lets Cells and Interrupts see those that concern them."""

    def __init__(self, deno, connection):
        self._context = zmq.asyncio.Context()
        self._wire = Wire(connection["key"], connection["signature_scheme"])
        self._front = Jupyter(connection, self._context)
        self._back = DenoKernel(deno, connection, self._context)
        self._cells = Cells(self._wire, self._front, self._back, deno)
        self._interrupts = Interrupts(self._wire, self._back, self._cells)
        # Whom a reply goes to, by the request's id.
        self._asked = {}
        self._last_shell = []
        self._end = asyncio.get_running_loop().create_future()

    def _die(self, code):
        if not self._end.done():
            self._end.set_result(code)

    async def run(self):
        """Runs until the kernel or Jupyter ends; returns the exit code."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, self._interrupts.interrupt)
        loop.add_signal_handler(signal.SIGTERM, self._die, TERMINATED)
        loop.add_signal_handler(signal.SIGHUP, self._die, TERMINATED)
        tasks = [
            asyncio.ensure_future(work())
            for work in (
                self._beat,
                self._requests,
                self._published,
                self._controls,
                self._control_replies,
                self._input_requests,
                self._input_replies,
                self._watch_kernel,
                self._watch_parent,
            )
        ]
        for task in tasks:
            task.add_done_callback(self._failed)
        code = await self._end
        for task in tasks:
            task.cancel()
        await self._back.end()
        self._context.destroy(linger=500)
        return code

    def _failed(self, task):
        if not task.cancelled() and task.exception() is not None:
            error = task.exception()
            print(f"The kernel's launcher has failed: {error!r}", file=sys.stderr, flush=True)
            self._die(1)

    async def _beat(self):
        while True:
            await self._front.hb.send(await self._front.hb.recv())

    async def _requests(self):
        """One request at a time, and the next one when the one before it is idle."""
        await self._cells.start(START_SECONDS)
        queue = asyncio.Queue()
        reader = asyncio.ensure_future(self._read_requests(queue))
        reader.add_done_callback(self._failed)
        try:
            while True:
                frames = await queue.get()
                request = self._wire.read(frames)
                if request is None:
                    continue
                self._last_shell = request.identities
                if request.type != "execute_request":
                    await self._cells.pass_on(request)
                elif not await self._cells.execute(request):
                    await self._abort(queue)
        finally:
            reader.cancel()

    async def _read_requests(self, queue):
        while True:
            queue.put_nowait(await self._front.shell.recv_multipart())

    async def _abort(self, queue):
        """Cells that were to run after one that failed do not; other requests are answered."""
        waiting = [queue.get_nowait() for _ in range(queue.qsize())]
        for frames in waiting:
            request = self._wire.read(frames)
            if request is not None and request.type == "execute_request":
                await self._cells.abort(request)
            else:
                queue.put_nowait(frames)

    async def _published(self):
        while True:
            frames = await self._back.iopub.recv_multipart()
            message = self._wire.read(frames)
            if message is not None:
                await self._cells.published(message, frames)

    async def _controls(self):
        while True:
            frames = await self._front.control.recv_multipart()
            request = self._wire.read(frames)
            if request is None:
                continue
            if request.type == "interrupt_request":
                self._interrupts.interrupt()
                reply = self._wire.new(
                    "interrupt_reply", {"status": "ok"}, request.header, request.identities
                )
                await self._front.control.send_multipart(self._wire.write(reply))
                continue
            self._asked[request.id] = request.identities
            await self._back.control.send_multipart(frames[len(request.identities) :])

    async def _control_replies(self):
        while True:
            reply = self._wire.read(await self._back.control.recv_multipart())
            identities = None if reply is None else self._asked.pop(reply.parent_id, None)
            # Without anybody who asked: the launcher itself did, for an interrupt.
            if identities is None:
                continue
            reply.identities = identities
            await self._front.control.send_multipart(self._wire.write(reply))
            if reply.type == "shutdown_reply":
                asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self._die, 0)

    async def _input_requests(self):
        """A cell asks the user: the frontend that sent the cell is the one to answer."""
        while True:
            request = self._wire.read(await self._back.stdin.recv_multipart())
            if request is not None:
                request.identities = self._last_shell
                await self._front.stdin.send_multipart(self._wire.write(request))

    async def _input_replies(self):
        while True:
            reply = self._wire.read(await self._front.stdin.recv_multipart())
            if reply is not None:
                reply.identities = []
                await self._back.stdin.send_multipart(self._wire.write(reply))

    async def _watch_kernel(self):
        await self._back.ended()
        code = self._back.process.returncode
        self._die(code if code >= 0 else 128 - code)

    async def _watch_parent(self):
        """Jupyter may be killed: then nobody needs the kernel."""
        parent = os.getppid()
        while parent == os.getppid():
            await asyncio.sleep(1)
        self._die(TERMINATED)


async def main(deno, path):
    with open(path, encoding="utf-8") as file:
        connection = json.load(file)
    return await Launcher(deno, connection).run()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*sys.argv[1:])))
