import type { ReadContext } from "../format.ts";

/** Characters of a token where nobody says otherwise: English text in the vocabularies of today. */
const CHARACTERS_PER_TOKEN = 4;

/** Tokens of texts, by their characters; the trace's notices say so. */
export function textTokens({ builder, options }: ReadContext): (text: string) => number {
  const { charactersPerToken = CHARACTERS_PER_TOKEN } = options;
  builder.note(
    `it holds texts: a token is taken as ${charactersPerToken} characters of them ` +
      `(workload.trace.characters_per_token)`,
  );
  return (text) => text === "" ? 0 : Math.max(1, Math.round(text.length / charactersPerToken));
}
