export { showValue } from "../std/show_value.ts";
