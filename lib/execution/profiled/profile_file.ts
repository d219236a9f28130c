import { ATTENTION_KERNELS } from "../../hardware/attention_kernels.ts";
import {
  flag,
  list,
  number,
  oneOf,
  optional,
  partialMapping,
  readShape,
  record,
  type Shape,
  type Shaped,
  text,
} from "../../std/shape.ts";
import { showValue } from "../../std/show_value.ts";
import type { OperatorName, TableAxis } from "./operator_table.ts";
import { factsShape } from "./profile_facts.ts";

/** First field of a profile file. */
export const FORMAT = "simfaasinfer-operator-profile-1";

/** What a table of an operator must have. */
interface TableForm {
  /** Axes, slowest first; names of one axis are joined by "/". */
  readonly axes: readonly string[];
  /** Attributes that the times are read by, and their type. */
  readonly attributes: Readonly<Record<string, "text" | "number">>;
  /** Whether its times are compared with a reference time. */
  readonly hasReference?: true;
}

const ATTENTION = { headSize: "number", kvDtype: "text" } as const;
const LAYER = { model: "text", tensorParallel: "number", layer: "text" } as const;
const LATENT = { part: "text", weightDtype: "text", kvDtype: "text" } as const;
const MODEL = { model: "text", tensorParallel: "number" } as const;

const FORMS: Readonly<Record<OperatorName, TableForm>> = {
  gemm: { axes: ["n", "k", "m"], attributes: { dtype: "text" }, hasReference: true },
  context_attention: {
    axes: ["heads/kvHeads", "batch", "tokens"],
    attributes: ATTENTION,
    hasReference: true,
  },
  generation_attention: {
    axes: ["heads/kvHeads", "batch", "context"],
    attributes: ATTENTION,
    hasReference: true,
  },
  chunk_attention: { axes: ["heads/kvHeads", "chunk", "past"], attributes: ATTENTION },
  elementwise: { axes: ["width", "tokens"], attributes: { name: "text" } },
  sampling: { axes: ["vocabulary", "places"], attributes: { method: "text" } },
  all_reduce: { axes: ["ranks", "bytes"], attributes: {} },
  send_receive: { axes: ["bytes"], attributes: {} },
  experts: {
    axes: ["hiddenSize/intermediateSize/perToken/count/tensorParallel/expertParallel", "tokens"],
    attributes: { dtype: "text", routing: "text" },
  },
  layer: { axes: ["tokens"], attributes: LAYER },
  sampled_layer: { axes: ["sequences"], attributes: LAYER },
  mixed_attention: { axes: ["chunk", "past", "decodes", "context"], attributes: MODEL },
  activated_experts: { axes: ["tokens", "activated"], attributes: MODEL },
  latent_decode: { axes: ["heads", "batch", "context"], attributes: LATENT },
  latent_prompt: { axes: ["heads", "batch", "tokens"], attributes: LATENT },
  delta_decode: { axes: ["valueHeads/keyHeads", "batch"], attributes: {} },
  delta_prompt: { axes: ["valueHeads/keyHeads", "batch", "tokens"], attributes: {} },
  all_to_all: {
    axes: ["hiddenSize/perToken/experts", "tokens"],
    attributes: { mode: "text", direction: "text" },
  },
};

/** Largest coordinate of a point: bytes of a collective are the largest there are. */
const MOST_COORDINATE = 2 ** 53;
/** Longest time of one operator, seconds. */
const MOST_SECONDS = 1e6;

const positive = number({ above: 0 });
const anyText = text(/^/);
const textOrNumber: Shape<string | number> = (value, path) =>
  typeof value === "number" ? number()(value, path) : anyText(value, path);

const tableShape = partialMapping({
  operator: oneOf(Object.keys(FORMS) as OperatorName[]),
  attributes: record(textOrNumber),
  reference: optional(partialMapping({
    computeEfficiency: positive,
    memoryEfficiency: positive,
    sharpness: positive,
    constantSeconds: number({ min: 0, max: MOST_SECONDS }),
  })),
  /** Axis names joined by "/" to points separated by blanks; the last ones run along a line. */
  axes: record(anyText),
  /** Lines of cells; "-" where nothing was measured. */
  rows: list(anyText),
});

const profileShape = partialMapping({
  gpu: text(),
  peaks: partialMapping({
    bf16FlopsPerSecond: positive,
    fp8FlopsPerSecond: positive,
    memoryBytesPerSecond: positive,
    linkBytesPerSecond: positive,
    linkLatencySeconds: number({ min: 0 }),
  }),
  source: partialMapping({
    repository: anyText,
    commit: anyText,
    licence: anyText,
    framework: anyText,
    description: anyText,
    command: anyText,
  }),
  mixedBatch: optional(
    partialMapping({ tileRows: number({ min: 1, whole: true }), packsHeads: flag }),
  ),
  attentionKernel: optional(oneOf(ATTENTION_KERNELS)),
  facts: optional(factsShape),
  tables: list(tableShape),
});

/** A table as it stands in a file. */
export type TableText = Shaped<typeof tableShape>;

/** A profile as it stands in a file. */
export type ProfileFile = Shaped<typeof profileShape>;

/** Checks what a profile's JSON holds. @throws {SyntaxError} That names what is wrong by its path. */
export function readProfileFile(file: unknown): ProfileFile {
  const format = (file as { format?: unknown } | null)?.format;
  if (format !== FORMAT) {
    // Any other file may hold secrets: no more than what names a format of ours is quoted.
    const other = typeof format === "string" && format.startsWith("simfaasinfer");
    throw new SyntaxError(
      `Cannot read the file as a profile of format ${FORMAT}: current value is ` +
        (other ? `format ${showValue(format)}` : "of another format"),
    );
  }
  const read = readShape(profileShape, file);
  if (read.wrong !== undefined) {
    throw new SyntaxError(`Cannot read "${read.wrong.path}" of a profile ${read.wrong.text}`);
  }
  read.data.tables.forEach((table, i) => checkForm(table, `tables[${i}]`));
  return read.data;
}

function checkForm({ operator, attributes, reference }: TableText, path: string): void {
  const { attributes: wanted, hasReference = false } = FORMS[operator];
  for (const [name, type] of Object.entries(wanted)) {
    const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    if (type === "text" ? typeof value === "string" : typeof value === "number" && value > 0) {
      continue;
    }
    throw wrong(`${path}.attributes.${name}`, type === "text" ? "text" : "a number > 0", value);
  }
  if (hasReference !== (reference !== undefined)) {
    const what = hasReference ? "a reference time" : "absent";
    throw wrong(`${path}.reference`, `${what} for ${operator}`, reference);
  }
}

function wrong(path: string, wanted: string, value: unknown): SyntaxError {
  return new SyntaxError(
    `Cannot read "${path}" of a profile as ${wanted}: current value is ${showValue(value)}`,
  );
}

/** The axes of an operator's table. @throws {SyntaxError} If they are others, or not in order. */
export function readAxes(
  operator: OperatorName,
  axes: Readonly<Record<string, string>>,
  path: string,
): TableAxis[] {
  const wanted = FORMS[operator].axes;
  const given = Object.keys(axes);
  if (given.length !== wanted.length || given.some((name, i) => name !== wanted[i])) {
    throw wrong(path, `axes of ${operator} (${wanted.join(", ")})`, given);
  }
  return given.map((joined) => {
    const names = joined.split("/");
    const points = axes[joined].split(" ").map((point) => point.split("/").map(coordinate));
    const bad = points.findIndex((point, i) =>
      point.length !== names.length || point.some(Number.isNaN) ||
      (i > 0 && !isBefore(points[i - 1], point))
    );
    if (bad >= 0) {
      const text = axes[joined].split(" ")[bad];
      throw wrong(`${path}.${joined}`, "numbers >= 0 in ascending order", text);
    }
    return { names, points };
  });
}

function coordinate(text: string): number {
  const value = text === "" ? NaN : Number(text);
  return value >= 0 && value <= MOST_COORDINATE ? value : NaN;
}

function isBefore(a: readonly number[], b: readonly number[]): boolean {
  const differs = a.findIndex((value, i) => value !== b[i]);
  return differs >= 0 && a[differs] < b[differs];
}

/** Seconds of cells that stand as microseconds; NaN where nothing was measured. @throws {SyntaxError} */
export function readCells(rows: readonly string[], width: number, path: string): Float64Array {
  const seconds = new Float64Array(rows.length * width).fill(NaN);
  let measured = 0;
  rows.forEach((row, index) => {
    const cells = row.split(" ");
    if (cells.length > width) {
      throw wrong(`${path}[${index}]`, `at most ${width} cells`, `${cells.length} cells`);
    }
    cells.forEach((cell, i) => {
      if (cell === "-") return;
      const value = Number(cell) * 1e-6;
      if (!(value > 0 && value <= MOST_SECONDS)) {
        throw wrong(`${path}[${index}]`, "positive microseconds", cell);
      }
      seconds[index * width + i] = value;
      measured++;
    });
  });
  if (measured === 0) throw wrong(path, "at least one measured cell", rows.length === 0 ? [] : "-");
  return seconds;
}
