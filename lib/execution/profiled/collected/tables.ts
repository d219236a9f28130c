import { fitReference } from "../fit_reference.ts";
import { forEachCell } from "../for_each_cell.ts";
import type { GpuPeaks, ProfileDtype } from "../operator_profile.ts";
import { type OperatorRow, type OperatorTable, tableOfRows } from "../operator_table.ts";
import { rooflineOfCell } from "../reference_times.ts";
import { promptMoreMicroseconds } from "./between_kernels.ts";
import { chosenKernel } from "./chosen_kernel.ts";
import type { CollectedRow, CollectedRows } from "./rows.ts";
import { unequalShareOfRows } from "./unequal_contexts.ts";

/** Kernels of attention to read, by the names in the rows; absent: the one that was measured most, then the fastest. */
export interface WantedKernels {
  readonly decode?: string;
  readonly prompt?: string;
}

/** Tables of collected rows. */
export interface CollectedTables {
  readonly tables: readonly OperatorTable[];
  /** Kernels that were read; absent: none was measured. */
  readonly decodeKernel?: string;
  readonly promptKernel?: string;
  /** What was left out or changed, a sentence each. */
  readonly notes: readonly string[];
}

/** Element-wise kernels that steps are composed of; others are of interest alone. */
const ELEMENTWISE = ["add_norm", "rotary", "gated_activation", "embedding"];
/** Sampling methods that steps are composed of. */
const SAMPLING = ["greedy", "random", "top-k", "top-p"];

/**
 * Puts collected rows on grids. Weights and KV entries are taken from memory, as in an engine: rows whose
 * operands lay in the cache are left out.
 *
 * @throws {RangeError} If a wanted kernel was not measured.
 */
export function collectedTables(
  rows: CollectedRows,
  peaks: GpuPeaks,
  wanted: WantedKernels = {},
): CollectedTables {
  const notes: string[] = [];
  const tables: OperatorTable[] = [];
  const isCold = ({ cache = "cold" }: { readonly cache?: "cold" | "warm" }) => cache === "cold";
  const withReference = (table: OperatorTable) => {
    const raised = raiseToRoofline(table, peaks, notes);
    return { ...raised, reference: fitReference(raised, peaks) };
  };
  for (const [dtype, own] of grouped(rows.gemm.filter(isCold), ({ dtype }) => dtype)) {
    const points = own.map(({ n, k, m, us }) => at([[n], [k], [m]], us));
    const attributes = { dtype, shapes: "of models" };
    tables.push(withReference(tableOfRows("gemm", attributes, [["n"], ["k"], ["m"]], points)));
  }
  const equal = rows.decode_attention.filter((row) => isCold(row) && row.longest === undefined);
  const decodeKernel = chosenKernel(
    equal,
    ({ batch, context, heads, kv_heads }) => [heads, kv_heads, batch, context].join("/"),
    { what: "decode attention", wanted: wanted.decode },
  );
  const promptKernel = chosenKernel(
    rows.prompt_attention,
    ({ batch, chunk, past, heads, kv_heads }) => [heads, kv_heads, batch, chunk, past].join("/"),
    { what: "prompt attention", wanted: wanted.prompt },
  );
  const more = promptMoreMicroseconds(rows, decodeKernel, promptKernel);
  const prompts = rows.prompt_attention.filter(({ kernel }) => kernel === promptKernel)
    .map((row) => ({ ...row, us: row.us + more(row.batch * row.chunk) }));
  const sizes = [128, 512, 2048];
  if (sizes.some((chunk) => more(chunk) > 0)) {
    const shown = sizes.map((chunk) => `${more(chunk).toFixed(1)} of ${chunk} tokens`);
    notes.push(
      `attention of a prompt takes more us beside decodes than alone: ${shown.join(", ")}`,
    );
  }
  const whole = prompts.filter(({ past }) => past === 0);
  for (const [, own] of grouped(whole, attentionKey)) {
    const points = own.map((row) => at([pairOf(row), [row.batch], [row.chunk]], row.us));
    const axes = [PAIR, ["batch"], ["tokens"]];
    tables.push(
      withReference(tableOfRows("context_attention", attentionOf(own[0]), axes, points)),
    );
  }
  const decodes = equal.filter(({ kernel }) => kernel === decodeKernel);
  const unequal = rows.decode_attention.filter((row) => isCold(row) && row.kernel === decodeKernel);
  for (const [key, own] of grouped(decodes, attentionKey)) {
    const share = unequalShareOfRows(unequal.filter((row) => attentionKey(row) === key));
    const points = own.map((row) => at([pairOf(row), [row.batch], [row.context]], row.us));
    const axes = [PAIR, ["batch"], ["context"]];
    tables.push(
      withReference(tableOfRows(
        "generation_attention",
        { ...attentionOf(own[0]), ...(share !== undefined && { unequalShare: share }) },
        axes,
        points,
      )),
    );
  }
  const chunks = prompts.filter(({ past, batch }) => past > 0 && batch === 1);
  for (const [, own] of grouped(chunks, attentionKey)) {
    const points = own.map((row) => at([pairOf(row), [row.chunk], [row.past]], row.us));
    tables.push(
      tableOfRows("chunk_attention", attentionOf(own[0]), [PAIR, ["chunk"], ["past"]], points),
    );
  }
  tables.push(...smallTables(rows));
  return {
    tables,
    ...(decodeKernel !== undefined && { decodeKernel }),
    ...(promptKernel !== undefined && { promptKernel }),
    notes,
  };
}

const PAIR = ["heads", "kvHeads"];

function smallTables(rows: CollectedRows): OperatorTable[] {
  const tables: OperatorTable[] = [];
  const named = rows.elementwise.filter(({ name }) => ELEMENTWISE.includes(name));
  for (const [name, own] of grouped(named, ({ name }) => name)) {
    const points = own.map(({ width, tokens, us }) => at([[width], [tokens]], us));
    tables.push(tableOfRows("elementwise", { name }, [["width"], ["tokens"]], points));
  }
  const methods = rows.sampling.filter(({ method }) => SAMPLING.includes(method));
  for (const [method, own] of grouped(methods, ({ method }) => method)) {
    const points = own.map(({ vocabulary, places, us }) => at([[vocabulary], [places]], us));
    tables.push(tableOfRows("sampling", { method }, [["vocabulary"], ["places"]], points));
  }
  for (const [dtype, own] of grouped(rows.experts, ({ dtype }) => dtype)) {
    // Tables name the width of whole experts, of which each GPU has its share.
    const points = own.map((
      { hidden, inner, per_token, count, tensor_parallel: ranks = 1, tokens, us },
    ) => at([[hidden, inner * ranks, per_token, count, ranks, 1], [tokens]], us));
    const axes = [
      ["hiddenSize", "intermediateSize", "perToken", "count", "tensorParallel", "expertParallel"],
      ["tokens"],
    ];
    tables.push(tableOfRows("experts", { dtype, routing: "balanced" }, axes, points));
  }
  if (rows.all_reduce.length > 0) {
    const points = rows.all_reduce.map(({ ranks, bytes, us }) => at([[ranks], [bytes]], us));
    tables.push(tableOfRows("all_reduce", {}, [["ranks"], ["bytes"]], points));
  }
  return tables;
}

function at(point: readonly (readonly number[])[], us: number): OperatorRow {
  return { at: point, seconds: us * 1e-6 };
}

type Headed = Pick<
  CollectedRow<"decode_attention">,
  "heads" | "kv_heads" | "head_size" | "kv_dtype"
>;

function pairOf({ heads, kv_heads }: Headed): number[] {
  return [heads, kv_heads];
}

function attentionKey({ head_size, kv_dtype }: Headed): string {
  return `${head_size} ${kv_dtype}`;
}

function attentionOf({ head_size, kv_dtype }: Headed) {
  return { headSize: head_size, kvDtype: kv_dtype as ProfileDtype };
}

/** Lists by key, in the order of the first of each. */
function grouped<Row>(
  rows: readonly Row[],
  key: (row: Row) => string,
): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const own = groups.get(key(row)) ?? [];
    own.push(row);
    groups.set(key(row), own);
  }
  return groups;
}

/** No time beats the roofline: one that does was read from a cache. */
function raiseToRoofline(table: OperatorTable, peaks: GpuPeaks, notes: string[]): OperatorTable {
  const seconds = table.seconds.slice();
  let raised = 0;
  forEachCell(table, (cell, point) => {
    const least = rooflineOfCell(table, point, peaks);
    // The row that a GPU's own peak was read from is on the roofline, but for rounding.
    if (seconds[cell] < least * (1 - 1e-9)) {
      seconds[cell] = least;
      raised++;
    }
  });
  if (raised === 0) return table;
  notes.push(`${table.operator}: ${raised} times below the roofline take its time`);
  return { ...table, seconds };
}
