import { ok } from "#assert";
import { meanInterval } from "../../lib/stats/intervals.ts";
import { md1, mm1, mmc, type QueueMeans } from "../../lib/stats/queueing_theory.ts";
import { meanWaitSeconds, type QueueOptions, runQueue } from "../support/queue_run.ts";

const REPLICATIONS = 20;
const SERVICE_SECONDS = 0.5;

interface Case extends Pick<QueueOptions, "service" | "servers" | "queue"> {
  readonly name: string;
  readonly means: (arrivalsPerSecond: number, serviceSeconds: number) => QueueMeans;
  /** Customers of a replication by utilisation: enough for a half-width below 5 %. */
  readonly customers: Readonly<Record<string, number>>;
}

const CASES: readonly Case[] = [
  {
    name: "M/M/1",
    service: "exponential",
    servers: 1,
    queue: "engine",
    means: mm1,
    customers: { 0.5: 30_000, 0.8: 100_000 },
  },
  {
    name: "M/D/1",
    service: "constant",
    servers: 1,
    queue: "engine",
    means: md1,
    customers: { 0.5: 20_000, 0.8: 60_000 },
  },
  {
    name: "M/M/3",
    service: "exponential",
    servers: 3,
    queue: "gateway",
    means: (arrivals, seconds) => mmc(arrivals, seconds, 3),
    customers: { 0.5: 60_000, 0.8: 100_000 },
  },
];

for (const { name, service, servers, queue, means, customers } of CASES) {
  for (const utilization of [0.5, 0.8]) {
    Deno.test(`the simulator is ${name} at utilisation ${utilization}: waits as in theory`, () => {
      const arrivalsPerSecond = utilization * servers / SERVICE_SECONDS;
      const count = customers[utilization];
      const waits = Float64Array.from({ length: REPLICATIONS }, (_, replication) => {
        const run = runQueue({
          arrivalsPerSecond,
          service,
          serviceSeconds: SERVICE_SECONDS,
          servers,
          queue,
          customers: count,
          seed: 1000 + replication,
        });
        // The station starts empty; the first customers are left out.
        return meanWaitSeconds(run, count / 20);
      });
      const { estimate, lower, upper, halfWidth } = meanInterval(waits, 0.999);
      const { waitSeconds } = means(arrivalsPerSecond, SERVICE_SECONDS);
      const found = `${estimate} +- ${halfWidth} s, theory ${waitSeconds} s`;
      ok(lower <= waitSeconds && waitSeconds <= upper, found);
      ok(halfWidth < 0.05 * estimate, `half-width below 5 %: ${found}`);
    });
  }
}
