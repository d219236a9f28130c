import type { RequestTable } from "../request_table.ts";
import type { LengthModel } from "./length_model.ts";

function meanOf(values: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/**
 * Lengths taken from a table, both of a row together. "in-order" goes through the rows from first to
 * last and begins again; "random" draws rows with equal chances from the prompts' stream. Neither
 * draws from the outputs' stream.
 *
 * @throws {RangeError} If the table is empty.
 */
export function lengthsFromTable(
  table: Pick<RequestTable, "count" | "promptTokens" | "outputTokens">,
  order: "in-order" | "random" = "in-order",
): LengthModel {
  const { count, promptTokens: prompts, outputTokens: outputs } = table;
  if (count < 1) {
    throw new RangeError(
      `Cannot take lengths from a table as one with requests: current value is ${count}`,
    );
  }
  return {
    meanPromptTokens: meanOf(prompts),
    meanOutputTokens: meanOf(outputs),
    fill(promptTokens, outputTokens, promptStream) {
      for (let i = 0; i < promptTokens.length; i++) {
        const row = order === "random" ? Math.floor(promptStream.next() * count) : i % count;
        promptTokens[i] = prompts[row];
        outputTokens[i] = outputs[row];
      }
    },
  };
}
