/**
 * Speculative decoding: what drafts cost, and how much of them is accepted. Read acceptance.ts first,
 * then draft_time.ts and methods.ts.
 */
export * from "./acceptance.ts";
export * from "./acceptance_draws.ts";
export * from "./draft_time.ts";
export * from "./methods/method.ts";
export * from "./methods/methods.ts";
