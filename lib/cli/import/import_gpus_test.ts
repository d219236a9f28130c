import { deepEqual, equal, match, ok } from "#assert";
import { loadConfig } from "../../config/load.ts";
import { call, DEPLOYMENT, importing } from "./testing_import.ts";

const labelled = (labels: string, more = "") =>
  DEPLOYMENT.replace("{ nvidia.com/gpu.product: NVIDIA-L40S }", `{ ${labels} }`)
    .replace("name: server", `name: server${more}`);

async function imported(text: string) {
  const { code, out, err } = await importing({ "a.yaml": text });
  equal(code, 0, String(err));
  return { gpu: loadConfig(out).cluster.gpu_type, said: err.join("\n") };
}

/** Labels and resources that give a pod a share of a GPU, and what is to be said of them. */
const SHARES: readonly (readonly [labels: string, more: string, says: RegExp])[] = [
  ["nvidia.com/gpu.product: NVIDIA-A100-SXM4-80GB-MIG-1g.10gb", "", /share .*\(a MIG slice\)/],
  ["nvidia.com/gpu.product: NVIDIA-A100-SXM4-80GB-SHARED", "", /share .*\(pods share it\)/],
  ["node.kubernetes.io/instance-type: Standard_NV6ads_A10_v5", "", /\(a sixth of an A10\)/],
  [
    "cloud.google.com/gke-accelerator: nvidia-a100-80gb, " +
    "cloud.google.com/gke-gpu-partition-size: 1g.10gb",
    "",
    /gke-accelerator\]: a share of a GPU is not .*partition-size/,
  ],
  [
    "nvidia.com/gpu.product: NVIDIA-A100-SXM4-80GB",
    "\n          resources: { limits: { nvidia.com/mig-1g.10gb: 1 } }",
    /gpu\.product\]: a share of a GPU is not .*mig-1g\.10gb/,
  ],
];

for (const [labels, more, says] of SHARES) {
  Deno.test(`import takes no share of a GPU as a whole one: ${labels}${more.trim()}`, async () => {
    const { gpu, said } = await imported(labelled(labels, more));
    equal(gpu, "h100-sxm");
    match(said, says);
    match(said, /cluster\.gpu_type: "h100-sxm" \(no document names a whole GPU .*--gpu\)/);
  });
}

Deno.test("import takes a GPU that is said not to be shared as a whole one", async () => {
  const labels = 'nvidia.com/gpu.product: NVIDIA-L4, nvidia.com/gpu.replicas: "1"';
  equal((await imported(labelled(labels))).gpu, "l4");
});

Deno.test("import names labels that contradict each other, of which a machine's is surer", async () => {
  const product = "nvidia.com/gpu.product: NVIDIA-A100-SXM4-80GB";
  const cases: readonly (readonly [labels: string, gpu: string, lost: RegExp])[] = [
    [`${product}, accelerator: H100`, "a100-sxm-80gb", /accelerator: it contradicts .*product\]/],
    [
      `${product}, node.kubernetes.io/instance-type: p4d.24xlarge`,
      "a100-sxm-40gb",
      /gpu\.product\]: it contradicts .*instance-type\], by which the GPU is a100-sxm-40gb/,
    ],
  ];
  for (const [labels, wanted, lost] of cases) {
    const { gpu, said } = await imported(labelled(labels));
    equal(gpu, wanted);
    match(said, lost);
  }
  ok(!(await imported(labelled(`${product}, accelerator: A100`))).said.includes("contradicts"));
});

Deno.test("import refuses a GPU whose name only begins as one that is known", async () => {
  const cases: readonly (readonly [gpu: string, says: RegExp])[] = [
    ["A1000", /"A1000"; did you mean A100/],
    ["RTX-4090-D", /"RTX-4090-D"; did you mean rtx-4090\?$/],
    ["NVIDIA-L4-SHARED", /a share of a GPU is not simulated.*\(pods share it\)/],
  ];
  for (const [gpu, says] of cases) {
    const { code, out, err } = await call("import", "--vllm", "vllm serve gpt2", "--gpu", gpu);
    deepEqual([code, out, err.length], [2, "", 1]);
    match(err[0], says);
  }
  const { gpu, said } = await imported(labelled("nvidia.com/gpu.product: NVIDIA-RTX-A1000"));
  equal(gpu, "h100-sxm");
  match(said, /no "NVIDIA-RTX-A1000" is in data\/hardware/);
});

Deno.test("import refuses a workload that is given twice, and takes one of another namespace", async () => {
  const twice = await importing({ "a.yaml": DEPLOYMENT, "b.yaml": DEPLOYMENT });
  deepEqual([twice.code, twice.out, twice.err.length], [2, "", 1]);
  match(twice.err[0], /^b\.yaml: document 1, Deployment chat: .* name of a\.yaml: document 1;/);
  const other = DEPLOYMENT.replace("name: chat", "name: chat, namespace: other");
  equal((await importing({ "a.yaml": DEPLOYMENT, "b.yaml": other })).code, 0);
});
