import { showValue } from "../../std/show_value.ts";
import { parse } from "../../std/yaml.ts";

interface Meta {
  readonly skew_fit?: {
    readonly enabled?: boolean;
    readonly per_tp?: Readonly<Record<string, { readonly alpha_default?: number }>>;
  };
}

/**
 * What a batch of unequal contexts costs over one of equal contexts, by the meta.yaml of an
 * LLMServingSim profile: the share of the way from the time at the mean context to that at the longest
 * one, pooled over the measured batches. Undefined where the profiler did not measure it: a file of
 * another GPU's shares may lie beside such a profile, and its meta.yaml says not to use it.
 *
 * @source https://github.com/casys-kaist/LLMServingSim profiler, skew fit
 */
export function unequalShareOf(metaText: string, tensorParallel: number): number | undefined {
  const { skew_fit: fit } = (parse(metaText) ?? {}) as Meta;
  const share = fit?.enabled === true ? fit.per_tp?.[tensorParallel]?.alpha_default : undefined;
  if (share === undefined || (typeof share === "number" && Math.abs(share) < Infinity)) {
    return share;
  }
  throw new SyntaxError(
    `Cannot read "skew_fit.per_tp.${tensorParallel}.alpha_default" as a number: current value is ` +
      showValue(share),
  );
}
