import { basename } from "node:path";
import type { Experiment } from "../../experiment/mod.ts";
import type { Summary } from "../../metrics/run_tables.ts";
import { readDrawnSummary } from "../read_figure_source.ts";
import { readInput } from "../../results/read_input.ts";
import type { Plan } from "../../planning/plan_result.ts";
import { experimentPart } from "./experiment_part.ts";
import { type Html, html } from "./html.ts";
import { pageText } from "./page.ts";
import { planPart } from "./plan_part.ts";
import { openResults } from "./result_kind.ts";
import type { RunFacts } from "./run_answer.ts";
import { type PagePart, runPart } from "./run_part.ts";
import { type ComparedRun, sideBySide } from "./side_by_side.ts";

/** What a report is made with. */
export interface ReportOptions {
  /** The figures of a summary as they are printed. */
  readonly facts: (summary: Summary) => RunFacts;
  /** Finds the experiment of a name. @throws {RangeError} If there is none. */
  readonly findExperiment: (name: string) => Promise<Experiment>;
}

const KIND_NAMES = { run: "Run", experiment: "Experiment", plan: "Plan" } as const;

/**
 * A report on directories of results of any kinds, as one page that needs nothing else.
 *
 * @throws {RangeError} If a directory holds no results, or no tables in Parquet.
 */
export async function reportPage(
  directories: readonly string[],
  { facts, findExperiment }: ReportOptions,
): Promise<string> {
  const parts: { readonly name: string; readonly title: string; readonly part: PagePart }[] = [];
  const compared: ComparedRun[] = [];
  for (const [i, directory] of directories.entries()) {
    const { kind, manifest } = openResults(directory);
    const [id, name] = [`result-${i}`, basename(directory.replace(/\/+$/, ""))];
    let part: PagePart;
    if (kind === "run") {
      part = await runPart(id, directory, manifest, facts);
      compared.push({
        name,
        summary: readDrawnSummary(`${directory}/summary.json`),
        config: (manifest.config ?? {}) as Readonly<Record<string, unknown>>,
      });
    } else if (kind === "plan") {
      const plan = JSON.parse(readInput(`${directory}/plan.json`, "a plan")) as Plan;
      part = planPart(id, plan, manifest);
    } else {
      const experiment = await findExperiment(String(manifest.experiment));
      part = await experimentPart(id, directory, experiment, manifest);
    }
    parts.push({ name, title: `${KIND_NAMES[kind]} ${name}`, part });
  }
  const title = parts.map((one) => one.title).join(", ");
  const isOne = parts.length === 1;
  return await pageText({
    title,
    body: html`
      <header>
        <h1>${title}</h1>
      </header>
      ${isOne ? html`` : contents(parts.map((one) => one.title), compared.length > 1)}
      <main id="main">
      ${compared.length > 1 ? sideBySide(compared) : html``}
      ${parts.map((one, i) =>
        html`<section aria-labelledby="title-${i}"><h2 id="title-${i}">${
          isOne ? "The answer" : one.title
        }</h2>
${one.part.content}</section>`
      )}
      </main>
    `,
    data: {
      charts: parts.flatMap(({ part }) => part.charts),
      runs: parts.flatMap(({ part }) => part.runs),
    },
  });
}

function contents(titles: readonly string[], hasComparison: boolean): Html {
  return html`
    <nav aria-label="Results">
      <ul>${hasComparison ? html`<li><a href="#together">Side by side</a></li>` : html``}${titles
        .map((title, i) => html`<li><a href="#title-${i}">${title}</a></li>`)}</ul>
    </nav>
  `;
}
