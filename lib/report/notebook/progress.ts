import type { MediaBundle } from "../../std/display.ts";
import { formatNumber } from "./format_cells.ts";
import { escapeHtml } from "./table_view.ts";

/** Wall time before anything shows: what is over in a moment needs no bar. */
const SHOWN_AFTER_MS = 700;
/** Wall time between two drawings, milliseconds. */
const EVERY_MS = 250;
/** Characters of the bar in text. */
const BAR = 30;

/** An output of a cell that can be drawn anew where it stands. */
export interface LiveOutput {
  /** Draws it the first time. */
  begin(bundle: MediaBundle): void;
  /** Draws it anew. */
  update(bundle: MediaBundle): void;
}

/** Shows how far something is, in one output that is gone when it is over. */
export interface Progress {
  /**
   * @param share Part that is done, 0..1.
   * @param detail What is said of it, such as "12 of 40 runs".
   */
  update(share: number, detail: string): void;
  /** Empties the output. */
  end(): void;
}

/** What an output is at the end: there, and nothing to be seen. */
export const GONE: MediaBundle = { "text/html": "", "text/plain": "" };

/** Options of {@linkcode beginProgress}, for tests. */
export interface ProgressOptions {
  readonly output?: LiveOutput;
  /** Wall clock, milliseconds. */
  readonly nowMs?: () => number;
}

/**
 * Begins to show how far something is.
 *
 * @param doing What is done, such as "simulating".
 */
export function beginProgress(doing: string, options: ProgressOptions = {}): Progress {
  const { output = notebookOutput(), nowMs = () => performance.now() } = options;
  const beganMs = nowMs();
  let drawnMs = -Infinity;
  let isShown = false;
  let firstShare: number | undefined;
  return {
    update(share, detail) {
      firstShare ??= share;
      const now = nowMs();
      if (now - beganMs < SHOWN_AFTER_MS || now - drawnMs < EVERY_MS) return;
      drawnMs = now;
      // What was there at the beginning took no time.
      const done = share - firstShare;
      const leftMs = done > 0 ? (now - beganMs) / done * (1 - share) : undefined;
      const bundle = drawn(doing, share, detail, leftMs);
      if (isShown) output.update(bundle);
      else output.begin(bundle);
      isShown = true;
    },
    end() {
      if (isShown) output.update(GONE);
      isShown = false;
    },
  };
}

function drawn(
  doing: string,
  share: number,
  detail: string,
  leftMs: number | undefined,
): MediaBundle {
  const percent = Math.floor(share * 100);
  const left = leftMs === undefined ? "" : `, ${duration(leftMs / 1000)} left`;
  const text = `${doing}: ${percent} %, ${detail}${left}`;
  const full = Math.floor(share * BAR);
  return {
    "text/html": `<progress value="${share.toFixed(3)}" max="1"></progress> ${escapeHtml(text)}`,
    "text/plain": `[${"=".repeat(full)}${" ".repeat(BAR - full)}] ${text}`,
  };
}

/** "8 s", "3 min", "2.5 h". */
function duration(seconds: number): string {
  if (seconds < 100) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`;
  return `${formatNumber(Number((seconds / 3600).toPrecision(2)))} h`;
}

let outputs = 0;

/** An output below the cell that runs; elsewhere than in a kernel, nothing. */
function notebookOutput(): LiveOutput {
  const id = `simfaasinfer-progress-${outputs++}`;
  const send = (type: string, data: MediaBundle) => {
    const content = { data, metadata: {}, transient: { display_id: id } };
    try {
      // Sent at once, even from a loop that lets nothing else through.
      Deno.jupyter.broadcast(type, content)?.catch?.(() => {});
    } catch {
      // No kernel, or one that is going away: nobody looks.
    }
  };
  return {
    begin: (bundle) => send("display_data", bundle),
    update: (bundle) => send("update_display_data", bundle),
  };
}
