import type { ScalingSignals } from "../policy.ts";
import type { ReplicaMetrics } from "./saturation.ts";

/** One look at the metrics. */
interface Scrape {
  readonly atSeconds: number;
  readonly seconds: number;
  readonly arrivals: number;
  readonly completions: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly replicas: ReadonlyMap<number, ReplicaMetrics>;
}

/** What the metrics of the last minute or so come to. */
export class MetricsWindow {
  readonly #seconds: number;
  readonly #scrapes: Scrape[] = [];
  #lastSeconds = 0;

  /** @param seconds Length of the window. */
  constructor(seconds: number) {
    this.#seconds = seconds;
  }

  /** Looks at the metrics. */
  scrape(signals: ScalingSignals): void {
    const { nowSeconds, arrivals, completions, instances = [] } = signals;
    const { promptTokensMean, outputTokensMean } = signals;
    this.#scrapes.push({
      atSeconds: nowSeconds,
      seconds: nowSeconds - this.#lastSeconds,
      arrivals,
      completions,
      promptTokens: completions * promptTokensMean,
      outputTokens: completions * outputTokensMean,
      replicas: new Map(
        instances.map(({ instanceId, kvTokens, kvCapacityTokens, waiting }) => [
          instanceId,
          { kvUsage: kvTokens / kvCapacityTokens, queueLength: waiting },
        ]),
      ),
    });
    this.#lastSeconds = nowSeconds;
    const from = nowSeconds - this.#seconds + 1e-9;
    // The last look stays, however short the window.
    while (this.#scrapes.length > 1 && this.#scrapes[0].atSeconds <= from) this.#scrapes.shift();
  }

  /** The greatest values of each replica that there is now. */
  replicas(): ReplicaMetrics[] {
    const last = this.#scrapes[this.#scrapes.length - 1];
    return [...last.replicas.keys()].map((id) => {
      const seen = this.#scrapes.flatMap(({ replicas }) => replicas.get(id) ?? []);
      return {
        kvUsage: Math.max(...seen.map(({ kvUsage }) => kvUsage)),
        queueLength: Math.max(...seen.map(({ queueLength }) => queueLength)),
      };
    });
  }

  #sum(of: (scrape: Scrape) => number): number {
    return this.#scrapes.reduce((sum, one) => sum + of(one), 0);
  }

  /** Mean prompt and output of the requests that have completed, tokens; 0 where none has. */
  means(): { readonly promptTokens: number; readonly outputTokens: number } {
    const completions = Math.max(1, this.#sum((one) => one.completions));
    return {
      promptTokens: this.#sum((one) => one.promptTokens) / completions,
      outputTokens: this.#sum((one) => one.outputTokens) / completions,
    };
  }

  /** Arrivals per second. */
  arrivalRate(): number {
    const seconds = this.#sum((one) => one.seconds);
    return seconds > 0 ? this.#sum((one) => one.arrivals) / seconds : 0;
  }
}
