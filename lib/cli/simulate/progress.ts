import { importLater } from "../import_later.ts";

/** Wall time before anything shows: a run that is over in a moment needs no bar. */
const SHOWN_AFTER_MS = 500;

/** Wall time between two lines where there is no terminal, milliseconds. */
const LINE_EVERY_MS = 5000;

/** Shows how far a run is, on stderr. */
export interface Progress {
  /** @param share Part that is done, 0..1. @param simulatedSeconds Simulated time so far. */
  update(share: number, simulatedSeconds: number): void;
  /** Removes the bar, or ends it. */
  stop(): void;
}

/**
 * A bar on a terminal, a line every few seconds elsewhere, nothing when quiet.
 *
 * @param nowMs Wall clock, milliseconds.
 */
export async function showProgress(
  quiet: boolean,
  nowMs: () => number = () => performance.now(),
): Promise<Progress> {
  if (quiet) return { update() {}, stop() {} };
  return Deno.stderr.isTerminal() ? await progressBar(nowMs) : progressLines(nowMs);
}

async function progressBar(nowMs: () => number): Promise<Progress> {
  const { default: { SingleBar } } = await importLater<typeof import("npm:cli-progress@3.12.0")>(
    "npm:cli-progress@3.12.0",
  );
  // The run does not yield to timers: the bar has to draw while it is updated.
  const bar = new SingleBar({
    format: "simulating [{bar}] {percentage} %  {simulated}  {eta_formatted} left",
    barCompleteChar: "=",
    barIncompleteChar: " ",
    barsize: 30,
    clearOnComplete: true,
    // An interrupt has to end the run at once, and leave the terminal as it was.
    gracefulExit: false,
    hideCursor: false,
    linewrap: true,
    synchronousUpdate: true,
    fps: 10,
  });
  const beganMs = nowMs();
  let shown = false;
  return {
    update(share, simulatedSeconds) {
      const simulated = clock(simulatedSeconds);
      const done = Math.floor(share * 1000);
      if (shown) {
        bar.update(done, { simulated });
      } else if (nowMs() - beganMs >= SHOWN_AFTER_MS) {
        shown = true;
        bar.start(1000, done, { simulated });
      }
    },
    stop() {
      if (shown) bar.stop();
    },
  };
}

function progressLines(nowMs: () => number): Progress {
  let lastMs = nowMs();
  return {
    update(share, simulatedSeconds) {
      if (nowMs() - lastMs < LINE_EVERY_MS) return;
      lastMs = nowMs();
      console.error(`simulating: ${Math.floor(share * 100)} %, ${clock(simulatedSeconds)}`);
    },
    stop() {},
  };
}

/** Simulated time as hours, minutes and seconds. */
function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}
