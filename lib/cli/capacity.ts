import { functionConfigurations } from "../config/function_configurations.ts";
import { loadConfig } from "../config/load.ts";
import { activeParameters, attentionWindowTokens, parameterCount } from "../models/mod.ts";
import { type InstanceSize, instanceSize, kvCacheLine } from "../run/instance_size.ts";
import { shownFile } from "../std/input_error.ts";
import { type CommandOption, describeOptions, readArguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { grouped } from "./readable_numbers.ts";
import { readInput } from "./read_input.ts";
import { readModelFiles } from "./simulate/named_files.ts";

const OPTIONS: readonly CommandOption[] = [
  {
    name: "set",
    value: "PATH=VALUE",
    repeats: true,
    describe: "Setting in place of the configuration's, such as cluster.gpu_type=H200",
  },
  { name: "json", describe: "The same as JSON; a list for a configuration with several functions" },
];

/** What is printed of an instance. */
interface Shown {
  readonly model: string;
  readonly parameters: number;
  readonly active_parameters: number;
  readonly weight_bytes: number;
  readonly weight_format: string;
  readonly kv_bytes_per_token: number;
  /** Of a GPU: what the engine leaves for activations and the like. */
  readonly reserve_bytes: number;
  /** Whose way of measuring that is; null where the configuration sets it. */
  readonly reserve_rule: string | null;
  /** KV blocks, of which each group of layers takes its own. */
  readonly kv_blocks: number | null;
  readonly kv_groups: number;
  /** Of a sequence of window_tokens tokens while it decodes. */
  readonly sequence_kv_bytes: number;
  readonly state_bytes_per_sequence: number;
  /** Null for a model without a KV cache. */
  readonly kv_tokens: number | null;
  readonly window_tokens: number;
  readonly max_concurrency: number;
  readonly max_sequences: number;
  readonly layers: number;
  readonly full_attention_layers: number;
  readonly attention_window_tokens: number;
  readonly gpu: string;
  readonly gpus: number;
  readonly notices: readonly string[];
}

function shown(size: InstanceSize): Shown {
  const { shape, weightFormat } = size.model;
  return {
    model: shape.name,
    parameters: Math.round(parameterCount(shape)),
    active_parameters: Math.round(activeParameters(shape)),
    weight_bytes: Math.round(size.weightBytes),
    weight_format: weightFormat,
    kv_bytes_per_token: size.kvBytesPerToken,
    reserve_bytes: Math.round(size.reserveBytes),
    reserve_rule: size.reserveRule,
    kv_blocks: size.kvBytesPerToken === 0 ? null : size.kv.blocks,
    kv_groups: size.kv.groups.length,
    sequence_kv_bytes: size.sequenceKvBytes,
    state_bytes_per_sequence: size.stateBytesPerSequence,
    kv_tokens: size.kvBytesPerToken === 0 ? null : size.kvTokens,
    window_tokens: size.maxModelTokens,
    max_concurrency: Number(size.maxConcurrency.toFixed(2)),
    max_sequences: size.maxSequences,
    layers: shape.layers.length,
    full_attention_layers: size.fullAttentionLayers,
    attention_window_tokens: attentionWindowTokens(shape),
    gpu: size.gpu.name,
    gpus: size.gpus,
    notices: size.notices,
  };
}

const billions = (count: number) => `${(count / 1e9).toFixed(2)} B`;

function longest({ window_tokens, sequence_kv_bytes }: Shown): string {
  return `a sequence of ${grouped(window_tokens)} tokens takes ${
    (sequence_kv_bytes / 2 ** 30).toFixed(2)
  } GiB`;
}

function keptFree({ reserve_bytes, reserve_rule }: Shown): string {
  const how = reserve_rule === null
    ? "memory.reserved_memory_gb"
    : `as ${reserve_rule} measures it`;
  return `${
    (reserve_bytes / 2 ** 30).toFixed(2)
  } GiB of each GPU for activations and the like (${how})`;
}

function lines(size: Shown, line: string): string[] {
  const rows: [string, string][] = [
    ["model", size.model],
    [
      "parameters",
      `${billions(size.parameters)}, active ${billions(size.active_parameters)}` +
      (size.active_parameters === size.parameters ? "" : " with embedding and head"),
    ],
    ["weights", `${(size.weight_bytes / 1e9).toFixed(2)} GB (${size.weight_format})`],
    ["KV cache", `${grouped(size.kv_bytes_per_token)} bytes per token of all layers, in one copy`],
    ["longest", longest(size)],
    ["kept free", keptFree(size)],
    ...(size.state_bytes_per_sequence === 0 ? [] : [
      [
        "state",
        `${grouped(size.state_bytes_per_sequence)} bytes per sequence, of ${
          grouped(size.max_sequences)
        } sequences at most`,
      ] satisfies [string, string],
    ]),
    [
      "layers",
      `${size.layers}, ${size.full_attention_layers} with full attention` +
      (size.attention_window_tokens === 0
        ? ""
        : `, others see ${grouped(size.attention_window_tokens)} tokens`),
    ],
    ["GPUs", `${size.gpus} x ${size.gpu}`],
  ];
  return [
    ...rows.map(([name, value]) => `${name.padEnd(12)}${value}`),
    line,
    ...size.notices.map((notice) => `Note: ${notice}`),
  ];
}

/** The command "capacity". */
export const capacityCommand: Command = {
  name: "capacity",
  summary: "Work out what a model takes on its GPUs, and how many tokens fit beside it",
  help: `Works out what a model takes on its GPUs, and how many tokens fit beside it.

Usage: deno task capacity [CONFIG.yaml...] [OPTION...]

Prints parameters, bytes of weights, bytes of KV cache per token and of state per sequence, and the
tokens that the KV cache of one instance holds, with what was assumed. Configurations are merged as
"simulate" does; nothing is simulated. In JSON, window_tokens is the longest prompt and output together,
attention_window_tokens what layers with an attention window see.

${describeOptions(OPTIONS)}

Exit codes: 0 done, 2 a mistake in the input: a model that is not known, not understood or does not
fit (one line says which).`,
  async run(args, print) {
    const given = readArguments("capacity", args, OPTIONS);
    const texts = given.positional.map((name) => ({
      name: shownFile(name),
      content: readInput(name, "a configuration"),
    }));
    const set = given.values("set");
    const fileNames = texts.map(({ name }) => name);
    const config = loadConfig(texts.map(({ content }) => content), { set, fileNames });
    const overridden = new Set(set.map((text) => text.slice(0, text.indexOf("=")).trim()));
    const files = await readModelFiles(config, { fileNames, overridden });
    const instances = functionConfigurations(config).map(({ config: own }) =>
      instanceSize(own, files, config.functions.length > 0)
    );
    const sizes = instances.map(shown);
    if (given.flag("json")) {
      print(JSON.stringify(sizes.length === 1 ? sizes[0] : sizes, null, 2));
      return 0;
    }
    sizes.forEach((size, i) => {
      if (i > 0) print("");
      for (const line of lines(size, kvCacheLine(instances[i]))) print(line);
    });
    return 0;
  },
};
