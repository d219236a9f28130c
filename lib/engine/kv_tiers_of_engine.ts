/**
 * What an engine asks of the cache tiers behind its prefix cache: they have KV blocks of prompts that
 * its own cache may have lost, or never had. Blocks are the request's own, counted from its first.
 */
export interface KvTiersOfEngine {
  /** Whether blocks that the prefix cache forgets go to a tier, so that all of them have identity. */
  readonly takesEvicted: boolean;
  /**
   * Block up to which the request's blocks can be had, those before `from` being there: the end of the
   * stretch from `from` on that the tiers have; `from` if they have none. Changes nothing.
   */
  reach(request: number, from: number): number;
  /**
   * Begins to load blocks `from` (included) to `to` (excluded), all of which can be had. Returns whether
   * the request has to wait for them; the engine is told then, unless they are there at once.
   */
  load(request: number, from: number, to: number): boolean;
  /** The request is in the batch: its prompt is used. */
  enters(request: number): void;
  /** The request's first `tokens` tokens are computed. */
  computed(request: number, tokens: number): void;
  /** The prefix cache has forgotten blocks of a run. */
  forgets(run: number, from: number, to: number): void;
  /**
   * What the cache has forgotten while the step was formed goes to a tier. Returns whether it was
   * anything.
   */
  stepBegins(): boolean;
  /** Whether blocks of the request are being read on their way to a tier. */
  isStoring(request: number): boolean;
  /** The request leaves before what it waits for is there. */
  giveUp(request: number): void;
}
