/** A stage of an instance's start. */
export interface StageSpan {
  /** Instance that starts. */
  readonly instanceId: number;
  /** Name of the stage. */
  readonly stage: string;
  /** Its start, seconds. */
  readonly startAtSeconds: number;
  /** Its end, seconds. */
  readonly endAtSeconds: number;
  /** Transfers on the busiest link of the bytes that it waited for, its own included; 0 or NaN for none. */
  readonly sharers: number;
}

/** A phase of an instance's life, as the table `instances` has it. */
interface Phase {
  readonly instanceId: number;
  readonly phase: string;
  readonly startAtSeconds: number;
  readonly endAtSeconds: number;
  readonly sharers: number;
}

const STAGE = "start:";

/** The stages among the phases of instances' lives. */
export function stageSpans(count: number, phaseAt: (row: number) => Phase): StageSpan[] {
  const spans: StageSpan[] = [];
  for (let row = 0; row < count; row++) {
    const { phase, ...span } = phaseAt(row);
    if (phase.startsWith(STAGE)) spans.push({ ...span, stage: phase.slice(STAGE.length) });
  }
  return spans;
}

/** Tells how many transfers shared the link of the bytes that a stage of a start waited for. */
export class StageSharers {
  readonly #sharers = new Map<string, number>();

  constructor(spans: readonly StageSpan[]) {
    for (const { instanceId, stage, sharers } of spans) {
      if (sharers >= 0.5) this.#sharers.set(`${instanceId} ${stage}`, Math.round(sharers));
    }
  }

  /** The mean number of transfers, its own included, rounded; 1 for a stage in which nothing moved. */
  of(instanceId: number, stage: string): number {
    return this.#sharers.get(`${instanceId} ${stage}`) ?? 1;
  }
}
