/**
 * Steps that a real engine logged, against predicted ones. Read `step_log.ts` for the logs, then
 * `step_errors.ts`.
 */
export * from "./step_errors.ts";
export * from "./step_log.ts";
