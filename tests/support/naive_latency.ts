/**
 * What the time of a request is made of, found out the obvious way: every interval between two events
 * is put down to what the request was doing then. It shares no code with the simulator.
 * @module
 */

/** What a step was, for those who were inside its instance. */
export interface NaiveStep {
  readonly from: number;
  readonly to: number;
  /** Seconds of a step of the same decodes without prompts. */
  readonly aloneSeconds: number;
  /** Prompt tokens of all requests in it. */
  readonly tokens: number;
  /** Why the first of the queue is not in it. */
  readonly blockedBy: string;
}

/** What one request did in a step, or that it waits. */
export type NaiveRole =
  | { readonly what: "decode" }
  | { readonly what: "chunk"; readonly tokens: number }
  | { readonly what: "no chunk" }
  | { readonly what: "queue" };

/** One request's time, accounted for up to an instant. */
export class NaiveLatency {
  readonly parts = new Map<string, number>();
  /** Up to here, and since when it is in its instance. */
  #until: number;
  #entered = NaN;
  #hasToken = false;
  #isPreempted = false;
  #isMoving = false;

  constructor(arrival: number) {
    this.#until = arrival;
  }

  #add(part: string, seconds: number): void {
    this.parts.set(part, (this.parts.get(part) ?? 0) + seconds);
  }

  /** Puts the time up to an instant down to a part. */
  #is(part: string, to: number): void {
    this.#add(this.#isMoving ? "decode_moved" : part, to - this.#until);
    this.#until = to;
  }

  enters(now: number, ready: number): void {
    this.#entered = now;
    if (ready > this.#until) this.#is("start", ready);
    this.#is("gateway_queue", now);
  }

  /** It is admitted to the step that begins. */
  isAdmitted(now: number): void {
    if (this.#isPreempted) this.#is(this.#hasToken ? "decode_preempted" : "prefill_preempted", now);
    else this.#is("next_step", now);
    this.#isPreempted = false;
  }

  isPreempted(): void {
    this.#isPreempted = true;
    if (this.#hasToken) return;
    // What was computed of the prompt is computed again.
    this.#add("prefill_recompute", this.parts.get("prefill") ?? 0);
    this.parts.set("prefill", 0);
  }

  /** A step ends that it was in, or waited for. */
  stepEnds(step: NaiveStep, role: NaiveRole): void {
    const { from, to, aloneSeconds, tokens, blockedBy } = step;
    const extra = Math.max(0, to - from - aloneSeconds);
    const slower = (part: string, seconds: number) => {
      if (this.#isMoving) return;
      this.#add(part, seconds);
      this.#until += seconds;
    };
    switch (role.what) {
      case "queue":
        if (this.#isPreempted) {
          this.#is(this.#hasToken ? "decode_preempted" : "prefill_preempted", to);
        } else this.#is(this.#entered > from ? "next_step" : blockedBy, to);
        break;
      case "no chunk":
        this.#is(this.#hasToken ? "decode_preempted" : "budget", to);
        break;
      case "decode":
        slower("decode_stall", tokens > 0 ? extra : 0);
        this.#is("decode", to);
        break;
      case "chunk":
        slower(
          this.#hasToken ? "decode_stall" : "prefill_stall",
          extra * (1 - role.tokens / tokens),
        );
        this.#is(this.#hasToken ? "decode_recompute" : "prefill", to);
    }
  }

  /** It has a token at the end of a step. */
  token(): void {
    this.#hasToken = true;
    this.#isMoving = false;
  }

  /** Its instance is gone in the middle of a step, in which it did something. */
  isDisplaced(now: number, isAnew: boolean, role: NaiveRole): void {
    if (isAnew) {
      const waited = (this.parts.get("gateway_queue") ?? 0) + (this.parts.get("start") ?? 0);
      const inside = Array.from(this.parts.values()).reduce((a, b) => a + b, 0) - waited +
        now - this.#until;
      for (const part of this.parts.keys()) {
        if (!["gateway_queue", "start"].includes(part)) this.parts.delete(part);
      }
      this.#add("lost", inside);
      this.#until = now;
      this.#hasToken = false;
    } else {
      const part = { "decode": "decode", "chunk": "decode_recompute" } as Record<string, string>;
      this.#is(part[role.what] ?? "decode_preempted", now);
      this.#isMoving = true;
    }
    this.#isPreempted = false;
  }
}
