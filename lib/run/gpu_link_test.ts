import assert from "#assert";
import { loadConfig } from "../config/load.ts";
import { buildCluster } from "./cluster.ts";

const BASE = `
model: { name: llama-3.1-8b }
cluster: { gpu_type: rtx-pro-6000 }
parallelization: { tensor_parallel_size: 2 }
workload: { type: poisson, arrival_rate: 1, num_requests: 2 }
scaling: { enabled: false }
`;

const OUTPUT = [
  "#  Rank  0 Group  0 Pid  100 on node device  0 [0x01] NVIDIA Test",
  "#  Rank  1 Group  0 Pid  100 on node device  1 [0x02] NVIDIA Test",
  "  1048576  262144  float  sum  -1  1000.00  1.05  1.05  0  1000.00  1.05  1.05  0",
].join("\n");

const step = {
  decodeSequences: 0,
  decodeContextTokens: 0,
  chunkCount: 1,
  chunkTokens: Int32Array.of(1024),
  chunkPastTokens: Int32Array.of(0),
  sampledSequences: 1,
};

async function seconds(yaml: string, files?: ReadonlyMap<string, string>): Promise<number> {
  const { parts } = await buildCluster(loadConfig([BASE, yaml]), { ...(files && { files }) });
  return parts.functions[0].engine.execution.stepSeconds(step);
}

for (const source of ["analytical", "profiled"]) {
  const execution = `execution: { source: ${source} }`;
  Deno.test(`cluster.gpu_link sets the link, ${source}`, async () => {
    const link = (rate: string) =>
      seconds(`{ ${execution}, cluster: { gpu_link: { rate: ${rate} } } }`);
    // 64 all-reduces of 8 MiB: each of two GPUs sends as many bytes.
    const more = await link("10GB/s") - await link("20GB/s");
    const wanted = 64 * 1024 * 4096 * 2 * (1 / 10e9 - 1 / 20e9);
    assert.ok(Math.abs(more / wanted - 1) < 0.02, `${more} s, not ${wanted} s`);
  });

  Deno.test(`cluster.gpu_link reads nccl-tests, ${source}`, async () => {
    const file = await seconds(
      `{ ${execution}, cluster: { gpu_link: { nccl_tests: all_reduce.txt } } }`,
      new Map([["all_reduce.txt", OUTPUT]]),
    );
    // 8 MiB take 8 ms by a file whose one size of 1 MiB takes one.
    assert.ok(file > 64 * 8e-3 && file < 64 * 8e-3 + 0.1, `${file} s`);
  });
}

for (const source of ["analytical", "profiled"]) {
  Deno.test(`cluster.gpu_link.kind: each slower kind takes longer, for short and long steps, ${source}`, async () => {
    const of = (kind: string, tensor: number) =>
      seconds(
        `{ execution: { source: ${source} }, cluster: { gpu_link: { kind: ${kind} } }, ` +
          `parallelization: { tensor_parallel_size: ${tensor} } }`,
      );
    // The profile has this model on one and two of these GPUs.
    for (const tensor of source === "profiled" ? [2] : [2, 4]) {
      const [fast, slow, none] = [
        await of("pcie-5", tensor),
        await of("pcie-4", tensor),
        await of("none", tensor),
      ];
      // The way through the host is that of the card's own PCIe 5.
      const isLonger = none > fast && (tensor === 2 || none > slow);
      assert.ok(fast < slow && isLonger, `${tensor} GPUs: ${fast}, ${slow}, ${none}`);
      // 64 all-reduces of 8 MiB, of which PCIe 4 sends half as many bytes in a second.
      const more = 64 * 2 * (tensor - 1) / tensor * 1024 * 4096 * 2 * (1 / 32e9 - 1 / 64e9);
      assert.ok(slow - fast > more && slow - fast < 2 * more, `${slow - fast} s more, not ${more}`);
    }
  });
}

Deno.test("the link of a machine counts where it is slower than the GPU's", async () => {
  const of = (cluster: string) => seconds(`{ cluster: { ${cluster} } }`);
  const own = await of("nodes: [{ count: 1 }]");
  assert.equal(own, await of("gpu_link: { kind: pcie-5 }"), "PCIe 5 is what the card has");
  const old = await of("nodes: [{ count: 1, type: dgx-a100, gpu_type: rtx-pro-6000 }]");
  assert.equal(old, await of("gpu_link: { kind: pcie-4 }"));
});

Deno.test("cluster.gpu_link.kind stands alone, and NVLink needs a GPU that has it", async () => {
  const both = "cluster: { gpu_link: { kind: pcie-4, rate: 1GB/s } }";
  await assert.rejects(seconds(both), /"cluster.gpu_link.kind" beside "cluster.gpu_link.rate"/);
  await assert.rejects(seconds("cluster: { gpu_link: { kind: nvlink } }"), /has no NVLink/);
  const nvlink = (link: string) =>
    seconds(`cluster: { gpu_type: H100-80GB, num_replicas: 1${link} }`);
  assert.equal(await nvlink(", gpu_link: { kind: nvlink }"), await nvlink(""));
  assert.ok(await nvlink(", gpu_link: { kind: none }") > 2 * await nvlink(""));
});

Deno.test("PCIe that nobody has said is told of", async () => {
  const notices = async (yaml: string) =>
    (await buildCluster(loadConfig([BASE, yaml]), {})).notices.filter((notice) =>
      notice.includes("assumed to be on PCIe")
    ).length;
  assert.equal(await notices("{}"), 1);
  assert.equal(await notices("cluster: { gpu_link: { kind: pcie-5 } }"), 0);
  assert.equal(await notices("parallelization: { tensor_parallel_size: 1 }"), 0);
});

Deno.test("cluster.gpu_link takes a rate or a file, and the file's text", async () => {
  const both = "cluster: { gpu_link: { rate: 1GB/s, nccl_tests: all_reduce.txt } }";
  await assert.rejects(seconds(both), /one of the two/);
  const file = "cluster: { gpu_link: { nccl_tests: all_reduce.txt } }";
  await assert.rejects(seconds(file), /was not handed in/);
});
