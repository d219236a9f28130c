import type { StepShape } from "../execution/execution_time_model.ts";
import {
  fairQueue,
  fcfsQueue,
  type GatewayQueue,
  TtftPredictor,
} from "../scheduling/admission/mod.ts";
import type { RunColumns } from "../engine/engine_parts.ts";
import type { Fleet } from "./fleet.ts";
import type { FunctionFleet } from "./function_fleet.ts";

/**
 * The gateway of one function: the requests that wait because no instance can take them, in their
 * order, and what it foresees for those that come.
 */
export class Gateway {
  readonly #fleet: Fleet;
  readonly #function: FunctionFleet;
  readonly #run: RunColumns;
  readonly #queue: GatewayQueue;
  /** Prompt tokens of the requests that wait. */
  #waitingTokens = 0;
  readonly #predictor: TtftPredictor | undefined;
  /** Prompt tokens before and of each request inside when it was admitted. */
  readonly #tokensAhead = new Map<number, number>();

  /** @param predicts Whether the times to first token are to be foreseen. */
  constructor(fleet: Fleet, functionId: number, run: RunColumns, predicts: boolean) {
    this.#fleet = fleet;
    this.#function = fleet.functions[functionId];
    this.#run = run;
    const { fairShares } = this.#function.parts;
    const { promptTokens } = run.columns;
    this.#queue = fairShares === undefined ? fcfsQueue() : fairQueue({
      flowOf: (request) => fairShares.flowOf(request),
      weightOf: (flow) => fairShares.weightOf(flow),
      promptTokensOf: (request) => promptTokens[request],
    });
    if (predicts) {
      this.#predictor = new TtftPredictor({ secondsPerToken: this.#prefillSecondsPerToken() });
    }
  }

  /** Requests that wait. */
  get size(): number {
    return this.#queue.size;
  }

  /** Instant since which the longest waiting request waits, seconds; Infinity when none does. */
  get oldestSinceSeconds(): number {
    return this.#queue.oldestSinceSeconds;
  }

  /** Adds a request. */
  push(request: number, now: number): void {
    this.#queue.push(request, now);
    this.#waitingTokens += this.#run.columns.promptTokens[request];
  }

  /** The request to be served next; -1 when there is none. */
  peek(): number {
    return this.#queue.peek();
  }

  /** Takes the request to be served next. */
  pop(): void {
    this.#waitingTokens -= this.#run.columns.promptTokens[this.#queue.pop()];
  }

  /** Takes a request out that gives up; false when it does not wait any more. */
  remove(request: number): boolean {
    if (!this.#queue.remove(request)) return false;
    this.#waitingTokens -= this.#run.columns.promptTokens[request];
    return true;
  }

  /** Notes a request that goes to an instance without waiting, so that its flow pays for it. */
  passThrough(request: number, now: number): void {
    if (this.#function.parts.fairShares === undefined) return;
    this.#queue.push(request, now);
    this.#queue.pop();
  }

  /** Notes the prompt tokens before and of a request that has been admitted. */
  admitted(request: number): void {
    if (this.#predictor) this.#tokensAhead.set(request, this.#tokensBeforeFirst(request));
  }

  /** A request has completed: its flow pays for its output, and its TTFT is learnt from. */
  completed(request: number): void {
    const { columns, outputLimit } = this.#run;
    if (this.#function.parts.fairShares !== undefined) {
      this.#queue.charge(request, outputLimit[request]);
    }
    if (!this.#predictor) return;
    const tokens = this.#tokensAhead.get(request);
    this.#tokensAhead.delete(request);
    // What a cold start took says nothing about the requests that find an instance.
    if (tokens === undefined || columns.coldStartWaitSeconds[request] > 0) return;
    this.#predictor.observe(
      tokens,
      columns.firstTokenAtSeconds[request] - columns.arrivalAtSeconds[request],
    );
  }

  /** Forgets a request that ended without completing. */
  forget(request: number): void {
    this.#tokensAhead.delete(request);
  }

  /**
   * TTFT of a request if it were admitted now, seconds, by the prompt tokens that wait before it:
   * its share of those at the gateway and those in the instance that has the fewest. Without a ready
   * instance nothing is foreseen: 0.
   */
  predictTtftSeconds(request: number): number {
    if (this.#function.ready === 0) return 0;
    return this.#predictor!.predict(this.#tokensBeforeFirst(request));
  }

  #tokensBeforeFirst(request: number): number {
    const { ready, readyIds } = this.#function;
    const own = this.#run.columns.promptTokens[request];
    if (ready === 0) return this.#waitingTokens + own;
    let fewest = Infinity;
    for (let i = 0; i < ready; i++) {
      const ahead = this.#fleet.engines[readyIds[i]].promptTokensAhead;
      if (ahead < fewest) fewest = ahead;
    }
    return fewest + this.#waitingTokens / ready + own;
  }

  /** Duration of a full prefill step over its tokens: what is assumed before anything is seen. */
  #prefillSecondsPerToken(): number {
    const { execution, maxTokensPerStep, windowTokens } = this.#function.parts.engine;
    const tokens = Math.min(maxTokensPerStep, windowTokens);
    const shape: StepShape = {
      decodeSequences: 0,
      decodeContextTokens: 0,
      chunkCount: 1,
      chunkTokens: Int32Array.of(tokens),
      chunkPastTokens: Int32Array.of(0),
      sampledSequences: 1,
    };
    return execution.stepSeconds(shape) / tokens;
  }
}
