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
}

/** A phase of an instance's life, as the table `instances` has it. */
interface Phase {
  readonly instanceId: number;
  readonly phase: string;
  readonly startAtSeconds: number;
  readonly endAtSeconds: number;
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

/** Tells how many starts were in a stage at once. */
export class StageCrowds {
  readonly #byStage = new Map<string, StageSpan[]>();
  readonly #known = new Map<string, number>();

  constructor(spans: readonly StageSpan[]) {
    for (const span of spans) {
      const others = this.#byStage.get(span.stage);
      if (others) others.push(span);
      else this.#byStage.set(span.stage, [span]);
    }
  }

  /**
   * Starts that were in the stage while an instance was, itself included: their mean over that time,
   * rounded. 1 for a stage that the instance's start did not have.
   */
  during(instanceId: number, stage: string): number {
    const key = `${instanceId} ${stage}`;
    let crowd = this.#known.get(key);
    if (crowd === undefined) this.#known.set(key, crowd = this.#count(instanceId, stage));
    return crowd;
  }

  #count(instanceId: number, stage: string): number {
    const spans = this.#byStage.get(stage) ?? [];
    const own = spans.find((span) => span.instanceId === instanceId);
    if (own === undefined || !(own.endAtSeconds > own.startAtSeconds)) return 1;
    let together = 0;
    for (const { startAtSeconds, endAtSeconds } of spans) {
      const from = Math.max(startAtSeconds, own.startAtSeconds);
      together += Math.max(0, Math.min(endAtSeconds, own.endAtSeconds) - from);
    }
    return Math.round(together / (own.endAtSeconds - own.startAtSeconds));
  }
}
