/** The numbers of a request: seeds, repeats, the shard. */
import { UsageError } from "../base/errors.ts";
import { hashText } from "../base/random.ts";

/** More than this is a mistake, not a plan. */
export const MAX_CELLS = 1_000_000;

function wholeNumber(option: string, given: number, minimum: number): number {
  if (Number.isSafeInteger(given) && given >= minimum) return given;
  throw new UsageError(`${option} is ${given}; it must be a whole number of at least ${minimum}`);
}

export interface Repetition {
  readonly seeds: readonly number[];
  readonly repeat: number;
}

export function repetition(request: { seed?: number; seeds?: number; repeat?: number }): Repetition {
  const first = wholeNumber("--seed", request.seed ?? 1, 0);
  const count = wholeNumber("--seeds", request.seeds ?? 1, 1);
  const repeat = wholeNumber("--repeat", request.repeat ?? 1, 1);
  if (first > Number.MAX_SAFE_INTEGER - count + 1)
    throw new UsageError(`--seed ${first} leaves no room for --seeds ${count}; start at a smaller one`);
  if (count * repeat > MAX_CELLS)
    throw new UsageError(`--seeds ${count} times --repeat ${repeat} is more than ${MAX_CELLS} cells; ask for fewer`);
  return { seeds: Array.from({ length: count }, (_, index) => first + index), repeat };
}

export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly of: number;
}

export function parseShard(text: string): Shard {
  const match = /^(\d{1,6})\/(\d{1,6})$/.exec(text);
  const index = Number(match?.[1]);
  const of = Number(match?.[2]);
  if (match && index >= 1 && index <= of) return { index, of };
  throw new UsageError(`--shard is "${text}"; write i/n with i from 1 to n, for example 1/4`);
}

/** Every id is in exactly one of `of` shards, whatever else is in the plan. */
export const inShard = (id: string, shard: Shard): boolean => hashText(id) % shard.of === shard.index - 1;
