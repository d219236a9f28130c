import type { VllmLog, VllmLogStage } from "./vllm_log.ts";

const GIB = 2 ** 30;
/** Shorter transfers say no rate, seconds. */
const SHORTEST_TRANSFER_SECONDS = 0.005;

/** Parameters of stages that are a time and nothing else. */
const PARAMETERS = {
  runtime_import: "runtime_s",
  collective_init: "collective_s",
  model_init: "model_init_s",
  between_lines: "between_lines_s",
  compile: "compile_s",
  kv_profile: "kv_profile_s",
  graph_capture: "capture_s",
  warmup: "warmup_s",
  register: "register_s",
} as const satisfies Partial<Record<VllmLogStage, string>>;

/**
 * A preset (YAML, as docs/cold-start.md describes it) that starts as a log of vLLM says: times as they
 * are there, weights as bytes at the rates that the log's times give.
 *
 * @param source The log's name.
 */
export function presetFromVllmLog(log: VllmLog, source: string): string {
  const { version, model, ranks, gibPerRank, starts, totalSeconds, stages } = log;
  const engine = `vLLM${version === null ? "" : ` ${version}`}`;
  const what = `${engine}, ${model ?? "a model"} on ${ranks} GPU${ranks === 1 ? "" : "s"}`;
  const load = stages.get("weights_load") ?? 0;
  const fetch = stages.get("weights_fetch") ?? 0;
  const rates = {
    ...(fetch > SHORTEST_TRANSFER_SECONDS &&
      { download_bytes_per_s: gibPerRank * GIB * ranks / fetch }),
    ...(load > SHORTEST_TRANSFER_SECONDS && { load_bytes_per_s: gibPerRank * GIB / load }),
  };
  const times = [...stages].flatMap(([stage, seconds]) =>
    stage in PARAMETERS ? [[PARAMETERS[stage as keyof typeof PARAMETERS], seconds] as const] : []
  );
  const lines = [
    `# ${oneLine(what)}: ${figure(gibPerRank)} GiB on each.`,
    ...(Number.isNaN(totalSeconds) ? [] : [
      `# ${
        figure(totalSeconds)
      } s from the log's first line until it is ready; what the process did`,
      "# before that line is not in it.",
    ]),
    ...(starts > 1 ? [`# The log has ${starts} starts: this is the last.`] : []),
    ...(stages.has("between_lines")
      ? ["# between_lines: time between loading and the engine that no line explains."]
      : []),
    ...(stages.has("weights_fetch")
      ? []
      : ["# Nothing was downloaded: weights load at this rate wherever they are."]),
    `id: ${quoted(idOf(model))}`,
    `summary: ${quoted(`${what}, as its log has it`)}`,
    `sources: [${quoted(`${source}: start-up log of ${engine}`)}]`,
    "parameters:",
    ...[...times, ...Object.entries(rates)].map(([name, value]) => `  ${name}: ${figure(value)}`),
    "stages:",
    ...[...stages.keys()].flatMap((stage) => stageLines(stage, log, rates)),
    "wake:",
    "  - stage: weights_load",
    "    transfer:",
    "      what: weights",
    "      from:",
    ...["remote", "ssd", "dram"].map((tier) => `        ${tier}: { links: [host, pcie] }`),
  ];
  return `${lines.join("\n")}\n`;
}

function stageLines(
  stage: VllmLogStage,
  { stages, isCompileCached }: VllmLog,
  rates: { readonly download_bytes_per_s?: number; readonly load_bytes_per_s?: number },
): string[] {
  if (stage === "weights_fetch") {
    const limit = rates.download_bytes_per_s === undefined
      ? ""
      : ", limit_bytes_per_s: $download_bytes_per_s";
    return [
      "  - stage: weights_fetch",
      "    transfer:",
      "      what: weights",
      `      from: { remote: { links: [storage, nic]${limit} } }`,
      "      keep_in: [ssd, dram]",
      "      once_per_node: true",
    ];
  }
  if (stage === "weights_load") {
    const limit = rates.load_bytes_per_s === undefined
      ? ""
      : ", limit_bytes_per_s: $load_bytes_per_s";
    return [
      "  - stage: weights_load",
      "    transfer:",
      "      what: weights",
      "      from:",
      ...(stages.has("weights_fetch")
        ? []
        : [`        remote: { links: [storage, nic, pcie]${limit} }`]),
      `        ssd: { links: [ssd, pcie]${limit} }`,
      `        dram: { links: [host, pcie]${limit} }`,
    ];
  }
  return [
    ...(stage === "compile" && isCompileCached ? ["  # From a compile cache."] : []),
    `  - stage: ${stage}`,
    `    seconds: $${PARAMETERS[stage]}`,
  ];
}

/** Six digits say more than a log does. */
function figure(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function idOf(model: string | null): string {
  const name = (model ?? "").split("/").filter((part) => part !== "").at(-1) ?? "log";
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9.-]+/g, "-").replaceAll(/^-+|-+$/g, "");
  return `vllm-${plain === "" ? "log" : plain.slice(0, 60)}`;
}

/** A text within double quotes means the same in YAML as in JSON. */
function quoted(text: string): string {
  return JSON.stringify(oneLine(text));
}

/** A name from a log on one line, without what a terminal obeys. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ").slice(0, 300);
}
