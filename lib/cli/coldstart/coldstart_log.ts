import { parseInput } from "../../std/input_error.ts";
import { parseColdStartPreset } from "../../serverless/cold_start/parse_preset.ts";
import { presetFromVllmLog } from "../../serverless/cold_start/preset_from_log.ts";
import { readVllmLog } from "../../serverless/cold_start/vllm_log.ts";
import { readInput, STANDARD_INPUT } from "../read_input.ts";

/**
 * The preset of a start-up log, as YAML.
 *
 * @throws {InputError} If the file is no such log.
 */
export function presetFromLog(file: string): string {
  const what = "a start-up log of vLLM";
  const source = file === STANDARD_INPUT ? "standard input" : file.split(/[\\/]/).at(-1)!;
  return parseInput({ file, what }, readInput(file, what), (text) => {
    const preset = presetFromVllmLog(readVllmLog(text), source);
    // What is printed is one that a run takes.
    parseColdStartPreset(preset, source);
    return preset;
  });
}
