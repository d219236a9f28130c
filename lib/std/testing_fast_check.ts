/**
 * Property tests by fast-check, which tests import as "fast-check".
 *
 * @module
 */
export { default } from "npm:fast-check@4.10.2";
export * from "npm:fast-check@4.10.2";
