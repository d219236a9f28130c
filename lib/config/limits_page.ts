import { type Limit, LIMITS } from "../sim/limits.ts";
import { renderTable } from "./reference.ts";

const INTRODUCTION = `# Limits

What a run may be told and what it may hold. A configuration beyond a limit is refused before
anything is drawn, in one line that names the setting, the numbers and the limit (exit code 2); what
only a run can show ends it with such a line. A run that is expected to take long or much memory
begins with a notice. The numbers of requests, samples, evaluations, faults, machines and instances
are worked out from the configuration alone, and once more when the requests are drawn or read.

The command line also watches the memory while a run goes on: at 90 % of the JavaScript heap, of the
machine or of its control group the run ends with what it holds and which setting to change.
\`deno run --v8-flags=--max-old-space-size=MEGABYTES\` gives it a larger heap. The watch covers the
simulation itself: a heap that is too small to read a trace, to sum up or to draw ends the process
with the engine's own message, and so does one of a replication in a worker.

Each limit lies far above what a cluster has, and where a run of nothing else takes some seconds and
about a gigabyte, on two cores of a cloud machine with 24 GB: one small workload ran with ever more
machines, functions, instances or samples until it took more, and a round number below is the limit.
What files may hold is limited [apart](input.md#limits). This page is made from the one table of
limits, \`lib/sim/limits.ts\`, by \`deno task reference\`.
`;

const HEAD = ["Limit", "Value", "Of", "Why there"] as const;

/** The page of limits in Markdown: docs/limits.md is this text. */
export function renderLimitsPage(): string {
  const rows = Object.entries<Limit>(LIMITS).map(([name, { value, unit, of, reason }]) => [
    `\`${name}\``,
    `${shown(value)}${unit === "" ? "" : ` ${unit}`}`,
    of,
    reason,
  ]);
  return `${INTRODUCTION}\n${renderTable(HEAD, rows)}\n`;
}

function shown(value: number): string {
  if (value >= 1e12 || value < 1) return value.toExponential().replace("e+", "e");
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}
