/**
 * Laws of prompt and output lengths, as files name them. Read law.ts first; the table is laws.ts.
 * @module
 */
export * from "./law.ts";
export * from "./laws.ts";
