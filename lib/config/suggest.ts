export { suggest } from "../std/suggest.ts";
