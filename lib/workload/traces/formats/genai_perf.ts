import { BadRow } from "../bad_row.ts";
import type { TraceEntry } from "../format.ts";
import { readAs } from "../trace_reader.ts";
import { isRecord } from "../json_row.ts";
import { textTokens } from "./text_tokens.ts";

/** All texts within a value, one after the other. */
function textsIn(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(textsIn).join("");
  if (!isRecord(value)) return "";
  return ["messages", "content", "text", "prompt", "text_input"]
    .map((key) => textsIn(value[key])).join("");
}

/** What a JSON text says; the text itself if it is none. */
function parsed(text: unknown): unknown {
  if (typeof text !== "string") return text;
  try {
    return JSON.parse(text.replace(/^data:\s*/, ""));
  } catch {
    return undefined;
  }
}

/** Text of one response: an event of a stream, or a whole answer. */
function responseText(output: unknown): string {
  if (!isRecord(output)) return "";
  if (typeof output.text_output === "string") return output.text_output;
  const answer = parsed(output.response);
  const choices = isRecord(answer) && Array.isArray(answer.choices) ? answer.choices : [];
  return choices.map((choice) =>
    isRecord(choice)
      ? textsIn(isRecord(choice.delta) ? choice.delta : choice.message ?? choice.text)
      : ""
  ).join("");
}

/** Profile exports of GenAI-Perf. */
export const genaiPerfFormat: TraceEntry<"genai-perf"> = {
  name: "genai-perf",
  article: "a GenAI-Perf export",
  describe: "GenAI-Perf: `profile_export.json`, requests with their texts.",
  source: "https://github.com/triton-inference-server/perf_analyzer, genai-perf/docs/files.md",
  example:
    '{"experiments": [{"experiment": {"mode": "request_rate", "value": 2.0}, "requests": [\n' +
    '  {"timestamp": 1759813207532900363, "request_inputs": {"text_input": "This is a test"}, ' +
    '"response_timestamps": [1759813207632900363], "response_outputs": [{"text_output": "I like it"}]}\n]}]}\n',
  assumes:
    "Nanoseconds, from the earliest. Prompts are 4 characters a token (`characters_per_token`), and so " +
    "are answers that came in one piece; those of streams are a token for each piece of text. " +
    "Requests without an answer have failed: `failed: drop` (default) or `prefill-only`. The first of " +
    "several experiments is read.",
  refuses: "A file without experiments or requests, a request without a prompt.",
  unit: { is: "ns" },
  failed: "drop",
  recognises: ({ first }) => first !== undefined && Array.isArray(first.experiments),
  settings: {},
  create: (_options, needs) => readAs(genaiPerfFormat, needs),
  rows: {
    kind: "json",
    open(context) {
      const { builder } = context;
      const tokens = textTokens(context);
      return {
        row({ value: { experiments }, place }) {
          const list = Array.isArray(experiments) ? experiments : [];
          const requests = isRecord(list[0]) ? list[0].requests : undefined;
          if (!Array.isArray(requests)) {
            throw new BadRow(
              place("experiments"),
              "experiments",
              "some with requests",
              experiments,
            );
          }
          if (list.length > 1) builder.note(`the first of its ${list.length} experiments is read`);
          requests.forEach((request: unknown, i) =>
            builder.row(() => {
              const refused = (what: string, wanted: string) =>
                new BadRow(place("requests"), what, wanted, request);
              if (!isRecord(request)) throw refused(`request ${i}`, "an object");
              const inputs = isRecord(request.request_inputs) ? request.request_inputs : {};
              const prompt = tokens(textsIn(parsed(inputs.payload) ?? inputs));
              if (prompt === 0) throw refused(`request_inputs of request ${i}`, "a prompt");
              const at = builder.instant(
                request.timestamp,
                () => place("timestamp"),
                `timestamp of request ${i}`,
              );
              const outputs = Array.isArray(request.response_outputs)
                ? request.response_outputs.map(responseText).filter((text) => text !== "")
                : [];
              const output = outputs.length > 1 ? outputs.length : tokens(outputs.join(""));
              builder.push(
                at,
                prompt,
                output > 0
                  ? output
                  : builder.failedCall(() => refused(`request ${i}`, "one with an answer")),
              );
            })
          );
        },
      };
    },
  },
};
