import type { Configuration } from "../../config/configuration.ts";

/** A value that a visitor sets: a number, a choice, or whether. */
export type KnobValue = number | string | boolean;

/** Values of knobs by their names. */
export type KnobValues = Readonly<Record<string, KnobValue>>;

/** What a visitor can set, and where it stands in the configuration. */
export interface Knob {
  readonly name: string;
  readonly label: string;
  /** Shown behind the value. */
  readonly unit: string;
  /** A slider from the first to the last of its values, a choice of texts, or a check box. */
  readonly kind: "slider" | "choice" | "switch";
  /** Values in the order of a slider, or texts to choose from; none for a switch. */
  readonly values: readonly (number | string)[];
  /** The value in a configuration. */
  read(config: Configuration): KnobValue;
  /** Settings that the value stands for, by path. */
  settings(value: KnobValue, config: Configuration): Readonly<Record<string, unknown>>;
}

/** Round numbers from one to another: 1, 2, 3, 5, 7 times each power of ten. */
function roundNumbers(from: number, to: number): number[] {
  const list: number[] = [];
  for (let exponent = -3; exponent <= 6; exponent++) {
    for (const digit of [1, 1.5, 2, 3, 4, 5, 7]) {
      const value = Number((digit * 10 ** exponent).toPrecision(2));
      if (value >= from && value <= to) list.push(value);
    }
  }
  return list;
}

const POWERS = [
  8,
  16,
  32,
  64,
  128,
  192,
  256,
  384,
  512,
  768,
  1024,
  1536,
  2048,
  3072,
  4096,
  6144,
  8192,
];
/** Lengths spread by half of their mean, as those of the defaults do. */
const SPREAD = 0.5;
/** Longest length over the mean one, as in the defaults. */
const LONGEST = 8;

function length(name: string, label: string, key: "prompt_length" | "decode_length"): Knob {
  return {
    name,
    label,
    unit: "tokens",
    kind: "slider",
    values: POWERS,
    read: ({ workload }) => workload[key].mean ?? 512,
    settings: (value) => ({
      [`workload.${key}.mean`]: value,
      [`workload.${key}.std`]: SPREAD * Number(value),
      [`workload.${key}.max`]: LONGEST * Number(value),
    }),
  };
}

/** The knobs, in the order of the page. `gpus` and `presets` are what there is to choose from. */
export function knobs(gpus: readonly string[], presets: readonly string[]): readonly Knob[] {
  return [
    {
      name: "rate",
      label: "Arrivals",
      unit: "requests/s",
      kind: "slider",
      values: roundNumbers(0.01, 200),
      read: ({ workload }) => workload.arrival_rate,
      settings: (value) => ({ "workload.arrival_rate": value }),
    },
    {
      name: "cv",
      label: "Burstiness (coefficient of variation)",
      unit: "",
      kind: "slider",
      values: [0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 5, 6, 8],
      read: ({ workload }) => workload.cv,
      settings: (value) => ({ "workload.cv": value }),
    },
    length("prompt", "Prompt", "prompt_length"),
    length("output", "Output", "decode_length"),
    {
      name: "gpu",
      label: "GPU",
      unit: "",
      kind: "choice",
      values: gpus,
      read: ({ cluster }) => cluster.gpu_type,
      settings: (value) => ({ "cluster.gpu_type": value }),
    },
    {
      name: "tp",
      label: "GPUs of an instance (tensor parallel)",
      unit: "",
      kind: "slider",
      values: [1, 2, 4, 8],
      read: ({ parallelization }) => parallelization.tensor_parallel_size,
      settings: (value) => ({ "parallelization.tensor_parallel_size": value }),
    },
    {
      name: "most",
      label: "Instances at most",
      unit: "",
      kind: "slider",
      values: [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 20, 24, 32, 48, 64],
      read: ({ scaling }) => scaling.max_instances,
      settings: (value) => ({ "scaling.max_instances": value }),
    },
    {
      name: "zero",
      label: "Scale to zero",
      unit: "",
      kind: "switch",
      values: [],
      read: ({ scaling }) => scaling.min_instances === 0,
      // An instance that is always kept is there from the beginning.
      settings: (value) => ({ "scaling.min_instances": value ? 0 : 1 }),
    },
    {
      name: "keep",
      label: "Keep-alive of idle instances",
      unit: "s",
      kind: "slider",
      values: [0, 1, 2, 5, 10, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200, 3600],
      read: ({ scaling }) => scaling.keep_alive.seconds ?? DEFAULT_KEEP_ALIVE_SECONDS,
      settings: (value) => ({
        "scaling.keep_alive.policy": "fixed",
        "scaling.keep_alive.seconds": value,
      }),
    },
    {
      name: "preset",
      label: "Start of an instance",
      unit: "",
      kind: "choice",
      values: presets,
      read: ({ cold_start }) => cold_start.preset ?? DEFAULT_PRESET,
      settings: (value) => ({ "cold_start.preset": value }),
    },
    {
      name: "price",
      label: "Price of a GPU",
      unit: "USD/h",
      kind: "slider",
      values: [0, ...roundNumbers(0.1, 20)],
      read: ({ cost, cluster }) => cost.gpu_cost_per_hour[cluster.gpu_type] ?? 0,
      settings: (value, { cluster }) => ({
        "cost.gpu_cost_per_hour": value === 0 ? {} : { [cluster.gpu_type]: value },
      }),
    },
  ];
}

/** What a configuration without a keep-alive, and without a preset, has. */
const DEFAULT_KEEP_ALIVE_SECONDS = 60;
const DEFAULT_PRESET = "vllm-v1";
