import { NaiveLatency, type NaiveStep } from "./naive_latency.ts";

/** A request on its way. */
export class NaiveRequest {
  outcome = "unfinished";
  instance = -1;
  scheduled = NaN;
  /** Instant of each output token. */
  readonly tokens: number[] = [];
  preemptions = 0;
  coldWait = 0;
  endedAt = Infinity;
  /** Tokens whose KV entries exist, those that the prefill has to provide, blocks held. */
  computed = 0;
  target = 0;
  blocks = 0;
  isDecoding = false;
  /** Stays in instances that have begun or ended, so that a timer of an earlier one is known. */
  stays = 0;
  /** How it ends after the step in progress, and since when that is known; none: it goes on. */
  due: { readonly outcome: string; readonly at: number } | undefined;
  readonly latency: NaiveLatency;

  /** @param limit Output tokens after which it ends. */
  constructor(
    readonly id: number,
    readonly arrival: number,
    readonly prompt: number,
    readonly limit: number,
  ) {
    this.latency = new NaiveLatency(arrival);
  }
}

/** An instance, past or present. */
export class NaiveInstance {
  ready = NaN;
  draining = NaN;
  stopped = NaN;
  state: "starting" | "ready" | "draining" | "stopped" = "starting";
  /** The batch in order of admission, and who waits for a place in it. */
  running: NaiveRequest[] = [];
  queue: NaiveRequest[] = [];
  /** Steps so far; the last may be in progress. */
  readonly steps: { readonly from: number; to: number }[] = [];
  /** Prompt tokens that the step in progress computes of each request. */
  chunks: { readonly request: NaiveRequest; readonly tokens: number }[] = [];
  /** What the step in progress, or the last one, was; none before the first. */
  step: NaiveStep | undefined;
  /** Who decodes in it. */
  decodes: readonly NaiveRequest[] = [];
  isStepping = false;
  isForming = false;
  /** End of the last step before it was rounded, and the batch if it was one of decodes alone. */
  exactEnd = NaN;
  lastDecoded = "";
  peakBlocks = 0;
  /** How often it has become idle or busy, so that a timer knows whether it is out of date. */
  changes = 0;

  constructor(readonly id: number, readonly created: number) {}
}
