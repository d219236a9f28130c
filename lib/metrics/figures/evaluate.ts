import { InvariantError } from "../../sim/invariant_error.ts";
import type { LatencySummary } from "../latency_summary.ts";
import type { UndefinedFigures } from "../undefined_figures.ts";
import type { Figure, Figures, Reason } from "./figure.ts";

/** Figures with their values, and why some have none. */
export interface Evaluated {
  /** As the tree of the figures is, without what is given. */
  readonly values: Record<string, unknown>;
  /** In the order of the tree, those with the same reason together. */
  readonly undefinedFigures: readonly UndefinedFigures[];
}

/**
 * The values of figures.
 *
 * @throws {InvariantError} If a figure that has no reason to be null is null.
 */
export function evaluate<Source>(figures: Figures<Source>, source: Source): Evaluated {
  const reasons = new Map<string, { readonly paths: Set<string>; readonly isUnused: boolean }>();
  const explain = <Of>(path: string, reason: Reason<Of> | undefined, of: Of) => {
    if (reason === undefined) throw new InvariantError(`Cannot say why ${path} has no value`);
    const { why, isUnused } = typeof reason === "function" ? reason(of) : reason;
    const found = reasons.get(why);
    if (found) found.paths.add(path);
    else reasons.set(why, { paths: new Set([path]), isUnused });
  };
  const valuesOf = <Of>(some: Figures<Of>, of: Of, above: string): Record<string, unknown> => {
    const values: Record<string, unknown> = {};
    for (const [key, figure] of Object.entries(some)) {
      if (figure.kind === "given") continue;
      values[key] = valueOf(figure, of, `${above}${key}`);
    }
    return values;
  };
  const valueOf = <Of>(figure: Exclude<Figure<Of>, { kind: "given" }>, of: Of, path: string) => {
    const value = figure.of(of);
    switch (figure.kind) {
      case "number":
        if (value === null) explain(path, figure.isNull, of);
        return value;
      case "latency":
        if ((value as LatencySummary).mean === null) explain(path, figure.isNull, of);
        return value;
      case "group":
        if (value !== null) return valuesOf(figure.figures, value as never, `${path}.`);
        explain(path, figure.isNull, of);
        return null;
      case "rows":
        return (value as readonly never[]).map((row) =>
          valuesOf(figure.figures, row, `${path}[].`)
        );
      default:
        return value;
    }
  };
  const values = valuesOf(figures, source, "");
  const undefinedFigures = [...reasons].map(([why, { paths, isUnused }]) => ({
    figures: [...paths],
    why,
    isUnused,
  }));
  return { values, undefinedFigures };
}
