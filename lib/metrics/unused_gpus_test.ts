import { deepEqual, equal } from "#assert";
import type { InstanceLife } from "../serverless/lifecycle.ts";
import { onReserved } from "./reserved_instances.ts";
import { unusedGpusUsd } from "./unused_gpus.ts";

function life(instanceId: number, from: number, to: number, nodes?: number[]): InstanceLife {
  return {
    instanceId,
    functionId: 0,
    createdAtSeconds: from,
    readyAtSeconds: from,
    drainingAtSeconds: NaN,
    stoppedAtSeconds: to,
    ...(nodes && { ranks: nodes.map((node, gpu) => ({ node, gpu })) }),
  };
}

Deno.test("a machine is paid for with all its GPUs while any instance is on it", () => {
  const machines = [{ gpus: 4, usdPerGpuSecond: 1 }, { gpus: 8, usdPerGpuSecond: 2 }];
  // Machine 0 is in use from 0 to 30 and from 50 to 60: 160 GPU-seconds, of which 20 + 40 + 10.
  const lives = [
    life(0, 0, 20, [0]),
    life(1, 10, 30, [0, 0]),
    life(2, 50, 60, [0]),
    life(3, 0, 100, [1, 1, 1, 1, 1, 1, 1, 1]),
  ];
  equal(unusedGpusUsd(machines, lives), 90);
  equal(unusedGpusUsd(machines, lives.slice(3)), 0);
  equal(unusedGpusUsd([...machines, { gpus: 8, usdPerGpuSecond: 1 }], []), 0);
});

Deno.test("an instance on two machines rents both", () => {
  const machines = [{ gpus: 4, usdPerGpuSecond: 1 }, { gpus: 4, usdPerGpuSecond: 1 }];
  equal(unusedGpusUsd(machines, [life(0, 0, 10, [0, 0, 0, 0, 1, 1])]), 20);
});

Deno.test("an instance takes a reserved place that is free when it is created", () => {
  const lives = [life(0, 0, 10), life(1, 5, 20), life(2, 10, 30), life(3, 15, 40), life(4, 20, 50)];
  deepEqual([...onReserved(lives, 1)], [0, 2]);
  deepEqual([...onReserved(lives, 2)], [0, 1, 2, 4]);
  deepEqual([...onReserved(lives, 9)], [0, 1, 2, 3, 4]);
  deepEqual([...onReserved(lives, 0)], []);
});
