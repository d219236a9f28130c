import { type AttentionKernelName } from "../../../hardware/attention_kernels.ts";
import type { Gpu } from "../../../hardware/gpu.ts";
import type { OperatorProfile, ProfileSource } from "../operator_profile.ts";
import { NO_FACTS } from "../profile_facts.ts";
import { repairTables } from "../repair_tables.ts";
import { holeNotes } from "../table_holes.ts";
import { laterElementwise, secondsBetweenKernels } from "./between_kernels.ts";
import { factsOfRows } from "./facts_of_rows.ts";
import { type DataSheet, gpuOfRows, peaksOf } from "./gpu_facts.ts";
import type { CollectedRow, CollectedRows } from "./rows.ts";
import { collectedTables, type WantedKernels } from "./tables.ts";

/** What to make of collected rows. */
export interface CollectedOptions {
  /** Name of the GPU in the profile. */
  readonly gpu: string;
  /** The catalogue's entry of that name; absent: the profile carries a data sheet of its own. */
  readonly known?: Gpu;
  /** What is stated of a GPU that the catalogue does not have. */
  readonly sheet?: DataSheet;
  /** Kernels of attention whose times are read. */
  readonly kernels?: WantedKernels;
  /** Where the rows come from, in place of what they say themselves. */
  readonly source?: Partial<ProfileSource>;
}

/** A profile of collected rows, and what was assumed, a sentence each. */
export interface CollectedProfile {
  readonly profile: OperatorProfile;
  readonly notes: readonly string[];
}

/** Kernels of decode attention as the catalogue of kernels calls those of the rows. */
const KERNELS: Readonly<Record<string, AttentionKernelName>> = {
  "triton-split": "triton-split",
  "flash-attention-2": "flash-attention-2",
  "flash-attention-3": "flash-attention-3",
  "flashinfer": "flashinfer",
};

/**
 * A profile of rows that `deno task profile collect` prints the script for: tables of operators, the
 * engine's own times, and, of a GPU that no catalogue has, its data sheet.
 *
 * @throws {RangeError} If rows are of several GPUs, or hold no operator that a step is composed of.
 */
export function importCollected(
  rows: CollectedRows,
  { gpu: name, known, sheet = {}, kernels, source = {} }: CollectedOptions,
): CollectedProfile {
  const device = oneDevice(rows);
  const facts = known === undefined
    ? gpuOfRows(name, rows, sheet)
    : { gpu: known, notes: [] as readonly string[] };
  const peaks = peaksOf(facts.gpu);
  const { tables, decodeKernel, promptKernel, notes: changed } = collectedTables(
    rows,
    peaks,
    kernels,
  );
  const notes = [...changed];
  const missing = ["gemm", "context_attention", "generation_attention"].filter((operator) =>
    !tables.some((table) => table.operator === operator)
  );
  if (missing.length > 0) {
    throw new RangeError(
      `Cannot make a profile of ${name} from rows without ${
        missing.join(", ")
      }: a step is composed ` +
        `of them (run the collector again over the same file: it goes on where it stopped)`,
    );
  }
  const gap = secondsBetweenKernels(rows, { gpu: name, peaks, source: NO_SOURCE, tables });
  if (gap !== undefined) {
    notes.push(
      `element-wise kernels take ${
        (gap * 1e6).toFixed(2)
      } us more than alone, as ${rows.ablation.length} ` +
        "steps do that were measured without them",
    );
  }
  const repaired = repairTables(laterElementwise(tables, gap ?? 0));
  const said = [...facts.notes, ...notes, ...repaired.notes, ...holeNotes(repaired.tables)];
  const measured = factsOfRows(rows);
  const own = known === undefined ? { ...NO_FACTS, ...measured, device: facts.gpu } : measured;
  const attentionKernel = KERNELS[decodeKernel ?? ""];
  return {
    profile: {
      gpu: name,
      peaks,
      source: {
        ...sourceOf(device, [decodeKernel, promptKernel], [...notes, ...repaired.notes]),
        ...source,
      },
      ...(attentionKernel !== undefined && { attentionKernel }),
      ...(own !== undefined && { facts: own }),
      tables: repaired.tables,
    },
    notes: said,
  };
}

const NO_SOURCE: ProfileSource = {
  repository: "",
  commit: "",
  licence: "",
  framework: "",
  description: "",
  command: "",
};

/** The GPU that all rows are of; undefined where none says. */
function oneDevice({ device }: CollectedRows): CollectedRow<"device"> | undefined {
  const names = [...new Set(device.map(({ name }) => name))];
  if (names.length > 1) {
    throw new RangeError(
      `Cannot make one profile of rows of several GPUs: current value is ${names.join(", ")}`,
    );
  }
  return device.at(-1);
}

function sourceOf(
  device: CollectedRow<"device"> | undefined,
  kernels: readonly (string | undefined)[],
  changes: readonly string[],
): ProfileSource {
  const { torch, triton, cuda, cudnn, driver, date, name } = device ?? {};
  const versions = Object.entries({ torch, triton, CUDA: cuda, cuDNN: cudnn, driver })
    .filter(([, version]) => version !== undefined).map(([of, version]) => `${of} ${version}`);
  const measured = [
    `Measured${name === undefined ? "" : ` on ${name}`}${date === undefined ? "" : `, ${date}`}`,
    ...versions,
    `attention of decodes by ${kernels[0]}, of prompts by ${kernels[1]}`,
    "one operator per row in a graph of many calls; no CPU overhead in the tables",
    ...changes,
  ];
  return {
    repository: "collected",
    commit: "none",
    licence: "the owner's",
    framework: torch === undefined ? "torch" : `torch ${torch}`,
    description: measured.join("; "),
    command: "deno task profile import",
  };
}
