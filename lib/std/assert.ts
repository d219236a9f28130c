/**
 * Assertions under the names of `node:assert/strict`. The strict functions are named one by one,
 * because `node:assert/strict` hands out the loose `equal` and `deepEqual` to named imports.
 *
 * @module
 */
export {
  deepStrictEqual,
  deepStrictEqual as deepEqual,
  doesNotMatch,
  doesNotThrow,
  fail,
  match,
  notDeepStrictEqual as notDeepEqual,
  notStrictEqual,
  notStrictEqual as notEqual,
  ok,
  rejects,
  strictEqual,
  strictEqual as equal,
  throws,
} from "node:assert";
export { strict as default } from "node:assert";
