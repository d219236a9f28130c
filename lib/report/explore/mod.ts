/**
 * A page that answers while a visitor moves knobs: the simulator itself runs in it. Read knobs.ts first,
 * then main.ts (the page) and worker.ts (the simulator beside it).
 *
 * @module
 */
export { indexText, START_PROGRAM } from "./index_text.ts";
export { pageBase } from "./page_base.ts";
export type { PageBase } from "./messages.ts";
