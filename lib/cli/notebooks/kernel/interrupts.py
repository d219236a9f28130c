"""What the stop button does: stop the cell, keep the kernel; pressed twice, end the kernel."""

import asyncio
import signal

# Two interrupts within this time end the kernel.
AGAIN_SECONDS = 1
# A thread that has not answered by then works on something that does not let it look up.
ANSWER_SECONDS = 1
# A cell that goes on for so long after an interrupt has not heard it.
HINT_SECONDS = 2

HINT = (
    "The cell goes on: what it waits for does not look at interrupts. "
    "Interrupt twice within a second to end the kernel and all its variables.\n"
)


class Interrupts:
    """Passes interrupts on to Deno's kernel.

    SIGINT comes first: runs of the simulator stop at it and say how far they were, and so do programs
    that the cell has started. A cell that computes without a pause does not see it; the kernel can
    stop such a one itself, but ends up deaf when it is told so while the cell waits. So it is told
    only when its thread does not answer.
    """

    def __init__(self, wire, back, cells):
        self._wire = wire
        self._back = back
        self._cells = cells
        self._last = float("-inf")
        self._stopped = None
        self._tasks = set()

    def interrupt(self):
        """An interrupt has come."""
        now = asyncio.get_running_loop().time()
        cell = self._cells.running
        # The next cell may be stopped as soon as one likes: it is another one.
        is_again = now - self._last < AGAIN_SECONDS and cell is self._stopped
        self._last, self._stopped = now, cell
        if is_again and cell is not None:
            self._back.signal(signal.SIGKILL)
        elif not is_again:
            task = asyncio.ensure_future(self._stop(cell))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _stop(self, cell):
        self._cells.answered.clear()
        self._back.signal(signal.SIGINT)
        if cell is None:
            return
        try:
            await asyncio.wait_for(self._cells.answered.wait(), ANSWER_SECONDS)
        except asyncio.TimeoutError:
            if self._cells.running is not cell:
                return
            self._cells.stopped = True
            request = self._wire.new("interrupt_request", {})
            await self._back.control.send_multipart(self._wire.write(request))
        await asyncio.sleep(HINT_SECONDS)
        if self._cells.running is cell:
            await self._cells.say(HINT)
