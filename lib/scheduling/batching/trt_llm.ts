import { withDefaults } from "../../settings/from_table.ts";
import { choice, flag } from "../../settings/quantities.ts";
import type { BatchingEntry, BatchingStrategy, KvOutlook, StepBuilder } from "./strategy.ts";

/** Settings of `trt-llm`. */
export type TrtLlmSettings = {
  readonly capacityPolicy: "guaranteed-no-evict" | "max-utilization";
  readonly chunkedPrefill: boolean;
};

/** `trt-llm` as files name it. */
export const trtLlmStrategy: BatchingEntry<"trt-llm", TrtLlmSettings> = {
  name: "trt-llm",
  aliases: ["tensorrt-llm"],
  describe: "TensorRT-LLM's in-flight batching: who fits first, then what of it into the step.",
  section: null,
  settings: {
    capacityPolicy: choice(["guaranteed-no-evict", "max-utilization"], {
      wanted: "a capacity policy",
      default: "guaranteed-no-evict",
      otherNames: {
        guaranteed_no_evict: "guaranteed-no-evict",
        max_utilization: "max-utilization",
      },
      describe: "Whom `trt-llm` lets in: who has room for all output that it may have, so that " +
        "nobody is ever paused, or who has room for its next step.",
    }),
    chunkedPrefill: flag({
      default: false,
      describe: "Whether `trt-llm` cuts prompts that are longer than what is left of a step.",
      aliases: ["enable_chunked_prefill"],
    }),
  },
  laws: {
    options: { chunkedPrefill: true, capacityPolicy: "max-utilization" },
    skip: [
      { law: "static batch", reason: "sequences join and leave between steps" },
      {
        law: "first come, first served",
        reason: "a prompt that fits what is left of a step goes before one that does not",
      },
      { law: "queue order", reason: "the same, and a prompt waits for another's blocks" },
      { law: "prompt", reason: "a prompt waits until blocks that it shares are computed" },
    ],
  },
  create: trtLlm,
};

/** What of a step is left while it is formed. */
interface StepRoom {
  tokens: number;
  blocks: number;
  /** First blocks that prompts of this step are going to add to the cache. */
  readonly newBlocks: Set<number>;
  chunks: number;
}

/**
 * TensorRT-LLM's in-flight batching in two parts. The capacity scheduler finds whom the KV blocks
 * suffice for, in order of arrival: under `guaranteed-no-evict` a request is let in when there is room
 * for its prompt and all the output that it may have, beside what everybody inside still needs for
 * theirs; under `max-utilization` when there is room for its prompt, and who came last is paused when
 * somebody lacks a block. Cached blocks are no credit to who comes. A request whose next block somebody
 * in the step is computing is passed over, to find it in the cache. The micro-batch scheduler then puts
 * decodes into the step, and prompts as far as its tokens go: whole ones, up to the first that is too
 * long for what is left; or, with chunks, parts of whole blocks of those that are.
 *
 * @source TensorRT-LLM 1.0, cpp/tensorrt_llm/batch_manager/capacityScheduler.cpp and
 * microBatchScheduler.cpp, tensorrt_llm/_torch/pyexecutor/scheduler.py (behaviour)
 */
export function trtLlm(options: Partial<TrtLlmSettings> = {}): BatchingStrategy {
  const { capacityPolicy, chunkedPrefill } = withDefaults(trtLlmStrategy.settings, options);
  const keepsRoom = capacityPolicy === "guaranteed-no-evict";
  return {
    name: "trt-llm",
    reservation: "prompt",
    holdsFinished: false,
    preemption: "recompute",
    cachesComputed: "prompt",
    requeues: "arrival",
    passesOver: true,
    repeatsDecode: true,
    plan(step) {
      const { outlook } = step;
      if (keepsRoom) guaranteedNoEvict(step);
      else pauseLast(step);
      if (step.returning > 0 && step.preempted === 0) step.bringBack(0);
      // The block that a decode takes now is one of those that were promised.
      const unpromised = keepsRoom && step.waiting > 0
        ? outlook.freeBlocks - promisedBlocks(outlook)
        : 0;
      if (step.decoding > 0) step.decodeAll();
      const room: StepRoom = {
        tokens: step.maxTokensPerStep - step.decoding * step.tokensPerDecode,
        blocks: keepsRoom ? unpromised : outlook.freeBlocks,
        newBlocks: new Set(),
        chunks: 0,
      };
      if (step.running > step.decoding) goOn(step, room);
      if (step.preempted > 0 || step.waiting === 0) return;
      letIn(step, room, { keepsRoom, chunkedPrefill });
      outlook.putBack();
    },
  };
}

/** Everybody inside has room for a token more: that is what was asked for when it was let in. */
function guaranteedNoEvict(step: StepBuilder): void {
  const { outlook } = step;
  if (outlook.lackingBlocks > outlook.freeBlocks) pauseLast(step);
}

/** Takes those out who came last until the others have room for a token each. */
function pauseLast({ outlook }: StepBuilder): void {
  while (outlook.lackingBlocks > outlook.freeBlocks) {
    const last = outlook.lastComer();
    if (last < 0) return;
    outlook.retract(last);
  }
}

/** KV blocks for a prompt and the output that its client states. */
function blocksToTheEnd(outlook: KvOutlook, promptTokens: number): number {
  const blocks = Math.ceil(
    (promptTokens + outlook.statedTokens(promptTokens)) / outlook.blockTokens,
  );
  return Math.min(blocks, outlook.capacityBlocks);
}

/** KV blocks that everybody inside may still need beyond those that it has. */
function promisedBlocks(outlook: KvOutlook): number {
  let blocks = 0;
  for (const slot of outlook.slots) {
    const all = blocksToTheEnd(outlook, outlook.promptTokens(slot));
    blocks += Math.max(0, all - outlook.blocksHeld(slot));
  }
  return blocks;
}

/** Computes more of the prompts in progress, in their order, before others. */
function goOn(step: StepBuilder, room: StepRoom): void {
  const { outlook } = step;
  const slots = [...outlook.slots].filter((slot) => outlook.prefills(slot));
  slots.sort((one, other) => outlook.comesBefore(one, other) ? -1 : 1);
  for (const slot of slots) {
    room.newBlocks.add(outlook.newBlockOf(slot));
    const tokens = chunkOf(outlook, room, step.prefillRemaining(slot), room.tokens);
    if (tokens <= 0) continue;
    step.prefill(slot, tokens);
    room.tokens -= tokens;
    room.chunks++;
  }
}

/** Tokens of a prompt of which `left` are to be computed: all, or as many whole blocks as fit. */
function chunkOf(outlook: KvOutlook, room: StepRoom, left: number, budget: number): number {
  if (left <= budget) return left;
  const whole = Math.floor(budget / outlook.blockTokens) * outlook.blockTokens;
  // A budget below a block is used as it is rather than never.
  return whole === 0 && room.chunks === 0 ? Math.max(0, budget) : whole;
}

/** A whole prompt if it fits; one that is longer than a step runs in a step of its own. */
function wholeOf(step: StepBuilder, room: StepRoom, tokens: number): number {
  const isAlone = room.chunks === 0 && step.decoding === 0;
  return tokens <= room.tokens || isAlone ? tokens : 0;
}

/** Lets waiting requests in as far as blocks and tokens go. */
function letIn(
  step: StepBuilder,
  room: StepRoom,
  { keepsRoom, chunkedPrefill }: { readonly keepsRoom: boolean; readonly chunkedPrefill: boolean },
): void {
  const { outlook } = step;
  for (let seen = step.running; seen < step.maxSequences && room.tokens > 0;) {
    if (!outlook.look()) return;
    const { waitingTokens, waitingPromptTokens, blockTokens } = outlook;
    const newBlock = outlook.firstNewBlock();
    if (newBlock >= 0 && room.newBlocks.has(newBlock)) {
      outlook.passOver();
      continue;
    }
    const prompt = Math.ceil(waitingTokens / blockTokens);
    const blocks = keepsRoom
      ? Math.max(prompt, blocksToTheEnd(outlook, waitingPromptTokens))
      : prompt;
    // What is cached is found only when the request is in the step, and counts as computed until then.
    const most = chunkedPrefill
      ? chunkOf(outlook, room, waitingTokens, room.tokens)
      : wholeOf(step, room, waitingTokens);
    if (blocks > room.blocks || prompt - outlook.matchedBlocks > outlook.freeBesideBlocks) {
      // Decodes take blocks, but leave the budget as it is: it is the reason for as long as it is one.
      if (most > 0) outlook.lacksBlocks();
      return;
    }
    if (most <= 0 && !chunkedPrefill) return;
    seen++;
    if (most <= 0) {
      outlook.passOver();
      continue;
    }
    room.blocks -= blocks;
    room.newBlocks.add(newBlock);
    const done = outlook.matchedBlocks * blockTokens;
    const slot = outlook.enter(prompt);
    if (slot < 0) return;
    step.prefill(slot, within(done, most, waitingTokens, blockTokens));
    room.tokens -= most;
    room.chunks++;
  }
}

/** Tokens of a chunk after `done` cached ones: to the end, or to the last whole block within. */
function within(done: number, most: number, target: number, blockTokens: number): number {
  if (done + most >= target) return target - done;
  const end = Math.floor((done + most) / blockTokens) * blockTokens;
  return end > done ? end - done : most;
}
