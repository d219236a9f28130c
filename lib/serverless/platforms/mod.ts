/**
 * Platforms: how known serverless platforms scale, keep alive, queue and bill, as partial
 * configurations. Read platform_preset.ts.
 * @module
 */
export * from "./platform_preset.ts";
