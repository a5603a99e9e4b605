import type { Verdict } from "../contract/index.ts";

/** Exit codes of the command line; scripts depend on them. */
export const EXIT = {
  pass: 0,
  failed: 1,
  usage: 2,
  inconclusive: 3,
  bug: 70,
  interrupted: 130,
} as const;

/**
 * The exit code of a run. A cell that the harness could not run or judge outweighs a failed one, because it leaves open
 * what was asked; a run in which nothing at all was tried tells nothing and is never green.
 */
export function exitCodeOf(verdicts: Readonly<Record<Verdict, number>>, interrupted: boolean): number {
  if (interrupted) return EXIT.interrupted;
  if (verdicts.error > 0) return EXIT.bug;
  if (verdicts.fail > 0) return EXIT.failed;
  if (verdicts.inconclusive > 0) return EXIT.inconclusive;
  return verdicts.pass + verdicts["expected-fail"] > 0 ? EXIT.pass : EXIT.inconclusive;
}
