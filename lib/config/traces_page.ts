import { FORMATS } from "../workload/traces/trace_formats.ts";
import type { TraceEntry } from "../workload/traces/format.ts";
import { renderTable } from "./reference.ts";

const INTRODUCTION = `# Traces

A recorded workload is replayed by \`--trace FILE\`, or by \`workload.type: trace\` with
\`workload.trace.path\` ([settings](configuration.md#workloadtrace)). Its format is recognised by the
first row; \`workload.trace.format\` names one. What was taken for granted is a notice in the summary
and in the manifest; what cannot be read is one line with file, line, column and value, and exit
code 2.

## Files

- **Length.** A file is read in pieces of a megabyte, and nothing is kept of it but its columns, 16
  bytes a request and up: 13 million rows of Azure's week (543 MB) take 10 s of processor time and
  half a gigabyte. A run has at most 10^8 requests, a line or a JSON object 2^28 characters. \`-\` is
  standard input.
- **Packed.** gzip (of several parts, too) and Zstandard are unpacked as they are read. The check
  sum of a gzip file is checked; that of a Zstandard file is not.
- **Encoding.** UTF-8, or UTF-16 with its byte order mark; lines end with LF or CRLF, empty ones are
  passed over.
- **Fields** are separated by commas, semicolons, tabs or \`|\`, whichever makes the most of the
  header, and may be in quotes, but not over line ends.
- **JSON** is one object a line, an array of objects, or one object. An array that is cut off, or
  that something follows, is refused. Whole numbers beyond 2^53 are read digit by digit.
- **Malformed rows** end the run, or are left out and counted (\`on_bad_row: skip\`).

## Clocks

- **Dates and times** (\`2024-05-10 00:00:00.25+02:00\`, with a \`T\` or \`/\`, a comma before the
  fraction as in logs, an offset as \`+02:00\`, \`+0200\`, \`+02\` or \`Z\`) count from the earliest row.
  Without an offset they are taken as they stand.
- **Numbers** have the unit of their format; else the one that the column's name ends with (\`_s\`,
  \`_ms\`, \`_us\`, \`_ns\`); else the one in which they are dates of this century since 1970, of which
  there is one at most; else \`workload.trace.unit\` is asked for. If that is given it holds.
- **Zero.** Times since 1970 count from the earliest row, other clocks from the first arrival, and a
  notice says at what time of the clock that is. \`arrival_s\`, \`arrived_at\` and \`arrival_time_ns\` are
  times of a run, whose zero is kept.
- **Parts.** \`start\` and \`length\` count from the first arrival, and what is left begins where the
  window does. \`start\` may be a time since 1970 where the trace has such.

## Functions

A trace that names functions replays them on those of the same names. Names that are not configured
are an error that lists them; \`functions: from-trace\` makes one function for each, alike. Functions
without names of their own stand for those of the trace in order of appearance, if there are as
many. The tables of Azure Functions and Huawei name functions by hashes or numbers that nobody can
configure: one configured function takes all their calls, and a notice says so.

## When such a run ends

With the last request, the idle time after it, or the duration:
[\`simulation.end\`](metrics.md#summary).

## Formats

This page is made from the declarations of the formats, a file each in
\`lib/workload/traces/formats\`, by \`deno task reference\`. A new format is one file and a line in
\`trace_formats.ts\` ([how](extending.md#traces)); its example is read by a test, and damaged by a
fuzz (\`tests/property/damaged_traces_test.ts\`; \`SIMFAAS_FUZZ_CASES\` asks for more).
`;

const HEAD = ["Format", "What it is", "Assumed", "Refused", "Described in"] as const;

/** The page of traces in Markdown: docs/traces.md is this text. */
export function renderTracesPage(): string {
  const rows = FORMATS.map(({ name, describe, assumes, refuses, source = "" }) =>
    [`\`${name}\``, describe, assumes, refuses, source].map((text) => text.replaceAll("|", "\\|"))
  );
  const examples = FORMATS.map(exampleOf).join("\n");
  return `${INTRODUCTION}\n${renderTable(HEAD, rows)}\n\n## Examples\n\n${examples}`;
}

function exampleOf({ name, example }: TraceEntry): string {
  return `### ${name}\n\n\`\`\`text\n${example.trimEnd()}\n\`\`\`\n`;
}
