import type { RunColumns } from "../../engine/engine_parts.ts";
import type { StepShape } from "../../execution/execution_time_model.ts";
import { TtftPredictor } from "../../scheduling/admission/mod.ts";
import type { FunctionParts } from "../cluster_parts.ts";
import type { Instance } from "../fleet/instance.ts";
import type { FunctionState } from "../functions/function_state.ts";

/** What the gateway foresees of a function's times to first token, learnt from those that were. */
export class TtftForecast {
  readonly #fn: FunctionState;
  readonly #instances: readonly Instance[];
  readonly #run: RunColumns;
  readonly #predictor: TtftPredictor;
  /** Prompt tokens before and of each request inside when it was admitted. */
  readonly #tokensAhead = new Map<number, number>();

  constructor(fn: FunctionState, instances: readonly Instance[], run: RunColumns) {
    this.#fn = fn;
    this.#instances = instances;
    this.#run = run;
    this.#predictor = new TtftPredictor({ secondsPerToken: prefillSecondsPerToken(fn.parts) });
  }

  /** Notes the prompt tokens before and of a request that has been admitted. */
  admitted(request: number): void {
    this.#tokensAhead.set(request, this.#tokensBeforeFirst(request));
  }

  /** A request has had its first token: its TTFT is learnt from. */
  firstToken(request: number): void {
    const tokens = this.#tokensAhead.get(request);
    this.#tokensAhead.delete(request);
    const { columns } = this.#run;
    // What a cold start took says nothing about the requests that find an instance.
    if (tokens === undefined || columns.coldStartWaitSeconds[request] > 0) return;
    this.#predictor.observe(
      tokens,
      columns.firstTokenAtSeconds[request] - columns.arrivalAtSeconds[request],
    );
  }

  /** Forgets a request that ended without a first token. */
  forget(request: number): void {
    this.#tokensAhead.delete(request);
  }

  /**
   * TTFT of a request if it were admitted now, seconds, by the prompt tokens that wait before it:
   * its share of those at the gateway and those in the instance that has the fewest. Without a ready
   * instance nothing is foreseen: 0.
   */
  seconds(request: number): number {
    if (this.#fn.ready.count === 0) return 0;
    return this.#predictor.predict(this.#tokensBeforeFirst(request));
  }

  #tokensBeforeFirst(request: number): number {
    const { ready: { count, ids }, waiting } = this.#fn;
    const own = this.#run.columns.promptTokens[request];
    if (count === 0) return waiting.tokens + own;
    let fewest = Infinity;
    for (let i = 0; i < count; i++) {
      const ahead = this.#instances[ids[i]].engine.ledger.promptTokensAhead;
      if (ahead < fewest) fewest = ahead;
    }
    return fewest + waiting.tokens / count + own;
  }
}

/** Duration of a full prefill step over its tokens: what is assumed before anything is seen. */
function prefillSecondsPerToken({ engine }: FunctionParts): number {
  const { execution, maxTokensPerStep, maxModelTokens } = engine;
  const tokens = Math.min(maxTokensPerStep, maxModelTokens);
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
