import {
  allBands,
  checkExplains,
  groupedParts,
  type LatencyBand,
  PART_GROUPS,
  readExplainSource,
  type RequestStory,
  requestsWhere,
  SLOW_BY,
  slowest,
  Storyteller,
  WHERE_COLUMNS,
  whereCondition,
} from "../report/explain/mod.ts";
import { type CommandOption, describeOptions, readArguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { oneOf } from "./one_of.ts";
import { duration, grouped } from "./readable_numbers.ts";
import { textTable } from "./text_table.ts";
import { UsageError } from "./usage_error.ts";

/** Stories that are told where nobody says how many. */
const USUAL_STORIES = 10;

const OPTIONS: readonly CommandOption[] = [
  {
    name: "request",
    value: "ID",
    repeats: true,
    describe: "The story of this request, `id` in requests.parquet; may stand several times",
  },
  { name: "slowest", value: "N", describe: `The stories of the N slowest (${USUAL_STORIES})` },
  {
    name: "by",
    value: "COLUMN",
    describe: "What makes them slow: e2e_s (default), ttft_s, tpot_s, scheduling_delay_s,\n" +
      "or a part of the latency such as kv_blocks_s",
  },
  {
    name: "where",
    value: "CONDITION",
    describe: 'Of these requests alone, means and stories: "ttft_s>2 and preemptions>0"',
  },
  { name: "json", describe: "The same as JSON: bands and stories, times in seconds" },
];

/** The command "explain". */
export const explainCommand: Command = {
  name: "explain",
  summary: "Say why requests were slow: what their latency is made of",
  help:
    `Says what the latency of requests is made of: averaged between percentiles, and request by request.

Usage: deno task explain RESULT_DIR [OPTION...]

The parts add up to the time to first token and to the end-to-end latency; docs/explain.md says what
each is. Parts below 1 % of a request's latency are left out of its line.

${describeOptions(OPTIONS)}

Columns of conditions: ${WHERE_COLUMNS.slice(0, 16).join(", ")},
and the parts of latency_parts.parquet. Operators: > >= < <= = !=

Exit codes: 0 done, 2 a mistake in the input (one line says which).`,
  async run(args, print) {
    const given = readArguments("explain", args, OPTIONS, 1);
    const [directory] = given.positional;
    if (directory === undefined) {
      throw new UsageError("Cannot explain without results: write explain RESULT_DIR");
    }
    const most = wholeNumber("--slowest", given.value("slowest") ?? String(USUAL_STORIES), 1);
    const by = oneOf("--by", given.value("by") ?? "e2e_s", SLOW_BY);
    const asked = given.values("request").map((text) => wholeNumber("--request", text, 0));
    const where = given.value("where");
    const isMet = where === undefined ? undefined : whereCondition(where);
    if (asked.length > 0 && (isMet !== undefined || given.value("slowest") !== undefined)) {
      throw new UsageError(
        "Cannot explain certain requests and those that are looked for: current value is --request " +
          `with --${isMet === undefined ? "slowest" : "where"}`,
      );
    }
    checkExplains(directory);
    const source = await readExplainSource(directory);
    const teller = new Storyteller(source);
    const found = asked.length > 0 ? asked : requestsWhere(source, isMet);
    const rows = asked.length > 0 ? asked : slowest(source, found, by, most);
    const stories = rows.map((row) => teller.tell(row));
    const bands = asked.length > 0 ? [] : allBands(source, found);
    if (given.flag("json")) {
      print(JSON.stringify({ requests: found.length, bands, stories }, null, 2));
      return 0;
    }
    if (asked.length === 0 && (found.length > 0 || isMet === undefined)) {
      printBands(bands, where, print);
    }
    printStories(stories, asked.length > 0 ? undefined : { found: found.length, by, where }, print);
    return 0;
  },
};

function wholeNumber(option: string, text: string, least: number): number {
  if (/^\d{1,15}$/.test(text) && Number(text) >= least) return Number(text);
  throw new UsageError(
    `Cannot read ${option} as a whole number from ${least} on: current value is "${text}"`,
  );
}

/** What each latency is made of between percentiles, a column for each group of parts. */
function printBands(
  bands: readonly LatencyBand[],
  where: string | undefined,
  print: (line: string) => void,
): void {
  const there = new Set(
    bands.flatMap(({ parts }) => groupedParts(parts).map(({ group }) => group)),
  );
  const groups = PART_GROUPS.filter((group) => there.has(group));
  if (bands.length === 0) {
    const which = where === undefined ? "" : ` where ${where}`;
    print(`No request${which} that arrived after the warm-up completed.`);
    return;
  }
  if (where !== undefined) print(`Requests where ${where}:`);
  const lines = textTable([
    ["mean of", "", "requests", "in all", ...groups],
    ...bands.map(({ latency, band, requests, meanSeconds, parts }) => {
      const seconds = new Map(groupedParts(parts).map(({ group, seconds }) => [group, seconds]));
      return [
        latency === "ttft" ? "TTFT" : "E2E",
        band,
        grouped(requests),
        duration(meanSeconds),
        ...groups.map((group) => seconds.has(group) ? duration(seconds.get(group)) : ""),
      ];
    }),
  ], [0, 1]);
  for (const line of lines) print(line);
  print("");
}

function printStories(
  stories: readonly RequestStory[],
  of: { readonly found: number; readonly by: string; readonly where?: string } | undefined,
  print: (line: string) => void,
): void {
  if (of !== undefined) {
    const condition = of.where === undefined ? "" : ` where ${of.where}`;
    const count = `${grouped(stories.length)} of ${grouped(of.found)} requests${condition}`;
    print(
      stories.length === 0
        ? `No request with ${of.by}${condition}.`
        : `${count}, slowest first by ${of.by}:`,
    );
  }
  for (const { text } of stories) print(text);
}
