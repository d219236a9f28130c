/**
 * The vocabulary of declarations: what may be set, with unit, range, default and sentence, and
 * policies that are chosen by name from one table per kind. Read setting.ts first, then policy.ts.
 *
 * @module
 */
export * from "./collections.ts";
export * from "./from_table.ts";
export * from "./placed_settings.ts";
export * from "./plausible.ts";
export * from "./policy.ts";
export * from "./quantities.ts";
export * from "./setting.ts";
export * from "./share.ts";
export * from "./units.ts";
