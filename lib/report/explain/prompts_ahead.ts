import type { ExplainSource } from "./explain_source.ts";

/** A request whose prompt was computed while another waited. */
export interface PromptAhead {
  /** Row of the request. */
  readonly request: number;
  /** Length of its prompt without what the prefix cache had, tokens. */
  readonly tokens: number;
}

/** The requests of an instance in the order in which they were scheduled. */
interface Prefills {
  readonly rows: readonly number[];
  /** Latest first token of the first ones, up to each. */
  readonly latest: Float64Array;
}

/** Finds whose prompt stood before a request: who was computed by its instance while it waited. */
export class PromptsAhead {
  readonly #source: ExplainSource;
  readonly #byInstance = new Map<number, Prefills>();

  constructor(source: ExplainSource) {
    this.#source = source;
    const { count, instanceId, scheduledAtSeconds, firstTokenAtSeconds } = source;
    const rowsOf = new Map<number, number[]>();
    for (let row = 0; row < count; row++) {
      if (Number.isNaN(firstTokenAtSeconds[row])) continue;
      const rows = rowsOf.get(instanceId[row]);
      if (rows) rows.push(row);
      else rowsOf.set(instanceId[row], [row]);
    }
    for (const [instance, rows] of rowsOf) {
      rows.sort((one, other) => scheduledAtSeconds[one] - scheduledAtSeconds[other]);
      const latest = new Float64Array(rows.length);
      rows.forEach((row, i) => {
        latest[i] = Math.max(i > 0 ? latest[i - 1] : -Infinity, firstTokenAtSeconds[row]);
      });
      this.#byInstance.set(instance, { rows, latest });
    }
  }

  /**
   * The longest prompt that the request's instance computed while it waited in there; undefined where
   * it did not wait, or nobody was computed.
   */
  of(request: number): PromptAhead | undefined {
    const { parts, scheduledAtSeconds, firstTokenAtSeconds, instanceId } = this.#source;
    const to = scheduledAtSeconds[request];
    const waited = parts.next_step[request] + parts.budget[request] + parts.kv_blocks[request] +
      parts.sequences[request];
    const prefills = this.#byInstance.get(instanceId[request]);
    if (!(waited > 0) || prefills === undefined) return undefined;
    const from = to - waited;
    const { rows, latest } = prefills;
    let longest: PromptAhead | undefined;
    for (let i = this.#countBefore(rows, to) - 1; i >= 0 && latest[i] > from; i--) {
      const row = rows[i];
      if (row === request || firstTokenAtSeconds[row] <= from) continue;
      const tokens = this.#source.promptTokens[row] - this.#source.cachedTokens[row];
      if (longest === undefined || tokens > longest.tokens) longest = { request: row, tokens };
    }
    return longest;
  }

  /** How many of the rows were scheduled before an instant. */
  #countBefore(rows: readonly number[], atSeconds: number): number {
    const { scheduledAtSeconds } = this.#source;
    let low = 0, high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (scheduledAtSeconds[rows[middle]] < atSeconds) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
