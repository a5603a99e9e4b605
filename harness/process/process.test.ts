import { describe, expect, test } from "vitest";
import { Cancelled, type Process, type Wait, wait } from "../contract/index.ts";
import { ProcessGroup } from "./process.ts";

/** A wait that the test ends by hand. */
function gate<T>(): Wait<T> & { open(value: T): void; fail(error: unknown): void; stopped: boolean } {
  let resume: (value: T) => void = () => {};
  let fail: (error: unknown) => void = () => {};
  const it = {
    stopped: false,
    start(onValue: (value: T) => void, onError: (error: unknown) => void) {
      resume = onValue;
      fail = onError;
      return () => {
        it.stopped = true;
      };
    },
    open: (value: T) => resume(value),
    fail: (error: unknown) => fail(error),
  };
  return it;
}
const immediate = <T>(value: T): Wait<T> => ({
  start: (resume) => {
    resume(value);
    return () => {};
  },
});

function run<T>(group: ProcessGroup, process: Process<T>): { value?: T; error?: unknown } {
  const result: { value?: T; error?: unknown } = {};
  group.run(
    process,
    (value) => {
      result.value = value;
    },
    (error) => {
      result.error = error;
    },
  );
  return result;
}

describe("a process", () => {
  test("is resumed with what it waited for", () => {
    const door = gate<number>();
    const result = run(
      new ProcessGroup(),
      (function* () {
        return (yield* wait(door)) + 1;
      })(),
    );
    expect(result).toEqual({});
    door.open(41);
    expect(result).toEqual({ value: 42 });
  });

  test("does not grow the stack when its waits end at once", () => {
    const result = run(
      new ProcessGroup(),
      (function* () {
        let sum = 0;
        for (let n = 0; n < 100_000; n++) sum += yield* wait(immediate(1));
        return sum;
      })(),
    );
    expect(result.value).toBe(100_000);
  });

  test("sees the failure of what it waits for as an exception", () => {
    const door = gate<void>();
    const result = run(
      new ProcessGroup(),
      (function* () {
        try {
          yield* wait(door);
        } catch (error) {
          return (error as Error).message;
        }
        return "no error";
      })(),
    );
    door.fail(new Error("gone"));
    expect(result.value).toBe("gone");
  });

  test("reports what it throws", () => {
    const error = new Error("bug");
    const result = run(
      new ProcessGroup(),
      // biome-ignore lint/correctness/useYield: it ends before it waits
      (function* (): Process<void> {
        throw error;
      })(),
    );
    expect(result.error).toBe(error);
  });
});

describe("an interrupt", () => {
  test("of a process that is running waits for its next yield", () => {
    const group = new ProcessGroup();
    const door = gate<void>();
    const seen: string[] = [];
    function* failsItsSibling(): Process<void> {
      yield* wait(immediate(1));
      other.fail(new Error("sibling failed"));
      seen.push("still running");
      yield* wait(door);
    }
    const other = gate<void>();
    const result = run(
      group,
      (function* () {
        yield* wait(group.all([wait(other), failsItsSibling()]));
      })(),
    );
    expect(seen).toEqual(["still running"]);
    expect((result.error as Error).message).toBe("sibling failed");
  });

  test("that comes while a wait begins is thrown at that wait", () => {
    const group = new ProcessGroup();
    const other = gate<void>();
    const failsOther: Wait<void> = {
      start: (resume) => {
        other.fail(new Error("sibling failed"));
        resume();
        return () => {};
      },
    };
    const seen: string[] = [];
    function* begins(): Process<void> {
      try {
        yield* wait(failsOther);
        seen.push("went on");
      } catch (error) {
        seen.push((error as Error).message);
      }
    }
    const result = run(
      group,
      (function* () {
        yield* wait(group.all([wait(other), begins()]));
      })(),
    );
    expect(seen).toEqual(["a sibling failed"]);
    expect((result.error as Error).message).toBe("sibling failed");
  });
});

describe("cancel", () => {
  function* careful(door: Wait<void>, group: ProcessGroup, shieldFirst: boolean): Process<string> {
    if (shieldFirst) group.shield();
    try {
      yield* wait(door);
      return "done";
    } catch (error) {
      return (error as Error).message;
    }
  }

  test("interrupts the wait and stops what was waited for", () => {
    const group = new ProcessGroup();
    const door = gate<void>();
    const result = run(group, careful(door, group, false));
    expect(group.cancel(new Cancelled("stop"))).toBe(true);
    expect(result.value).toBe("stop");
    expect(door.stopped).toBe(true);
    expect(group.cancel(new Cancelled("again"))).toBe(false);
  });

  test("is refused behind the shield", () => {
    const group = new ProcessGroup();
    const door = gate<void>();
    const result = run(group, careful(door, group, true));
    expect(group.cancel(new Cancelled("stop"))).toBe(false);
    door.open();
    expect(result.value).toBe("done");
  });
});

describe("children", () => {
  test("end before their parent goes on", () => {
    const group = new ProcessGroup();
    const doors = [gate<void>(), gate<void>()];
    const result = run(
      group,
      (function* () {
        yield* wait(group.all(doors.map((door) => wait(door))));
        return "both";
      })(),
    );
    doors[1].open();
    expect(result).toEqual({});
    doors[0].open();
    expect(result.value).toBe("both");
  });

  test("the first failure interrupts the siblings and reaches the parent", () => {
    const group = new ProcessGroup();
    const doors = [gate<void>(), gate<void>()];
    const result = run(
      group,
      (function* () {
        yield* wait(group.all(doors.map((door) => wait(door))));
      })(),
    );
    const error = new Error("first");
    doors[0].fail(error);
    expect(doors[1].stopped).toBe(true);
    expect(result.error).toBe(error);
  });

  test("a child that fails at once keeps later ones from starting", () => {
    const group = new ProcessGroup();
    let started = false;
    // biome-ignore lint/correctness/useYield: it ends before it waits
    function* failing(): Process<void> {
      throw new Error("at once");
    }
    // biome-ignore lint/correctness/useYield: it must not even begin
    function* later(): Process<void> {
      started = true;
    }
    const result = run(
      group,
      (function* () {
        yield* wait(group.all([failing(), later()]));
      })(),
    );
    expect((result.error as Error).message).toBe("at once");
    expect(started).toBe(false);
  });
});

describe("a side", () => {
  test("does nothing while frozen and catches up when thawed", () => {
    const group = new ProcessGroup();
    const door = gate<string>();
    const result = run(group, wait(door));
    group.freeze();
    door.open("late");
    expect(result).toEqual({});
    group.thaw();
    expect(result.value).toBe("late");
  });

  test("a wait that ended and an interrupt, both while frozen, happen one after the other", () => {
    const group = new ProcessGroup();
    const doors = [gate<string>(), gate<string>()];
    const seen: string[] = [];
    const result = run(
      group,
      (function* (): Process<string> {
        seen.push(yield* wait(doors[0]));
        return yield* wait(doors[1]);
      })(),
    );
    group.freeze();
    doors[0].open("first");
    group.cancel(new Cancelled("stop"));
    group.thaw();
    expect(seen).toEqual(["first"]);
    expect(doors[1].stopped).toBe(true);
    expect((result.error as Error).message).toBe("stop");
    doors[1].open("too late");
    expect(result.value).toBeUndefined();
  });

  test("does nothing ever again once killed", () => {
    const group = new ProcessGroup();
    const door = gate<string>();
    const result = run(group, wait(door));
    group.kill();
    expect(door.stopped).toBe(true);
    door.open("too late");
    expect(result).toEqual({});
    expect(group.cancel(new Cancelled("stop"))).toBe(false);
  });
});
