import fc from "fast-check";
import { expect, test } from "vitest";
import { UsageError } from "../base/errors.ts";
import type { LinkEvent, LossModel } from "../contract/index.ts";
import { parseMahimahi } from "./mahimahi.ts";
import { canonicalLink, type LinkOptions, linkHash, makeLink, parseLink } from "./spec.ts";

const message = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return "nothing was thrown";
};

test("a link in full: everything that is left out is derived or default", () => {
  expect(parseLink("rate=1Gbps,rtt=150ms,loss=0.01%,cc=bbr,streams=4")).toMatchInlineSnapshot(`
    {
      "events": [],
      "forward": {
        "crossTraffic": {
          "flows": 0,
          "rateBitsPerSecond": 0,
        },
        "jitterNs": 0,
        "loss": {
          "model": "bernoulli",
          "probability": 0.0001,
        },
        "mtuBytes": 1500,
        "oneWayDelayNs": 75000000,
        "queueBytes": 18750000,
        "rateBitsPerSecond": 1000000000,
        "trace": null,
      },
      "reverse": {
        "crossTraffic": {
          "flows": 0,
          "rateBitsPerSecond": 0,
        },
        "jitterNs": 0,
        "loss": {
          "model": "bernoulli",
          "probability": 0.0001,
        },
        "mtuBytes": 1500,
        "oneWayDelayNs": 75000000,
        "queueBytes": 18750000,
        "rateBitsPerSecond": 1000000000,
        "trace": null,
      },
      "transport": {
        "congestionControl": "bbr",
        "initialWindowSegments": 10,
        "minRetransmitTimeoutNs": 200000000,
        "sendBufferBytes": 4194304,
        "streams": 4,
        "windowBytes": 37500000,
      },
      "version": 1,
    }
  `);
});

test("the canonical form names what differs from the defaults, in a fixed order", () => {
  const canonical = (text: string): string => canonicalLink(parseLink(text));
  expect(canonical("rate=1000Mbps")).toBe("rate=1Gbps");
  expect(canonical("streams=4,cc=bbr,loss=0.0001,rtt=0.15s,rate=1Gbps")).toBe(
    "rate=1Gbps,rtt=150ms,loss=0.01%,cc=bbr,streams=4",
  );
  expect(canonical("rate=1Gbps,down.rate=100Mbps,up.loss=1%")).toBe("rate=1Gbps,down.rate=100Mbps,up.loss=1%");
  expect(canonical("up.rate=10Mbps,down.rate=10Mbps,delay=5ms")).toBe("rate=10Mbps,rtt=10ms");
  expect(canonical("rate=1Gbps,up.delay=40ms,down.delay=20ms")).toBe("rate=1Gbps,up.delay=40ms,down.delay=20ms");
  expect(canonical("rate=1Gbps,reset@3s,rate@5s=100Mbps,outage@1s+2s,loss=ge(0.1%,20%,0%,50%)")).toBe(
    "rate=1Gbps,loss=ge(0.1%,20%,0%,50%),outage@1s+2s,reset@3s,rate@5s=100Mbps",
  );
});

test("values that equal the derived ones are not printed, and derived ones follow the rate", () => {
  expect(canonicalLink(parseLink("rate=1Gbps,rtt=150ms,window=37500000,queue=18750000"))).toBe("rate=1Gbps,rtt=150ms");
  expect(parseLink("rate=10Gbps,rtt=150ms").transport.windowBytes).toBe(375_000_000);
  expect(parseLink("rate=1Gbps").transport.windowBytes).toBe(6 * 1024 ** 2);
  expect(parseLink("rate=1Gbps").forward.queueBytes).toBe(256 * 1024);
});

test("a trace is pinned by its contents, and its file's name does not change the link's hash", () => {
  const files: Record<string, string> = { "a.trace": "1\n2\n2\n", "b.trace": "1\n2\n2\n", "c.trace": "1\n2\n3\n" };
  const parse = (text: string) => parseLink(text, (path) => files[path]);
  const canonical = canonicalLink(parse("trace=a.trace,rtt=40ms"));
  expect(canonical).toMatchInlineSnapshot(`"trace=a.trace#bbd2a111,rtt=40ms"`);
  expect(parse(canonical)).toEqual(parse("trace=a.trace,rtt=40ms"));
  expect(linkHash(parse("trace=b.trace"))).toBe(linkHash(parse("trace=a.trace")));
  expect(linkHash(parse("trace=c.trace"))).not.toBe(linkHash(parse("trace=a.trace")));
  expect(canonicalLink(parse("rate=1Mbps,up.trace=a.trace"))).toBe("down.rate=1Mbps,up.trace=a.trace#bbd2a111");
  expect(message(() => parse("trace=c.trace#bbd2a111"))).toContain("the trace changed since");
});

test("the hash is that of the canonical form", () => {
  expect(linkHash(parseLink("rate=1Gbps"))).toMatchInlineSnapshot(`"8e656b63"`);
  expect(linkHash(parseLink("rate=1000Mbps,rtt=0.1ms"))).toBe(linkHash(parseLink("rate=1Gbps")));
  expect(linkHash(makeLink({ rateBitsPerSecond: 1e9, id: "x", title: "y" }))).toBe(linkHash(parseLink("rate=1Gbps")));
});

const onlyTrace = (path: string): string => {
  if (path === "t") return "1\n";
  throw new UsageError(`no such file: ${path}`);
};

test("every mistake is one line that says what was given and what is allowed", () => {
  const texts = [
    "",
    "rtt=10ms",
    "rate=0bps",
    "rate=-1Gbps",
    "rate=1",
    "rate=1Gbps,rate=2Gbps",
    "rate=1Gbps,rtr=10ms",
    "rate=1Gbps,up.rtt=10ms",
    "rate=1Gbps,rtt=-10ms",
    "rate=1Gbps,rtt=10",
    "rate=1Gbps,rtt=10ms,delay=5ms",
    "rate=1Gbps,loss=100%",
    "rate=1Gbps,loss=150%",
    "rate=1Gbps,loss=ge(1%,2%)",
    "rate=1Gbps,loss=ge(1%,0%,0%,100%)",
    "rate=1Gbps,cc=cubik",
    "rate=1Gbps,streams=0",
    "rate=1Gbps,streams=two",
    "rate=1Gbps,mtu=100",
    "rate=1Gbps,queue=10",
    "rate=1Gbps,cross=2Gbps",
    "rate=1Gbps,outage@10s",
    "rate=1Gbps,outage@10s+0s",
    "rate=1Gbps,rate@5s=0bps",
    "rate=1Gbps,outrage@10s+1s",
    "rate=1Gbps,fast",
    "rate=1Gbps,,rtt=1ms",
    "trace=missing",
    "rate=1Gbps,up.rate=2Gbps,up.trace=t",
    "rate=1Gbps,toString=1",
  ];
  const messages = texts.map((text) => `${text} → ${message(() => parseLink(text, onlyTrace))}`);
  for (const line of messages) expect(line).toMatch(/ → UsageError: [^\n]+$/);
  expect(`\n${messages.join("\n")}\n`).toMatchInlineSnapshot(`
    "
     → UsageError: link "" has an empty part; write for example rate=1Gbps,rtt=10ms
    rtt=10ms → UsageError: a link needs a rate; write for example rate=1Gbps, or trace=FILE
    rate=0bps → UsageError: up.rate is 0 bit/s; a link needs a rate from 1bps to 1000Tbps
    rate=-1Gbps → UsageError: link key "rate": "-1Gbps" is not a rate; write for example 622Mbps (units: bps, kbps, mbps, gbps, tbps)
    rate=1 → UsageError: link key "rate": "1" is not a rate; write for example 622Mbps (units: bps, kbps, mbps, gbps, tbps)
    rate=1Gbps,rate=2Gbps → UsageError: link key "rate" is given twice in "rate=1Gbps,rate=2Gbps"
    rate=1Gbps,rtr=10ms → UsageError: unknown link key "rtr"; did you mean "rtt"?
    rate=1Gbps,up.rtt=10ms → UsageError: unknown link key "up.rtt"; did you mean "up.rate"?
    rate=1Gbps,rtt=-10ms → UsageError: link key "rtt": "-10ms" is not a duration; write for example 250ms (units: ns, us, µs, ms, s, min, h)
    rate=1Gbps,rtt=10 → UsageError: link key "rtt": "10" is not a duration; write for example 250ms (units: ns, us, µs, ms, s, min, h)
    rate=1Gbps,rtt=10ms,delay=5ms → UsageError: rtt and delay exclude each other: rtt is there and back, delay is one way
    rate=1Gbps,loss=100% → UsageError: up.loss is 1; a link that loses everything is an outage, use less than 1
    rate=1Gbps,loss=150% → UsageError: link key "loss": "150%" is not a share; write for example 0.01% or 0.0001 (0 to 1)
    rate=1Gbps,loss=ge(1%,2%) → UsageError: link key "loss": "ge(1%,2%)" has 2 shares; write ge(goodToBad,badToGood,lossInGood,lossInBad), for example ge(0.1%,20%,0%,50%)
    rate=1Gbps,loss=ge(1%,0%,0%,100%) → UsageError: up.loss never leaves its bad state and loses everything there; use an outage
    rate=1Gbps,cc=cubik → UsageError: link key "cc": unknown congestion control "cubik"; did you mean "cubic"?
    rate=1Gbps,streams=0 → UsageError: streams is 0; it must be a whole number from 1 to 256
    rate=1Gbps,streams=two → UsageError: link key "streams": "two" is not a whole number
    rate=1Gbps,mtu=100 → UsageError: up.mtu is 100; it must be a whole number from 576 to 65535
    rate=1Gbps,queue=10 → UsageError: up.queue is 10; it must be a whole number from 1500 to 9000000000000000
    rate=1Gbps,cross=2Gbps → UsageError: up.cross is 2000000000 bit/s, up.rate 1000000000 bit/s; cross traffic must leave some of the rate
    rate=1Gbps,outage@10s → UsageError: link event "outage@10s" is incomplete; write outage@TIME+DURATION, rate@TIME=RATE or reset@TIME, for example outage@10s+2s
    rate=1Gbps,outage@10s+0s → UsageError: outage duration is 0; it must be a whole number from 1 to 9000000000000000
    rate=1Gbps,rate@5s=0bps → UsageError: rate@5s is 0 bit/s; for no rate at all use outage@TIME+DURATION
    rate=1Gbps,outrage@10s+1s → UsageError: unknown link event "outrage"; did you mean "outage"?
    rate=1Gbps,fast → UsageError: link part "fast" is not key=value; keys: rate, trace, delay, jitter, loss, queue, mtu, cross, crossflows, rtt, cc, streams, window, sndbuf, iw, rto
    rate=1Gbps,,rtt=1ms → UsageError: link "rate=1Gbps,,rtt=1ms" has an empty part; write for example rate=1Gbps,rtt=10ms
    trace=missing → UsageError: link key "trace": no such file: missing
    rate=1Gbps,up.rate=2Gbps,up.trace=t → UsageError: rate and trace exclude each other: a trace says when each packet may leave
    rate=1Gbps,toString=1 → UsageError: unknown link key "toString"; known: rate, trace, delay, jitter, loss, queue, mtu, cross, crossflows, rtt, cc, streams and 4 more
    "
  `);
});

const loss: fc.Arbitrary<LossModel> = fc.oneof(
  fc.constant<LossModel>({ model: "none" }),
  fc.record({
    model: fc.constant("bernoulli" as const),
    probability: fc.double({ min: 1e-9, max: 0.999, noNaN: true }),
  }),
  fc.record({
    model: fc.constant("gilbert-elliott" as const),
    goodToBad: fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0),
    badToGood: fc.double({ min: 0.001, max: 1, noNaN: true }),
    lossInGood: fc.double({ min: 0, max: 0.9, noNaN: true }).map((value) => value + 0),
    lossInBad: fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0),
  }),
);
const rate = fc.integer({ min: 1, max: 1e15 });
const direction = fc
  .record(
    {
      rateBitsPerSecond: rate,
      oneWayDelayNs: fc.integer({ min: 0, max: 1e12 }),
      jitterNs: fc.integer({ min: 0, max: 1e9 }),
      loss,
      queueBytes: fc.integer({ min: 1500, max: 1e12 }),
      mtuBytes: fc.integer({ min: 576, max: 65535 }),
      crossTraffic: fc.record({ rateBitsPerSecond: fc.constant(0), flows: fc.integer({ min: 0, max: 10_000 }) }),
      trace: fc.constantFrom(null, parseMahimahi("3\n5\n", "t")),
    },
    { requiredKeys: [] },
  )
  .map(({ rateBitsPerSecond, ...rest }) =>
    rest.trace == null && rateBitsPerSecond !== undefined ? { ...rest, rateBitsPerSecond } : rest,
  );
const time = fc.integer({ min: 0, max: 1e13 });
const event: fc.Arbitrary<LinkEvent> = fc.oneof(
  fc.record({ kind: fc.constant("outage" as const), atNs: time, durationNs: fc.integer({ min: 1, max: 1e12 }) }),
  fc.record({ kind: fc.constant("rate" as const), atNs: time, rateBitsPerSecond: rate }),
  fc.record({ kind: fc.constant("reset" as const), atNs: time }),
);
const options = fc.record({
  rateBitsPerSecond: rate,
  roundTripNs: fc.integer({ min: 0, max: 1e12 }),
  forward: direction,
  reverse: direction,
  transport: fc.record(
    {
      congestionControl: fc.constantFrom("reno" as const, "cubic" as const, "bbr" as const),
      streams: fc.integer({ min: 1, max: 256 }),
      windowBytes: fc.integer({ min: 1500, max: 1e12 }),
      sendBufferBytes: fc.integer({ min: 1500, max: 1e12 }),
      initialWindowSegments: fc.integer({ min: 1, max: 1000 }),
      minRetransmitTimeoutNs: fc.integer({ min: 1, max: 1e12 }),
    },
    { requiredKeys: [] },
  ),
  events: fc.array(event, { maxLength: 4 }),
});

test("any link survives its canonical form", () => {
  fc.assert(
    fc.property(options, (given) => {
      const link = makeLink(given as LinkOptions);
      const text = canonicalLink(link);
      expect(parseLink(text, () => "3\n5\n")).toEqual(link);
      expect(canonicalLink(parseLink(text, () => "3\n5\n"))).toBe(text);
    }),
    { seed: 1, numRuns: 500 },
  );
});
