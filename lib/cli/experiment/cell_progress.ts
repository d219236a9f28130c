/** Wall time before anything shows, milliseconds: what is over in a moment needs no bar. */
const SHOWN_AFTER_MS = 500;

/** Wall time between two lines where there is no terminal, milliseconds. */
const LINE_EVERY_MS = 5000;

/** Shows how many cells of an experiment have ended, on stderr. */
export interface CellProgress {
  /** @param done Cells that have ended. @param cached Those of them that were there already. */
  update(done: number, total: number, cached: number): void;
  /** Removes the bar. */
  stop(): void;
}

/**
 * A bar with the time left on a terminal, a line every few seconds elsewhere, nothing when quiet.
 *
 * @param nowMs Wall clock, milliseconds.
 */
export function cellProgress(
  id: string,
  quiet: boolean,
  nowMs: () => number = () => performance.now(),
): CellProgress {
  if (quiet) return { update() {}, stop() {} };
  const onTerminal = Deno.stderr.isTerminal();
  const beganMs = nowMs();
  let lastMs = beganMs;
  let shown = false;
  const write = (text: string) => Deno.stderr.writeSync(new TextEncoder().encode(text));
  return {
    update(done, total, cached) {
      const now = nowMs();
      if (done === total || now - beganMs < SHOWN_AFTER_MS) return;
      if (!onTerminal && now - lastMs < LINE_EVERY_MS) return;
      lastMs = now;
      shown = true;
      const line = progressLine(id, done, total, cached, (now - beganMs) / 1000);
      write(onTerminal ? `\r\x1b[K${line}` : `${line}\n`);
    },
    stop() {
      if (shown && onTerminal) write("\r\x1b[K");
    },
  };
}

/**
 * "03_cold [======    ] 12 of 20 cells, 4 s left". The time left is that of the cells which ended
 * in this run.
 */
export function progressLine(
  id: string,
  done: number,
  total: number,
  cached: number,
  elapsedSeconds: number,
): string {
  const width = 20;
  const full = Math.floor(width * done / total);
  const ran = done - cached;
  const seconds = elapsedSeconds / ran * (total - done);
  const left = ran === 0
    ? ""
    : seconds < 90
    ? `, ${Math.max(1, Math.round(seconds))} s left`
    : `, ${Math.round(seconds / 60)} min left`;
  return `${id} [${"=".repeat(full)}${" ".repeat(width - full)}] ${done} of ${total} cells${left}`;
}
