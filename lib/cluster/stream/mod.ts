/**
 * Runs whose requests are too many for memory: those inside have places in a window, those that have
 * ended are kept elsewhere. Read request_window.ts first.
 * @module
 */
export * from "./request_window.ts";
export * from "./streamed_arrivals.ts";
