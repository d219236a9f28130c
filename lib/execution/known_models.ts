import type { ExecutionTimeModel } from "./execution_time_model.ts";

/** Models that are kept, the latest used: one of them may hold megabytes of tables. */
const MOST_KEPT = 8;

const kept = new Map<string, ExecutionTimeModel>();

/**
 * A model that was made before for the same source and options, or else a new one. Making one takes
 * milliseconds, and many short runs want the same: a model has no state that a run changes, so all of
 * them may share it.
 *
 * @param options What the model follows from, as plain data.
 */
export function knownModel(
  source: string,
  options: object,
  make: () => ExecutionTimeModel,
): ExecutionTimeModel {
  const key = `${source} ${JSON.stringify(options, withInfinite)}`;
  const model = kept.get(key) ?? make();
  // The one that was used last stands last.
  kept.delete(key);
  kept.set(key, model);
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
  return model;
}

/** JSON would write each of these numbers as null. */
function withInfinite(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? `${value}` : value;
}
