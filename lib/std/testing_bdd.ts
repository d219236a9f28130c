/**
 * Tests in the describe/it style with the names of `@std/testing/bdd`, over node:test, which runs
 * under `deno test`.
 *
 * @module
 */
export {
  after as afterAll,
  afterEach,
  before as beforeAll,
  beforeEach,
  describe,
  it,
} from "node:test";
