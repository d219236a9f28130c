import { functionConfigurations } from "../../config/function_configurations.ts";
import { loadConfig } from "../../config/load.ts";
import {
  type CommandLine,
  type Imported,
  importManifests,
  type ManifestFile,
} from "../../config/manifests/mod.ts";
import { instanceSize } from "../../run/instance_size.ts";
import { shownFile } from "../../std/input_error.ts";
import { shownName } from "../../std/safe_text.ts";
import { type CommandOption, describeOptions, readArguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { readInput } from "../read_input.ts";
import { readModelFiles } from "../simulate/named_files.ts";
import { isUsersMistake, UsageError } from "../usage_error.ts";
import { showRemarks } from "./show_remarks.ts";

const OPTIONS: readonly CommandOption[] = [
  {
    name: "vllm",
    value: "LINE",
    describe: 'A command as one types it: --vllm "vllm serve Qwen/Qwen3-32B -tp 2"',
  },
  {
    name: "sglang",
    value: "LINE",
    describe: 'Likewise: --sglang "python -m sglang.launch_server --model-path ..."',
  },
  {
    name: "model",
    value: "[THEIRS=]OURS",
    repeats: true,
    describe: "What a model that is not known is like: a name of the catalogue, or a file\n" +
      "config.json. Without THEIRS it holds for all that are not known",
  },
  { name: "gpu", value: "GPU", describe: "The GPU, where the manifests name none" },
  {
    name: "json",
    describe: "Configuration and remarks as one JSON object, nothing on standard error",
  },
];

/** The command "import". */
export const importCommand: Command = {
  name: "import",
  summary: "Make a configuration of Kubernetes manifests, or of a vLLM command",
  help: `Makes a configuration of Kubernetes manifests, or of a vLLM command.

Usage: deno task import FILE... > config.yaml
       deno task import --vllm "vllm serve MODEL ..." > config.yaml

Reads Knative and KServe services, config-autoscaler, HPA, KEDA, Deployments and LeaderWorkerSets
with vLLM's or SGLang's arguments, llm-d, Dynamo, endpoints of RunPod and functions of Modal, in
YAML, JSON or a program of Modal's; several documents and files are joined by name. "-" in place of
a file reads standard input.
The configuration goes to standard output, and what was taken over, what was not and why, and what
was assumed goes to standard error. docs/import.md lists kinds and keys.

${describeOptions(OPTIONS)}

Exit codes: 0 done; 2 a mistake in the input (file, number of the document and what is wrong), with
nothing on standard output.`,
  async run(args, print) {
    const given = readArguments("import", args, OPTIONS);
    const lines = (["vllm", "sglang"] as const).flatMap((engine): CommandLine[] => {
      const text = given.value(engine);
      return text === undefined ? [] : [{ place: `--${engine}`, text, engine }];
    });
    if (given.positional.length === 0 && lines.length === 0) {
      throw new UsageError(
        `Cannot import nothing: write import FILE..., or import --vllm "vllm serve MODEL ..."`,
      );
    }
    const files = given.positional.map((name): ManifestFile => ({
      name,
      text: readInput(name, "a manifest"),
    }));
    const imported = importManifests({
      files,
      lines,
      choices: choicesOf(given.values("model"), given.value("gpu")),
    });
    await checkSizes(imported);
    if (given.flag("json")) print(JSON.stringify(asJson(imported), null, 2));
    else {
      const sources = [
        ...files.map(({ name }) => shownFile(name)),
        ...lines.map(({ place }) => place),
      ];
      print(`# Imported from ${shownName(sources.join(", "), 400)}`);
      print(imported.yaml.trimEnd());
    }
    if (given.flag("json")) return 0;
    for (const line of showRemarks(imported.remarks)) console.error(line);
    return 0;
  },
};

/** Remarks as JSON, by what became of the keys. */
function asJson({ configuration, remarks }: Imported) {
  const of = (outcome: string) =>
    remarks.filter((remark) => remark.outcome === outcome)
      .map(({ place, key, text }) => ({ place, key, text }));
  return { configuration, taken: of("taken"), not_taken: of("left"), assumed: of("assumed") };
}

function choicesOf(models: readonly string[], gpu: string | undefined) {
  const named = new Map<string, string>();
  let otherModel: string | undefined;
  for (const text of models) {
    const equals = text.indexOf("=");
    if (equals > 0) named.set(text.slice(0, equals), text.slice(equals + 1));
    else otherModel = text;
  }
  return {
    models: named,
    ...(otherModel !== undefined && { otherModel }),
    ...(gpu !== undefined && { gpu }),
  };
}

/**
 * Checks that each instance can be built: a configuration that cannot be simulated is no result.
 *
 * @throws {RangeError} With the reason, such as a model that does not fit its GPUs.
 */
async function checkSizes({ yaml, places }: Imported): Promise<void> {
  const fileNames = ["what was imported"];
  const config = loadConfig(yaml, { fileNames });
  // Files that the command line names count from where it was written.
  const overridden = new Set(["model.hf_config"]);
  const files = await readModelFiles(config, { fileNames, overridden });
  for (const [i, { config: own }] of functionConfigurations(config).entries()) {
    try {
      instanceSize(own, files, config.functions.length > 0);
    } catch (error) {
      if (!isUsersMistake(error)) throw error;
      const lines = error.message.split("\n").map((line) => `${places[i]}: ${line}`);
      throw new UsageError(lines.join("\n"), { cause: error });
    }
  }
}
