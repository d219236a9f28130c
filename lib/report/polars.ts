/**
 * Data frames for notebooks, which import them as "nodejs-polars". Nothing else does: the package
 * brings native code of more than 200 MB.
 *
 * @module
 */
export { default } from "npm:nodejs-polars@0.25.2";
export * from "npm:nodejs-polars@0.25.2";
