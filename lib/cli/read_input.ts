export {
  readableReason,
  readInput,
  readInputBytes,
  STANDARD_INPUT,
} from "../results/read_input.ts";
