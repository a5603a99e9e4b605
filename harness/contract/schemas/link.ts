import type { FromSchema } from "json-schema-to-ts";
import { bytes, identifier, nanoseconds, provenanceProperties, share } from "./common.ts";

/** What loses packets. Gilbert-Elliott is a two-state chain stepped once per packet (Gilbert 1960, Elliott 1963). */
export const lossSchema = {
  oneOf: [
    {
      type: "object",
      additionalProperties: false,
      required: ["model"],
      properties: { model: { const: "none" } },
    },
    {
      type: "object",
      additionalProperties: false,
      required: ["model", "probability"],
      properties: { model: { const: "bernoulli" }, probability: share },
    },
    {
      type: "object",
      additionalProperties: false,
      required: ["model", "goodToBad", "badToGood", "lossInGood", "lossInBad"],
      properties: {
        model: { const: "gilbert-elliott" },
        goodToBad: share,
        badToGood: share,
        lossInGood: share,
        lossInBad: share,
      },
    },
  ],
} as const;

/** One direction: serialise(rate) → queue(limit, drop-tail) → propagate(delay, jitter) → lose(model). */
export const directionSchema = {
  type: "object",
  additionalProperties: false,
  required: [
    "rateBitsPerSecond",
    "oneWayDelayNs",
    "jitterNs",
    "loss",
    "queueBytes",
    "mtuBytes",
    "crossTraffic",
    "trace",
  ],
  properties: {
    rateBitsPerSecond: { type: "number", exclusiveMinimum: 0, maximum: 1e15 },
    oneWayDelayNs: nanoseconds,
    jitterNs: { ...nanoseconds, description: "extra one-way delay, uniform in [0, jitter]; never reorders" },
    loss: lossSchema,
    queueBytes: { ...bytes, minimum: 1500, description: "drop-tail limit of the bottleneck queue" },
    mtuBytes: { type: "integer", minimum: 576, maximum: 65535 },
    crossTraffic: {
      type: "object",
      additionalProperties: false,
      required: ["rateBitsPerSecond", "flows"],
      properties: {
        rateBitsPerSecond: { type: "number", minimum: 0, description: "constant, does not yield" },
        flows: {
          type: "integer",
          minimum: 0,
          maximum: 10000,
          description: "greedy TCP flows that share the bottleneck",
        },
      },
    },
    trace: {
      oneOf: [
        { type: "null" },
        {
          type: "object",
          additionalProperties: false,
          required: ["name", "opportunitiesMs"],
          description: "mahimahi: one delivery opportunity of 1,500 bytes per entry, repeated for ever",
          properties: {
            name: { type: "string" },
            opportunitiesMs: { type: "array", minItems: 1, items: { type: "integer", minimum: 0 } },
          },
        },
      ],
    },
  },
} as const;

export const linkEventSchema = {
  oneOf: [
    {
      type: "object",
      additionalProperties: false,
      required: ["kind", "atNs", "durationNs"],
      description: "nothing passes in either direction; connections survive if TCP does",
      properties: { kind: { const: "outage" }, atNs: nanoseconds, durationNs: { ...nanoseconds, minimum: 1 } },
    },
    {
      type: "object",
      additionalProperties: false,
      required: ["kind", "atNs", "rateBitsPerSecond"],
      properties: {
        kind: { const: "rate" },
        atNs: nanoseconds,
        rateBitsPerSecond: { type: "number", exclusiveMinimum: 0, maximum: 1e15 },
      },
    },
    {
      type: "object",
      additionalProperties: false,
      required: ["kind", "atNs"],
      description: "every connection is reset",
      properties: { kind: { const: "reset" }, atNs: nanoseconds },
    },
  ],
} as const;

export const linkSchema = {
  $id: "longhaul:link:1",
  title: "Link",
  description: "A path between two hosts: two directions, a transport, scheduled events.",
  type: "object",
  additionalProperties: false,
  required: ["version", "forward", "reverse", "transport", "events"],
  properties: {
    version: { const: 1 },
    id: identifier,
    title: { type: "string" },
    ...provenanceProperties,
    forward: directionSchema,
    reverse: directionSchema,
    transport: {
      type: "object",
      additionalProperties: false,
      required: [
        "congestionControl",
        "streams",
        "windowBytes",
        "sendBufferBytes",
        "initialWindowSegments",
        "minRetransmitTimeoutNs",
      ],
      properties: {
        congestionControl: { enum: ["reno", "cubic", "bbr"] },
        streams: { type: "integer", minimum: 1, maximum: 256, description: "connections that carry page data" },
        windowBytes: { ...bytes, minimum: 1500, description: "the smaller of send and receive window, per connection" },
        sendBufferBytes: { ...bytes, minimum: 1500, description: "written but unsent bytes a connection accepts" },
        initialWindowSegments: { type: "integer", minimum: 1, maximum: 1000 },
        minRetransmitTimeoutNs: { ...nanoseconds, minimum: 1 },
      },
    },
    events: { type: "array", items: linkEventSchema, maxItems: 10000 },
  },
} as const;

export type LossModel = FromSchema<typeof lossSchema>;
export type LinkDirection = FromSchema<typeof directionSchema>;
export type LinkEvent = FromSchema<typeof linkEventSchema>;
export type Link = FromSchema<typeof linkSchema>;
