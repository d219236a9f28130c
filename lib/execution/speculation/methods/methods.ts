import type { NameOf, PolicyTable } from "../../../settings/policy.ts";
import { draftModelMethod } from "./draft_model.ts";
import type { MethodFacts } from "./method.ts";
import { eagleMethod } from "./eagle.ts";
import { mtpMethod } from "./mtp.ts";
import { ngramMethod } from "./ngram.ts";

/** The ways to speculate. A new one is one file and one line here. */
export const SPECULATION_METHODS = {
  wanted: "a speculation method",
  entries: [
    draftModelMethod,
    eagleMethod,
    mtpMethod,
    ngramMethod,
  ],
} as const satisfies PolicyTable;

/** What a method needs; undefined for `none`. */
export function methodFacts(method: string): MethodFacts | undefined {
  const entries: readonly (MethodFacts & { readonly name: string })[] = SPECULATION_METHODS.entries;
  return entries.find(({ name }) => name === method);
}

/** Names of speculation methods. */
export type SpeculationName = NameOf<typeof SPECULATION_METHODS>;
