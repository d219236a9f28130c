import type { Figure, Figures } from "../metrics/figures/figure.ts";
import { SUMMARY_FIGURES } from "../metrics/figures/summary_figures.ts";
import { docComment, propertyText } from "../std/type_text.ts";

const HEAD =
  `// Written by \`deno task reference\` from the tree in figures/; not to be edited by hand.
import type { LatencySummary } from "./latency_summary.ts";
import type { UndefinedFigures } from "./undefined_figures.ts";

export type { LatencySummary };
`;

type AnyFigure = Figure<never>;

/** What a comment says of a figure: its sentence, and its unit where it counts no things. */
function sentence(figure: AnyFigure): string {
  const unit = "unit" in figure && figure.unit !== "count" ? figure.unit : "";
  if (unit === "") return `${figure.doc}.`;
  return `${figure.doc}. ${unit === "share" ? "From 0 to 1" : `Unit: ${unit}`}.`;
}

/** A type of figures as it stands behind a name or a key, its named parts put into a list. */
function body(figures: Figures<never>, indent: string, named: Map<string, string>): string {
  const properties = Object.entries(figures).map(([key, figure]) => {
    const inner = `${indent}  `;
    return `${docComment(sentence(figure), inner)}\n${property(key, figure, inner, named)}`;
  });
  return `{\n${properties.join("\n")}\n${indent}}`;
}

function property(
  key: string,
  figure: AnyFigure,
  indent: string,
  named: Map<string, string>,
): string {
  switch (figure.kind) {
    case "number":
      return propertyText(key, ["number", ...(figure.isNull ? ["null"] : [])], indent);
    case "latency":
      return propertyText(key, ["LatencySummary"], indent);
    case "text":
      return propertyText(key, [figure.isList ? "readonly string[]" : "string"], indent);
    case "record":
      return propertyText(key, ["Readonly<Record<string, number>>"], indent);
    case "given":
      return propertyText(key, [figure.type], indent);
    case "rows":
      name(figure.type, figure, named);
      return propertyText(key, [`readonly ${figure.type}[]`], indent);
    case "group": {
      if (figure.type !== undefined) {
        name(figure.type, figure, named);
        return propertyText(key, [figure.type, ...(figure.isNull ? ["null"] : [])], indent);
      }
      const inner = body(figure.figures, indent, named);
      return `${indent}readonly ${key}: ${inner}${figure.isNull ? " | null" : ""};`;
    }
  }
}

function name(
  type: string,
  { doc, figures }: { readonly doc: string; readonly figures: Figures<never> },
  named: Map<string, string>,
): void {
  named.set(
    type,
    `${docComment(`${doc}.`, "")}\nexport interface ${type} ${body(figures, "", named)}`,
  );
}

/** The text of run_summary.ts: the type of a summary, with the sentence and unit of each figure. */
export function renderSummaryType(figures: Figures<never> = SUMMARY_FIGURES): string {
  const named = new Map<string, string>();
  const whole = body(figures, "", named);
  const about = "/** The summary of a run, as written to summary.json. */";
  return [HEAD, ...named.values(), `${about}\nexport interface Summary ${whole}\n`].join("\n\n")
    .replace("\n\n\n", "\n\n");
}
