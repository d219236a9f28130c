import { renderTable } from "../reference.ts";
import { VARIABLES } from "./command/environment.ts";
import type { Flag } from "./command/flags.ts";
import { SGLANG_FLAGS } from "./command/sglang_flags.ts";
import { VLLM_FLAGS } from "./command/vllm_flags.ts";
import { GPU_LABELS } from "./gpu_of.ts";
import { type KeyTable, tableRows } from "./keys.ts";
import type { ManifestKind } from "./kind.ts";
import { BYSTANDERS, MANIFEST_KINDS } from "./kinds/kinds.ts";
import { CONTAINER, POD_SPEC } from "./pod.ts";

const INTRODUCTION = `# Manifests as input

\`deno task import\` makes a configuration of what a deployment has already: manifests of Kubernetes
and its serving platforms, settings of RunPod and Modal, the command of a server.

\`\`\`sh
deno task import service.yaml hpa.yaml > config.yaml
deno task simulate config.yaml
kubectl get deployments,hpa -n models -o yaml | deno task import - > config.yaml
deno task import --vllm "vllm serve Qwen/Qwen3-32B --tensor-parallel-size 2" > config.yaml
\`\`\`

The configuration goes to standard output. What was **taken over** and as what, what was **not taken
over** and why, and what was **assumed** goes to standard error, by document; \`--json\` puts all of
it into one JSON object on standard output. A key or a flag that no table below has is named among
what was not taken over, so that nothing passes without a word; names, labels, ports, volumes and
the like, which say nothing of load, time or cost, are passed over. Values of variables and of keys
that are not taken over are not shown: they may be secrets.

The result is checked as a configuration, and each instance is sized: what could not be simulated is
a mistake here already, of the document that it comes from. What manifests do not say keeps its
default, the workload above all: set \`workload\` before you read anything into the numbers.

## What belongs together

All documents of all files are read, in YAML or JSON; lists as kubectl prints them count as their
items. Of a program of Modal's (\`.py\`) the decorators of each function are a document, as far as
they are literals and constants, and the command of a server that it starts. An HPA, a ScaledObject
or a VariantAutoscaling is joined with the workload that its \`scaleTargetRef\` names (kind, name and,
where both say one, namespace), an InferenceService with its \`runtime\`, and \`config-autoscaler\`
holds for everything on Knative's autoscaler. What another document overrides is named among what
was not taken over, with the key that overrides it. A workload that two documents give (by kind,
namespace and name) is a mistake. Several workloads become \`functions\`; those that start no server
are left out where others do.

## Models and GPUs

A model's name is looked up in the catalogue (\`deno task list models\`), by its Hugging Face id or
alias; else by the last part of its name, without endings that tell a tuned or a quantised
checkpoint (\`-Instruct\`, \`-FP8\`, \`-AWQ\`, \`-GPTQ-Int4\`, \`-quantized.w8a8\`), which then set
\`model.weight_dtype\`. A model that is not found is a mistake: \`--model NAME\` says which model of the
catalogue it is like, \`--model FILE.json\` gives its \`config.json\`, and \`--model THEIRS=...\` is for
one of several. A workload that starts no server that is known, and a server without a model, are
mistakes unless \`--model\` says what is served. \`--model\` and \`--gpu\` are checked whether they turn
out to be of use or not; of what was of none it is said.

The GPU is that of these labels of \`nodeSelector\` or of a required node affinity:
${
  wrapped(
    `${
      Object.keys(GPU_LABELS).map((label) => `\`${label}\``).join(", ")
    }. Their values may be products ` +
      "(`NVIDIA-H100-80GB-HBM3`, `nvidia-tesla-t4`) or machines of clouds (`p5.48xlarge`, " +
      "`a3-highgpu-8g`, `Standard_ND96isr_H100_v5`), whose prices then count (`cost.provider`). A name counts as a whole: what only begins as a known one is not taken over, nor is a share of a GPU (a MIG slice, `-SHARED`, a vGPU, `Standard_NV6ads_A10_v5`, labels of partitions and of sharing). Of labels that contradict each other a machine's counts, else the first. Without one it is `--gpu`, or an H100, which is " +
      "then said to be assumed.",
  )
}

## Queries of Prometheus

A trigger's query is read whole or not at all. Read are series of vLLM, SGLang and gateways that are
metrics of \`scaling\` (requests that wait or run, use of the KV cache, requests and output tokens per
second, the 0.95 quantile of the time to first token); their sum or mean over pods
(\`aggregate: mean\` where the type of the target does not say so); rates of counters; products and
quotients with numbers, by which the threshold is divided; \`or vector(0)\`; labels that say whose
series they are. Anything else (several metrics in one, \`max\`, functions over time, other quantiles,
labels that leave requests or pods out) is not taken over, with the reason. A scaler none of whose
metrics is read scales nothing: the fleet has a fixed size. Of HPA's metrics and of answers of
\`metrics-api\` the whole name has to be one that is known.

## What differs

- Prompts and outputs are computed by the same instances. Of a split deployment (llm-d, Dynamo,
  LLMInferenceService with \`prefill\`) the pods that decode are the fleet, and those for prompts are
  left out.
- Ranks of data parallelism are attention ranks for a model with experts, as in vLLM, and engines of
  their own else: a fleet of fixed size then counts them one by one.
- Pipeline stages may span machines (\`cluster.nodes\`); a tensor degree does not: its GPUs are linked
  as in one machine.
- A limit of replicas that the source does not have is 10,000 instances (Knative's
  \`max-scale: "0"\`).
- What Knative's webhooks refuse is a mistake: windows outside of 6 s to 1 h or of parts of seconds,
  a panic window below 1 %, a panic threshold outside of 110 % to 1000 %, targets below 0.01, a
  \`containerConcurrency\` above 1,000 or the limit of \`config-defaults\`.

## More keys, flags and kinds

A key is a line in the table of its kind (\`lib/config/manifests/kinds/\`), a flag one in
\`vllm_flags.ts\` or \`sglang_flags.ts\`, a kind a file and a line in \`kinds.ts\`: each says which
setting it becomes, or why none. This page is made from these tables by \`deno task reference\`, and
\`tests/manifests/\` holds an example of each kind with the configuration that it becomes.

## Mistakes

A file that is no YAML, a document of a kind that is not known among none that is, one without a
kind, a value that its key cannot have, a class of autoscaler that does not exist: one line each
with file and number of the document, exit code 2, and nothing on standard output.
\`deno task simulate\` of a manifest says to import it. Files have at most 8 MiB, 1,000 documents in
all, and a million values once aliases are replaced ([Files](input.md)).
`;

/** A text on lines of at most 100 characters, those after the first behind `indent`. */
function wrapped(text: string, indent = ""): string {
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1)!;
    if (line !== "" && line.length + 1 + word.length > 100) lines.push(indent + word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines.join("\n");
}

/** The page of manifests in Markdown: docs/import.md is this text. */
export function renderImportPage(): string {
  const kinds = MANIFEST_KINDS.map((kind) => {
    const { taken, left } = sections(kind);
    return `### ${kind.name}\n\n${wrapped(recognised(kind))}\n\n${
      [...taken, ...left].join("\n\n")
    }\n`;
  });
  return [
    INTRODUCTION,
    `## Kinds and keys\n\n${
      wrapped(
        "Keys of each kind; `[]` stands for the items of a list. Of pods and their containers all " +
          "kinds that hold some read the same.",
      )
    }\n`,
    ...kinds,
    `### Pods and containers\n\n${
      tables({ ...POD_SPEC, "containers[]": CONTAINER }).join("\n\n")
    }\n`,
    `### Kinds that stand beside\n\n${wrapped("They are passed over with a word.")}\n\n${
      groups(Object.entries(BYSTANDERS).map(([kind, why]) => [why, kind]))
    }\n`,
    `## Flags of vLLM\n\n${wrapped(FLAGS_TEXT)}\n\n${flagTables(VLLM_FLAGS).join("\n\n")}\n`,
    `## Flags of SGLang\n\n${flagTables(SGLANG_FLAGS).join("\n\n")}\n`,
    `## Variables\n\n${wrapped(VARIABLES_TEXT)}\n\n${
      tables(VARIABLES as KeyTable, "Variable").join("\n\n")
    }\n`,
  ].join("\n");
}

const FLAGS_TEXT =
  "Read from a container's command and arguments, in a shell's script (`bash -c`, with variables, " +
  "quotes, line breaks) as well as in a list, or from `--vllm`: `--flag value`, `--flag=value`, " +
  "`--no-flag`, `--flag_name`, JSON values and single keys of them (`--flag.key value`). Lengths may " +
  "be `32k` (thousands) or `32K` (times 1,024).";

const VARIABLES_TEXT =
  "Of a container's environment these are read; others are named together. RunPod's vLLM worker " +
  "takes vLLM's flags as variables (`MAX_MODEL_LEN` for `--max-model-len`), which are read as such.";

function recognised({ kinds, group, role, platform }: ManifestKind): string {
  const how = kinds === undefined
    ? "Told by its keys."
    : `\`kind: ${kinds.join("`, `")}\` of the API \`${groupName(group!)}\`.`;
  const what = {
    workload: "A workload: it becomes a function.",
    scaler: "Scales a workload.",
    runtime: "What workloads that name it begin with.",
    defaults: "Holds for all workloads on Knative's autoscaler.",
  }[role];
  return `${how} ${what}${platform === undefined ? "" : ` Platform: \`${platform}\`.`}`;
}

/** The name of an API's group out of its pattern. */
function groupName({ source }: RegExp): string {
  const plain = source.replace(/[\^$()]/g, "").replaceAll("\\.", ".").replaceAll("|", "`, `");
  return plain === "" ? "v1" : plain;
}

function sections(kind: ManifestKind) {
  const own = tableRows(kind.keys).filter(({ key }) => !isOfPods(key));
  return { taken: takenTable(own, "Key"), left: leftTable(own) };
}

/** Rows that every kind with pods has. */
function isOfPods(key: string): boolean {
  const last = key.replace(/^.*\bspec\./, "");
  return Object.keys(POD_SPEC).some((name) =>
    last === name || last.startsWith(`${name}.`) || last.startsWith(`${name}[`)
  ) && /(^|\.)(template|predictor|extraPodSpec)?\.?spec\./.test(`.${key}`);
}

function tables(keys: KeyTable, head = "Key"): string[] {
  const rows = tableRows(keys);
  return [...takenTable(rows, head), ...leftTable(rows)];
}

type Rows = ReturnType<typeof tableRows>;

function takenTable(rows: Rows, head: string): string[] {
  const taken = rows.filter(({ rule }) => rule.becomes !== undefined);
  if (taken.length === 0) return [];
  return [renderTable(
    [head, "Becomes"],
    taken.map(({ key, rule }) => [`\`${key}\``, settings(rule.becomes!)]),
  )];
}

function leftTable(rows: Rows): string[] {
  const left = rows.flatMap(({ key, rule }): [string, string][] =>
    rule.why === undefined ? [] : [[rule.why, key]]
  );
  return left.length === 0 ? [] : [`Not taken over:\n\n${groups(left)}`];
}

/** Names with one reason together, as a list. */
function groups(pairs: readonly (readonly [why: string, name: string])[]): string {
  return [...Map.groupBy(pairs, ([why]) => why)].map(([why, group]) =>
    wrapped(`- ${group.map(([, name]) => `\`${name}\``).join(", ")}: ${why}.`, "  ")
  ).join("\n");
}

function settings(becomes: readonly string[]): string {
  return becomes.length === 0
    ? "decides how others are read"
    : becomes.map((path) => `\`${path}\``).join(", ");
}

function flagTables(flags: readonly Flag[]): string[] {
  const taken = flags.filter(({ rule }) => rule.becomes !== undefined)
    .map(({ names, rule }) => [
      names.map((name) => `\`${name}\``).join(", "),
      settings(rule.becomes!),
    ]);
  const left = flags.flatMap(({ names, rule }): [string, string][] =>
    rule.why === undefined ? [] : names.map((name) => [rule.why!, name])
  );
  return [
    renderTable(["Flag", "Becomes"], taken),
    `Not taken over:\n\n${groups(left)}`,
  ];
}
