import { deepEqual, equal, ok } from "#assert";
import { runCommandLine } from "../../lib/cli/testing_command_line.ts";
import { findExternalData } from "../../lib/results/external_data.ts";

/** A page shows what its commands print as long as no number is further away than this. */
const TOLERANCE = 0.05;

const ROOT = new URL("../../", import.meta.url);
const PAGE = Deno.readTextFileSync(new URL("docs/azure-traces.md", ROOT));
const TRACES = findExternalData("azure-llm-2023");

/** Commands of the page with the text that stands below each. */
const SHOWN = [...PAGE.matchAll(/```sh\n(deno task simulate [^`]*)```\s*```text\n([^`]*)```/g)]
  .map(([, command, printed]) => ({
    args: command.replaceAll("\\\n", " ").trim().split(/\s+/).slice(2),
    printed,
  }));

/** The words of a summary, and its numbers in seconds, dollars and so on. Digests are left out. */
function read(text: string): { words: string[]; numbers: number[] } {
  const lines = text.split("\n").filter((line) => !/^(digest|Note:|\s*$)/.test(line));
  const numbers: number[] = [];
  const words = lines.map((line) =>
    line.replaceAll(/([\d,]*\d(?:\.\d+)?)(?: (ms|s|min)\b)?/g, (_, digits: string, unit) => {
      const factor = unit === "ms" ? 1e-3 : unit === "min" ? 60 : 1;
      numbers.push(Number(digits.replaceAll(",", "")) * factor);
      return "#";
    }).replaceAll(/\s+/g, " ")
  );
  return { words, numbers };
}

Deno.test("docs/azure-traces.md shows three runs", () => {
  equal(SHOWN.length, 3);
});

for (const { args, printed } of SHOWN) {
  const file = args.find((arg) => arg.endsWith(".csv"))!.replace(/.*\//, "");
  const rest = args.filter((arg) => arg.startsWith("--set") || arg.includes("="));
  Deno.test({
    name: `docs/azure-traces.md shows what its command prints within ${100 * TOLERANCE} %: ` +
      `${[file, ...rest].join(" ")} (needs reference data)`,
    ignore: TRACES === undefined,
    async fn() {
      const own = args.map((arg) => arg.endsWith(".csv") ? `${TRACES}/${file}` : arg);
      const { code, stdout, stderr } = await runCommandLine(own, { directory: "." });
      equal(code, 0, stderr);
      const page = read(printed);
      const run = read(stdout);
      deepEqual(run.words, page.words, stdout);
      run.numbers.forEach((number, i) => {
        const shown = page.numbers[i];
        const isNear = Math.abs(number - shown) <= TOLERANCE * Math.abs(shown) + 1e-3;
        ok(isNear, `${number} is shown as ${shown} in\n${stdout}`);
      });
      const [, arrived, completed] = /([\d,]+) arrived, ([\d,]+) completed/.exec(stdout)!;
      equal(arrived, completed);
      equal(arrived, /([\d,]+) arrived/.exec(printed)![1]);
    },
  });
}
