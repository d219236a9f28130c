import { settingAt } from "../../config/setting_at.ts";
import { summaryNumbers } from "../../experiment/replication_figures.ts";
import { COMPARED_FIGURES, settingDifferences } from "../../planning/differences.ts";
import type { Summary } from "../../metrics/run_tables.ts";
import { type Html, html } from "./html.ts";
import { settingText, textTable } from "./sections.ts";

/** A run that is compared. */
export interface ComparedRun {
  readonly name: string;
  readonly summary: Summary;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Several runs side by side: the figures of each, and the settings in which they differ. */
export function sideBySide(runs: readonly ComparedRun[]): Html {
  const figures = runs.map(({ summary }) =>
    new Map(summaryNumbers(summary).map((one) => [one.path, one]))
  );
  const rows = COMPARED_FIGURES.flatMap((path) => {
    const ours = figures.map((own) => own.get(path));
    if (ours.every((one) => one === undefined || one.value === null)) return [];
    const unit = ours.find((one) => one !== undefined)!.unit;
    const first = ours[0]?.value;
    return [[
      unit === "" ? path : `${path} (${unit})`,
      ...ours.map((one, i) => {
        const value = one?.value ?? null;
        if (value === null) return "–";
        const text = String(Number(value.toPrecision(4)));
        if (i === 0 || typeof first !== "number" || first === 0) return text;
        const change = 100 * (value / first - 1);
        return `${text} (${change >= 0 ? "+" : ""}${change.toFixed(1)} %)`;
      }),
    ]];
  });
  const settings = differing(runs);
  const names = runs.map(({ name }) => name);
  return html`<section aria-labelledby="together"><h2 id="together">Side by side</h2>
${
    settings.length === 0
      ? html`<p>No setting differs.</p>`
      : textTable("Settings that differ", ["Setting", ...names], settings)
  }
${
    textTable("Figures, and how they differ from the first", ["Figure", ...names], rows, {
      isNumber: (column) => column > 0,
    })
  }
<p>Differences of single runs have no intervals: <code>deno task compare</code> pairs replications.</p>
</section>`;
}

function differing(runs: readonly ComparedRun[]): string[][] {
  const [first, ...others] = runs;
  const paths = new Set(
    others.flatMap(({ config }) =>
      settingDifferences(first.config, config).map(({ path }) => path)
    ),
  );
  return [...paths].map((path) => [
    path,
    ...runs.map(({ config }) => settingText(settingAt(config, path))),
  ]);
}
