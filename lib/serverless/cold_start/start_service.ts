import { EventQueue } from "../../sim/event_queue.ts";
import { type StageSpanColumns, StageSpans } from "./stage_spans.ts";
import type { RankPlace } from "./start_request.ts";

/** A stage of a start, as it happened. */
export interface StageSpan {
  /** Instance that starts. */
  readonly instanceId: number;
  /** Name of the stage. */
  readonly stage: string;
  /** Start of the stage, seconds. */
  readonly startAtSeconds: number;
  /** End of the stage, seconds. */
  readonly endAtSeconds: number;
  /** Whether the stage is on the critical path; absent where stages follow one another. */
  readonly critical?: boolean;
  /**
   * Transfers on the busiest link of the bytes that it waited for, its own included, mean over the time
   * of the transfer; absent or NaN where nothing moved.
   */
  readonly sharers?: number;
}

/**
 * Which stages of its function's start an instance takes: "all" of them; those that "wake" one that
 * sleeps with its weights in host memory, or "reload" the weights of one that sleeps without; those
 * "ahead", which bring up a member of a pool, or the "rest" that such a member leaves to do.
 */
export type StartStages = "all" | "wake" | "reload" | "ahead" | "rest";

/**
 * Brings instances up. The cluster asks for a start, watches {@link StartService.nextEventSeconds}
 * and advances the service when that instant comes.
 */
export interface StartService {
  /** Next instant at which something happens; Infinity when nothing is under way. */
  readonly nextEventSeconds: number;
  /**
   * Begins the start of an instance, or of a pool's member, whose numbers are below 0.
   *
   * @param ranks Its GPUs where machines are told apart.
   * @param stages Default "all".
   */
  begin(
    instanceId: number,
    functionId: number,
    nowSeconds: number,
    ranks?: readonly RankPlace[],
    stages?: StartStages,
  ): void;
  /** Gives up a start that is under way. */
  cancel(instanceId: number, nowSeconds: number): void;
  /** Goes on to `nowSeconds` and reports each instance that is ready, in a fixed order. */
  advance(nowSeconds: number, onReady: (instanceId: number) => void): void;
  /** Stages of all starts so far, in order of their end. */
  readonly spans: StageSpanColumns;
}

/** Name and duration of a stage. */
export interface StageSeconds {
  /** Name of the stage. */
  readonly stage: string;
  /** Its duration, seconds. */
  readonly seconds: number;
}

/**
 * A start whose stages follow one another and share nothing: each start asks `stagesOf` for its
 * stages' durations.
 *
 * @param stagesOf Durations of the next start of a function; may draw from a random stream.
 */
export function sequentialStarts(
  stagesOf: (functionId: number, stages: StartStages) => readonly StageSeconds[],
): StartService {
  const queue = new EventQueue();
  const spans = new StageSpans();
  const stages = new Map<number, readonly StageSeconds[]>();
  return {
    get nextEventSeconds() {
      return queue.nextSeconds;
    },
    spans,
    begin(instanceId, functionId, nowSeconds, _ranks, which = "all") {
      const list = stagesOf(functionId, which);
      stages.set(instanceId, list);
      queue.push(nowSeconds + (list[0]?.seconds ?? 0), 0, 0, instanceId);
    },
    cancel(instanceId) {
      stages.delete(instanceId);
    },
    advance(nowSeconds, onReady) {
      while (queue.nextSeconds <= nowSeconds) {
        queue.pop();
        const { a: instanceId, b: index, timeSeconds } = queue;
        const list = stages.get(instanceId);
        if (list === undefined) continue;
        const done = list[index];
        if (done !== undefined) {
          spans.add({
            instanceId,
            stage: done.stage,
            startAtSeconds: timeSeconds - done.seconds,
            endAtSeconds: timeSeconds,
          });
        }
        const next = list[index + 1];
        if (next !== undefined) {
          queue.push(timeSeconds + next.seconds, 0, 0, instanceId, index + 1);
        } else {
          stages.delete(instanceId);
          onReady(instanceId);
        }
      }
    },
  };
}
