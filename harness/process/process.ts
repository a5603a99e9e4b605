/**
 * Runs processes (generators that yield what they wait for). Both worlds use this runner: nothing in it knows what time
 * is. One `ProcessGroup` is one side of a migration: it can be frozen, thawed, killed, and asked to cancel.
 */
import { Cancelled, type Process, type Wait } from "../contract/ports.ts";

type Settle =
  | { readonly kind: "resume"; readonly value: unknown }
  | { readonly kind: "throw"; readonly error: unknown };

class Runner {
  #stop: (() => void) | null = null;
  #done = false;
  #running = false;
  /** What is to be thrown at the next yield of a process that was interrupted while it ran. */
  #pending: { readonly error: unknown } | null = null;

  constructor(
    readonly group: ProcessGroup,
    readonly generator: Process<unknown>,
    readonly onDone: (value: unknown) => void,
    readonly onError: (error: unknown) => void,
  ) {}

  start(): void {
    this.#step({ kind: "resume", value: undefined });
  }

  /** Throws at the yield where the process waits now. */
  interrupt(error: unknown): void {
    if (this.#done) return;
    // Its wait may end while the side is frozen: then it is interrupted at the next one.
    if (this.group.defer(() => this.interrupt(error))) return;
    if (this.#running) {
      this.#pending ??= { error };
      return;
    }
    this.#stop?.();
    this.#stop = null;
    this.settle({ kind: "throw", error });
  }

  settle(how: Settle): void {
    if (!this.#done && !this.group.defer(() => this.#step(how))) this.#step(how);
  }

  #step(first: Settle): void {
    let how: Settle | null = first;
    while (how !== null) {
      const result = this.#resume(how);
      if (result === null) return;
      if (result.done === true) {
        this.#done = true;
        this.onDone(result.value);
        return;
      }
      how = this.#waitFor(result.value);
    }
  }

  /** Starts the wait, unless the process was interrupted meanwhile; how it goes on, or null when it has to wait. */
  #waitFor(what: Wait<unknown>): Settle | null {
    // What starts a wait may end others, and one of those may interrupt this very process.
    this.#running = true;
    const how = this.#pending === null ? this.#begin(what) : null;
    this.#running = false;
    if (this.#pending === null) return how;
    const { error } = this.#pending;
    this.#pending = null;
    this.#stop?.();
    this.#stop = null;
    return { kind: "throw", error };
  }

  /** Runs the generator to its next yield or end; null when it threw, which has been reported then. */
  #resume(how: Settle): IteratorResult<Wait<unknown>, unknown> | null {
    this.#running = true;
    try {
      return how.kind === "throw" ? this.generator.throw(how.error) : this.generator.next(how.value);
    } catch (error) {
      this.#done = true;
      this.onError(error);
      return null;
    } finally {
      this.#running = false;
    }
  }

  /** Starts a wait. Returns how it ended if it did so at once, which spares the stack in long loops. */
  #begin(what: Wait<unknown>): Settle | null {
    let starting = true;
    let ended: Settle | null = null;
    let abandoned = false;
    const end = (how: Settle) => {
      // Whoever ends several waits at once may come to one that was abandoned a moment ago because of another.
      if (abandoned) return;
      if (ended !== null) throw new Error("a wait ended twice");
      ended = how;
      if (starting) return;
      this.#stop = null;
      this.settle(how);
    };
    const stop = what.start(
      (value) => end({ kind: "resume", value }),
      (error) => end({ kind: "throw", error }),
    );
    starting = false;
    if (ended === null) {
      this.#stop = () => {
        abandoned = true;
        stop();
      };
      return null;
    }
    const how: Settle = ended;
    return this.group.defer(() => this.#step(how)) ? null : how;
  }

  kill(): void {
    this.#done = true;
    this.#stop?.();
    this.#stop = null;
  }
}

export class ProcessGroup {
  #root: Runner | null = null;
  #live = new Set<Runner>();
  #deferred: (() => void)[] = [];
  #frozen = false;
  #killed = false;
  #shielded = false;
  #cancel: Cancelled | null = null;

  /** Starts the side's main process. */
  run<T>(process: Process<T>, onDone: (value: T) => void, onError: (error: unknown) => void): void {
    this.#root = this.#spawn(process, onDone as (value: unknown) => void, onError);
    this.#root.start();
  }

  #spawn(process: Process<unknown>, onDone: (value: unknown) => void, onError: (error: unknown) => void): Runner {
    const runner: Runner = new Runner(
      this,
      process,
      (value) => {
        this.#live.delete(runner);
        onDone(value);
      },
      (error) => {
        this.#live.delete(runner);
        onError(error);
      },
    );
    this.#live.add(runner);
    return runner;
  }

  /** Waits for all children; the first failure interrupts the others and is passed on once they have ended. */
  all(processes: Process<void>[]): Wait<void> {
    return {
      start: (resume, fail) => {
        let open = processes.length;
        let failure: { error: unknown } | null = null;
        if (open === 0) {
          resume();
          return () => {};
        }
        const runners: Runner[] = [];
        const finish = () => {
          if (--open > 0) return;
          if (failure === null) resume();
          else fail(failure.error);
        };
        const onError = (error: unknown) => {
          const first = failure === null;
          failure ??= { error };
          if (first) for (const runner of runners) runner.interrupt(new Cancelled("a sibling failed"));
          finish();
        };
        for (const process of processes) runners.push(this.#spawn(process, finish, onError));
        for (const runner of runners) {
          // A failure interrupts the siblings, those that have not started included.
          if (failure !== null) break;
          runner.start();
        }
        // Children hold nothing but memory: what they opened belongs to their parent, which is being interrupted.
        return () => {
          for (const runner of runners) {
            runner.kill();
            this.#live.delete(runner);
          }
        };
      },
    };
  }

  /** Keeps a step for later when the side is frozen; swallows it when it is dead. */
  defer(step: () => void): boolean {
    if (this.#killed) return true;
    if (!this.#frozen) return false;
    this.#deferred.push(step);
    return true;
  }

  /** Asks the main process to cancel. Returns false when it is shielded, has ended or was asked before. */
  cancel(reason: Cancelled): boolean {
    if (this.#shielded || this.#killed || this.#cancel !== null || this.#root === null || !this.#live.has(this.#root))
      return false;
    this.#cancel = reason;
    this.#root.interrupt(reason);
    return true;
  }

  /** From now on cancel requests are refused. */
  shield(): void {
    this.#shielded = true;
  }

  freeze(): void {
    this.#frozen = true;
  }

  thaw(): void {
    this.#frozen = false;
    for (const step of this.#deferred.splice(0)) step();
  }

  /** Ends everything at once; no clean-up code of the processes runs, as with SIGKILL. */
  kill(): void {
    this.#killed = true;
    for (const runner of this.#live) runner.kill();
    this.#live.clear();
  }
}
