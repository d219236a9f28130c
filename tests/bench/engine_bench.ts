import { simulateCluster } from "../../lib/cluster/simulate.ts";
import { buildCluster } from "../../lib/run/cluster.ts";
import { loadConfig } from "../../lib/config/load.ts";

const STANDARD = Deno.readTextFileSync(new URL("./standard.yaml", import.meta.url));

/** Runs what a configuration describes over and over; its parts are made outside the measurement. */
function bench(name: string, settings: string): void {
  const config = loadConfig([STANDARD, "cluster: { num_replicas: 1 }", settings]);
  Deno.bench(name, async (b) => {
    const { parts } = await buildCluster(config);
    b.start();
    simulateCluster(parts);
    b.end();
  });
}

bench(
  "10,000 single steps of 32 sequences",
  `
simulation: { stepping: step }
workload:
  type: uniform
  arrival_rate: 1e6
  num_requests: 32
  prompt_length: { distribution: constant, value: 16 }
  decode_length: { distribution: constant, value: 10000 }`,
);
bench(
  "10,000 requests alone: each one prefill step and one leap",
  `
workload:
  type: uniform
  arrival_rate: 0.1
  num_requests: 10000
  prompt_length: { distribution: constant, value: 512 }
  decode_length: { distribution: constant, value: 200 }`,
);
bench(
  "10,000 requests, 12 at a time: each one prefill step and about two leaps",
  "workload: { num_requests: 10000, arrival_rate: 8 }",
);
bench(
  "10,000 requests under KV pressure",
  "workload: { num_requests: 10000, arrival_rate: 32 }\nmemory: { num_gpu_blocks: 960 }",
);
