import { deepEqual, equal, notDeepEqual } from "#assert";
import { loadConfig } from "../config/load.ts";
import type { RequestTable } from "../workload/request_table.ts";
import { knownWorkload } from "./known_workloads.ts";
import { simulate } from "./simulate.ts";

/** A workload of its own for each call, so that which one came back can be told. */
function counting() {
  let draws = 0;
  const draw = (count = 3): RequestTable => ({
    count,
    arrivalAtSeconds: new Float64Array(count).fill(++draws),
    promptTokens: new Int32Array(count).fill(1),
    outputTokens: new Int32Array(count).fill(1),
    prefix: { blockTokens: 16, offsets: new Uint32Array(count + 1), hashes: new Float64Array(1) },
  });
  return { draw, count: () => draws };
}

const BASE = "simulation: { random_seed: 77 }\nworkload: { type: poisson, arrival_rate: 3 }";

Deno.test("knownWorkload() draws once for settings that a workload does not follow from", () => {
  const { draw, count } = counting();
  const same = ["scaling.max_instances=3", "scheduler.max_num_seqs=8", "cost.provider=modal"];
  const tables = ["metrics.explain=true", ...same]
    .map((set) => knownWorkload(loadConfig(BASE, { set: [set] }), () => draw()));
  equal(count(), 1);
  for (const table of tables) deepEqual(table, tables[0]);
  const others = [
    ...["workload.arrival_rate=4", "workload.prompt_length.mean=99", "simulation.duration=50"],
    ...["simulation.random_seed=78", "simulation.replication=1", "memory.block_size=32"],
    ...["workload.functions.count=2", "workload.num_requests=9"],
  ];
  for (const set of others) knownWorkload(loadConfig(BASE, { set: [set] }), () => draw());
  equal(count(), 1 + others.length);
});

Deno.test("knownWorkload() hands out columns that nobody else has", () => {
  const { draw } = counting();
  const config = loadConfig(BASE, { set: ["simulation.random_seed=79"] });
  const first = knownWorkload(config, () => draw());
  first.arrivalAtSeconds.fill(NaN);
  first.prefix!.hashes.fill(NaN);
  structuredClone(first.promptTokens, { transfer: [first.promptTokens.buffer as ArrayBuffer] });
  const second = knownWorkload(config, () => draw());
  deepEqual([...second.arrivalAtSeconds], [1, 1, 1]);
  deepEqual([...second.promptTokens], [1, 1, 1]);
  deepEqual([...second.prefix!.hashes], [0]);
});

Deno.test("knownWorkload() keeps no more requests than it may, those that were used last", () => {
  const { draw, count } = counting();
  const of = (seed: number, requests: number) =>
    knownWorkload(
      loadConfig(BASE, { set: { "simulation.random_seed": seed } }),
      () => draw(requests),
    );
  of(1, 2 ** 17);
  of(2, 2 ** 17);
  of(1, 2 ** 17);
  equal(count(), 2);
  of(3, 2 ** 17);
  of(1, 2 ** 17);
  equal(count(), 3);
  of(2, 2 ** 17);
  equal(count(), 4);
  of(4, 2 ** 18 + 1);
  of(4, 2 ** 18 + 1);
  equal(count(), 6);
});

Deno.test("a run has the same digest whether its workload was known, and others have another", async () => {
  const yaml = `simulation: { random_seed: 81, duration: 20 }
workload: { type: poisson, arrival_rate: 2, sessions: { mean_turns: 3, think_time: 1 } }`;
  const digest = async (...set: string[]) =>
    (await simulate(loadConfig(yaml, { set }))).summary.digest;
  const first = await digest();
  deepEqual(await digest(), first);
  await digest("scaling.max_instances=2");
  deepEqual(await digest(), first);
  notDeepEqual(await digest("simulation.random_seed=82"), first);
});
