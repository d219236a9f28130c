/**
 * Property tests by fast-check, which tests import as "fast-check". Their cases are the same in
 * each run, so that a test fails where a change made it fail; `FAST_CHECK_SEED=any` draws others.
 *
 * @module
 */
import { configureGlobal } from "npm:fast-check@4.10.2";

export { default } from "npm:fast-check@4.10.2";
export * from "npm:fast-check@4.10.2";

const seed = Deno.env.get("FAST_CHECK_SEED") ?? "20261130";
if (seed !== "any") configureGlobal({ seed: Number(seed) });
