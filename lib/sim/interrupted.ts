/** How far something was when it was interrupted. */
export interface InterruptedAt {
  /** Parts (requests, replications, cells) that are done. */
  readonly done: number;
  /** Parts in all. */
  readonly of: number;
  /** What the parts are, in the plural. */
  readonly things: string;
  /** Simulated time, seconds; absent where several runs were under way. */
  readonly atSeconds?: number;
  /** Simulated time at which the run would have ended, seconds; 0 where that is not known ahead. */
  readonly ofSeconds?: number;
}

/**
 * A run was stopped by the signal that it was given. It has no result. The message says how far it was:
 * "interrupted at 34 %, 1,224 s of 3,600 s". `cause` is the signal's reason.
 */
export class Interrupted extends Error {
  /** Name of the class. */
  override name = "Interrupted";
  /** Share that was done, 0..1: of the simulated time where its end is known, else of the parts. */
  readonly share: number;

  /** Makes an error of a message, of the share that was done, and of the signal's reason. */
  constructor(message: string, share: number, reason?: unknown) {
    super(message, { cause: reason });
    this.share = share;
  }
}

/** The error of what was interrupted there, for a signal's reason. */
export function interruptedAt(at: InterruptedAt, reason?: unknown): Interrupted {
  const [share, where] = described(at);
  return new Interrupted(`interrupted at ${Math.floor(share * 100)} %, ${where}`, share, reason);
}

function described({ done, of, things, atSeconds = 0, ofSeconds = 0 }: InterruptedAt) {
  // Past that time requests are finished, and it says nothing of how many are left.
  const isTimed = atSeconds < ofSeconds && ofSeconds < Infinity;
  if (isTimed) {
    return [atSeconds / ofSeconds, `${counted(atSeconds)} s of ${counted(ofSeconds)} s`] as const;
  }
  const parts = `${counted(done)} of ${counted(of)} ${things}`;
  const share = of > 0 ? done / of : 0;
  return [share, atSeconds > 0 ? `${parts}, ${counted(atSeconds)} s` : parts] as const;
}

/** A number of seconds or things: whole from 100 on, with commas between thousands. */
function counted(value: number): string {
  const text = value < 100 ? String(Number(value.toPrecision(3))) : value.toFixed(0);
  return text.replace(/\B(?=(\d{3})+$)/g, ",");
}
