/** Wall time before anything shows, milliseconds. */
const SHOWN_AFTER_MS = 2000;
/** Wall time between two lines where there is no terminal, milliseconds. */
const LINE_EVERY_MS = 5000;

/** Shows how many runs of a plan have ended, on stderr. */
export interface PlanProgress {
  /** @param done Runs that have ended. @param asked Runs asked for so far. @param kept Of those before. */
  update(done: number, asked: number, kept: number): void;
  stop(): void;
}

/**
 * A line that is written anew on a terminal, one every few seconds elsewhere, nothing when quiet. How
 * many runs there will be is not known before they have ended.
 *
 * @param nowMs Wall clock, milliseconds.
 */
export function planProgress(
  quiet: boolean,
  nowMs: () => number = () => performance.now(),
): PlanProgress {
  if (quiet) return { update() {}, stop() {} };
  const isTerminal = Deno.stderr.isTerminal();
  const beganMs = nowMs();
  let lastMs = beganMs, isShown = false;
  const write = (text: string) => Deno.stderr.writeSync(new TextEncoder().encode(text));
  return {
    update(done, asked, kept) {
      const now = nowMs();
      if (now - beganMs < SHOWN_AFTER_MS) return;
      if (!isTerminal && now - lastMs < LINE_EVERY_MS) return;
      lastMs = now;
      isShown = true;
      const line = `planning: ${done} of ${asked} runs asked for so far` +
        (kept === 0 ? "" : `, ${kept} from before`);
      write(isTerminal ? `\r\x1b[K${line}` : `${line}\n`);
    },
    stop() {
      if (isShown && isTerminal) write("\r\x1b[K");
    },
  };
}
