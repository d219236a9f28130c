"""How requests run in Deno's kernel, one after the other, until their last output has come."""

import asyncio

import cell_errors
from cell_source import as_json, named_imports, specifiers

# A type of message of our own. Deno sends it through the queue of the cells' outputs, so that all
# that were sent before have come when it comes.
MARK = "simfaasinfer_mark"
# What the kernel answers to; to other requests it says "busy" and "idle" alone.
ANSWERED = {
    f"{kind}_request"
    for kind in ("kernel_info", "complete", "is_complete", "inspect", "history", "comm_info")
}
REPLY_SECONDS = 1
MARK_SECONDS = 5
# A registry may have to be asked about a package.
IMPORT_SECONDS = 30

# The kernel would end at an interrupt if nobody listened. What a run is to do about it is its own
# business (simfaasinfer/notebook); that this listener answers shows that the thread is free. The
# symbol says that a second interrupt is seen to here, where it is known which cell it is for.
LISTEN = (
    "(globalThis[Symbol.for('simfaasinfer.launcher')] = true, Deno.addSignalListener('SIGINT', "
    f"() => Deno.jupyter.broadcast('{MARK}', {{ interrupted: true }})))"
)

# Why one of these modules cannot be imported; null if all can. The name is none that the kernel
# could find beforehand.
WHY_NO_IMPORT = """(async (names) => {
  for (const name of names) {
    let timer;
    const late = new Promise((_, reject) => timer = setTimeout(
      () => reject(new Error("it did not come within %d seconds")), %d));
    try {
      await Promise.race([import(name), late]);
    } catch (error) {
      return { name, message: String(error?.message ?? error) };
    } finally {
      clearTimeout(timer);
    }
  }
  return null;
})(%%s)""" % (IMPORT_SECONDS, IMPORT_SECONDS * 1000)

# Names that modules, which the cell has imported, do not export.
MISSING_EXPORTS = """(async (modules) => {
  const missing = [];
  for (const [module, names] of Object.entries(modules)) {
    const found = await import(module).catch(() => undefined);
    if (found === undefined) continue;
    for (const name of names) {
      if (!(name in found)) missing.push({ module, name, exports: Object.keys(found) });
    }
  }
  return missing;
})(%s)"""


class Cells:
    """Executes cells, and passes other requests on."""

    def __init__(self, wire, front, back, deno):
        self._wire = wire
        self._front = front
        self._back = back
        self._deno = deno
        self._request = None
        # Whether the kernel works on code of ours, of which Jupyter is to hear nothing.
        self._is_own = False
        self._idle = asyncio.Event()
        self._marks = {}
        self._error = None
        self._last_mark = 0
        # Set when the kernel's thread has answered an interrupt.
        self.answered = asyncio.Event()
        self.stopped = False

    @property
    def running(self):
        """The cell that runs now, or None."""
        is_cell = self._request is not None and self._request.type == "execute_request"
        return self._request if is_cell and not self._is_own else None

    async def start(self, seconds):
        """Waits until the kernel answers, both ways."""
        await asyncio.wait_for(self._greet(), seconds)
        self._begin(self._wire.new("execute_request", {}))
        await self._own(LISTEN)
        self._request = None

    async def _greet(self):
        # What is published before the subscription has reached the kernel is lost: ask again.
        while not self._idle.is_set():
            hello = self._wire.new("kernel_info_request", {})
            self._begin(hello)
            self._is_own = True
            await self._send(hello)
            await self._received()
            try:
                await asyncio.wait_for(self._idle.wait(), 0.1)
            except asyncio.TimeoutError:
                pass

    def _begin(self, request):
        self._request = request
        self._is_own = False
        self._error = None
        self.stopped = False
        self._idle.clear()

    async def pass_on(self, request):
        """A request other than a cell: its reply goes back as it comes."""
        self._begin(request)
        await self._send(request)
        await self._idle.wait()
        if request.type in ANSWERED:
            try:
                await self._reply(await asyncio.wait_for(self._received(), REPLY_SECONDS))
            except asyncio.TimeoutError:
                pass
        self._request = None

    async def execute(self, request):
        """Runs a cell; returns whether the cells after it may run."""
        self._begin(request)
        source = request.content.get("code") or ""
        await self._send(request)
        reply = await self._received()
        await self._idle.wait()
        error = await self._end(source, reply)
        if error is not None:
            reply.content.update(status="error", **error)
            if not request.content.get("silent"):
                await self._publish("error", error)
        await self._reply(reply)
        await self._publish("status", {"execution_state": "idle"})
        self._request = None
        return error is None or not request.content.get("stop_on_error", True)

    async def _end(self, source, reply):
        """Waits for what a cell has put out; returns its error with all that is to be said of it."""
        has_run = reply.content.get("status") == "ok" or self._error is not None
        named = named_imports(source) if has_run else {}
        # One way to the kernel and back for both.
        missing = await self._own(MISSING_EXPORTS % as_json(named) if named else "null")
        missing = cell_errors.MissingExports(source, missing or [])
        if not has_run:
            return (await self._why(source)).content
        if self._error is not None:
            return cell_errors.explained(source, self._error, missing.hints())
        if missing.warning():
            await self._publish("stream", {"name": "stderr", "text": missing.warning()})
        error = missing.error()
        return None if error is None else error.content

    async def _why(self, source):
        """The error of a cell that the kernel did not run, without a word."""
        if self.stopped:
            return cell_errors.CellError("Interrupted", "the cell was stopped")
        error = await cell_errors.syntax_error(self._deno, source)
        if error is not None:
            return error
        names = specifiers(source)
        failed = await self._own(WHY_NO_IMPORT % as_json(names)) if names else None
        if failed is not None:
            return cell_errors.failed_import(source, failed["name"], failed["message"])
        return cell_errors.CellError("Error", "the kernel did not run this cell and does not say why")

    async def abort(self, request):
        """Answers a cell that is not to run."""
        self._request = request
        await self._publish("status", {"execution_state": "busy"})
        reply = self._wire.new("execute_reply", {"status": "aborted"}, request.header)
        await self._reply(reply)
        await self._publish("status", {"execution_state": "idle"})
        self._request = None

    async def say(self, text):
        """Writes below the cell that runs."""
        if self.running is not None:
            await self._publish("stream", {"name": "stderr", "text": text})

    async def published(self, message, frames):
        """What Deno's kernel publishes."""
        if message.type == MARK:
            self._marked(message.content)
            return
        is_current = self._request is not None and message.parent_id == self._request.id
        is_idle = message.content.get("execution_state") == "idle"
        if is_current and is_idle:
            self._idle.set()
        if is_current and self._is_own and message.type in ("status", "execute_input", "error"):
            return
        if is_current and self._request.type == "execute_request":
            # Both are told when there is no more to come, and when it is known what to say.
            if message.type == "error":
                self._error = message.content
            if is_idle or message.type == "error":
                return
        await self._front.iopub.send_multipart(frames)

    def _marked(self, content):
        if content.get("interrupted"):
            self.answered.set()
            return
        mark = self._marks.get(content.get("mark"))
        if mark is not None and not mark.done():
            mark.set_result(content.get("value"))

    async def _own(self, expression):
        """The value of an expression of ours; all outputs of the cell before have come then.

        It has the header of the cell, so that what a cell has left to do later is still shown with
        it. None where it fails.
        """
        self._last_mark += 1
        number = self._last_mark
        self._marks[number] = asyncio.get_running_loop().create_future()
        self._is_own = True
        self._idle.clear()
        code = (
            f"await (async () => {{ const value = await ({expression}); "
            f"await Deno.jupyter.broadcast('{MARK}', {{ mark: {number}, value }}); }})()"
        )
        content = {"code": code, "silent": True, "store_history": False, "allow_stdin": False}
        await self._send(self._request.with_content(content))
        reply = await self._received()
        await self._idle.wait()
        try:
            # The mark comes after "idle", as outputs do: that is why it is waited for.
            is_good = reply.content.get("status") == "ok"
            return await asyncio.wait_for(self._marks[number], MARK_SECONDS) if is_good else None
        except asyncio.TimeoutError:
            # A cell may have put something of its own in the place of what tells the mark.
            return None
        finally:
            del self._marks[number]

    async def _send(self, request):
        frames = self._wire.write(request)[len(request.identities) :]
        await self._back.shell.send_multipart(frames)

    async def _received(self):
        """The reply to the request in hand."""
        while True:
            reply = self._wire.read(await self._back.shell.recv_multipart())
            if reply is not None and reply.parent_id == self._request.id:
                return reply

    async def _reply(self, reply):
        reply.identities = self._request.identities
        await self._front.shell.send_multipart(self._wire.write(reply))

    async def _publish(self, kind, content):
        message = self._wire.new(kind, content, self._request.header)
        await self._front.iopub.send_multipart(self._wire.write(message))
