import { equal, ok } from "#assert";
import type { RunRecord } from "../../lib/metrics/run_record.ts";
import { littlesLaw } from "../../lib/stats/queueing_theory.ts";
import { type QueueOptions, runQueue } from "../support/queue_run.ts";

const CUSTOMERS = 8000;

/** Stations of every kind: the laws below hold for all, batched ones and shared queues included. */
const STATIONS: readonly (Omit<QueueOptions, "seed" | "customers"> & { readonly name: string })[] =
  [
    {
      name: "one server",
      arrivalsPerSecond: 1.4,
      service: "exponential",
      serviceSeconds: 0.5,
      servers: 1,
      queue: "engine",
    },
    {
      name: "three servers with one queue",
      arrivalsPerSecond: 4,
      service: "constant",
      serviceSeconds: 0.6,
      servers: 3,
    },
    {
      name: "two engines with batches of eight",
      arrivalsPerSecond: 20,
      service: "exponential",
      serviceSeconds: 0.6,
      servers: 2,
      batch: 8,
      queue: "engine",
    },
  ];

function run({ name: _name, ...station }: typeof STATIONS[number], seed: number): RunRecord {
  return runQueue({ ...station, customers: CUSTOMERS, seed, sampleSeconds: 0.37 });
}

for (const station of STATIONS) {
  Deno.test(`Little's law: requests inside = arrival rate x latency, ${station.name}`, () => {
    for (let replication = 0; replication < 3; replication++) {
      const { columns, timeSeries, endAtSeconds } = run(station, 3000 + replication);
      const { queued, running, intervalSeconds, count } = timeSeries;
      let insideSeconds = 0;
      for (let i = 0; i < count; i++) {
        insideSeconds += (queued[i] + running[i]) * intervalSeconds[i];
      }
      let latency = 0;
      for (let i = 0; i < CUSTOMERS; i++) {
        latency += columns.completedAtSeconds[i] - columns.arrivalAtSeconds[i];
      }
      // Of a run that begins and ends empty the law holds exactly, without any limit.
      const expected = littlesLaw(CUSTOMERS / endAtSeconds, latency / CUSTOMERS);
      const inside = insideSeconds / endAtSeconds;
      ok(Math.abs(inside / expected - 1) < 1e-9, `${inside} inside, expected ${expected}`);
    }
  });
}

Deno.test("utilisation law: busy time of servers that serve one at a time = sum of the services", () => {
  for (const station of STATIONS.filter(({ batch }) => batch === undefined)) {
    const { columns, totals, lives, endAtSeconds } = run(station, 4000);
    equal(lives.length, station.servers);
    let services = 0;
    for (let i = 0; i < CUSTOMERS; i++) {
      services += columns.completedAtSeconds[i] - columns.scheduledAtSeconds[i];
    }
    const busy = totals.list().reduce((sum, { busySeconds }) => sum + busySeconds, 0);
    ok(Math.abs(busy / services - 1) < 1e-9, `${busy} s busy, ${services} s of service`);
    const offered = station.arrivalsPerSecond * station.serviceSeconds / station.servers;
    const utilization = busy / (endAtSeconds * station.servers);
    ok(Math.abs(utilization / offered - 1) < 0.05, `${utilization}, offered ${offered}`);
  }
});
