import type { OpenColumn } from "./columns.ts";
import { secondsText } from "./figure_text.ts";

/** Parts shorter than this share of the whole are not told of. */
const LEAST_SHARE = 0.01;

/** What parts of a latency are called in a line; those before the first token come first. */
const PARTS: Readonly<Record<string, string>> = {
  gateway_queue_s: "at the gateway",
  start_s: "waited for an instance to start",
  lost_s: "in an instance that was gone before it was done",
  next_step_s: "until the next step",
  budget_s: "queued for the token budget",
  kv_blocks_s: "queued for KV blocks",
  kv_load_s: "waited for KV blocks from a cache tier",
  sequences_s: "queued for a place in the batch",
  prefill_s: "its prompt",
  prefill_stall_s: "prompts of others beside it",
  prefill_transfer_s: "KV blocks that moved",
  prefill_preempted_s: "preempted",
  prefill_recompute_s: "computed anew",
  batch_s: "until its batch returned",
  decode_s: "its tokens",
  decode_stall_s: "prompts of others between them",
  decode_transfer_s: "KV blocks that moved between them",
  decode_preempted_s: "preempted between them",
  decode_recompute_s: "tokens computed anew",
  decode_moved_s: "on its way to another instance",
};

/** What happened to a request, in a line, by the parts of its latency as far as they were recorded. */
export function tellStory(columns: ReadonlyMap<string, OpenColumn>, row: number): string {
  const value = (name: string) => columns.get(name)?.values[row] ?? NaN;
  const text = (name: string) => {
    const column = columns.get(name);
    return column?.texts?.[column.values[row]] ?? "";
  };
  const e2e = value("e2e_s");
  const told = [`arrived ${value("arrival_s").toFixed(1)} s`];
  for (const [name, words] of Object.entries(PARTS)) {
    const seconds = value(name);
    if (seconds > LEAST_SHARE * (Number.isNaN(e2e) ? 0 : e2e)) {
      told.push(`${words} ${secondsText(seconds)}`);
    }
  }
  if (!columns.has("prefill_s")) {
    const wait = value("cold_start_wait_s");
    if (wait > 0) told.push(`waited for an instance to start ${secondsText(wait)}`);
    told.push(`scheduled after ${secondsText(value("scheduling_delay_s"))}`);
  }
  const preemptions = value("preemptions");
  if (preemptions > 0) {
    told.push(`preempted ${preemptions === 1 ? "once" : `${preemptions} times`}`);
  }
  if (!Number.isNaN(e2e)) {
    told.push(
      `${value("prompt_tokens")} + ${value("output_tokens")} tokens, ` +
        `TTFT ${secondsText(value("ttft_s"))}, E2E ${secondsText(e2e)}`,
    );
  }
  if (text("outcome") !== "completed") told.push(text("outcome").replaceAll("_", " "));
  return told.join("; ");
}
