/** What the world sees of the model: flows that carry frames, lanes that carry small messages, and who hears of them. */

/** One TCP connection's data in one direction. */
export interface Flow {
  /** Counts up from 0 in the order of opening; cross-traffic flows have no place in this count. */
  readonly id: number;
  /** Appends a frame; call `DirectionModel.advance(now)` first. `frame` is the caller's own number, handed back. */
  enqueue(bytes: number, frame: number): void;
  /** Enqueued, not yet serialised. */
  readonly backlogBytes: number;
  /** Payload serialised so far, whole frames, repeats not counted. */
  readonly sentBytes: number;
  /** Drops what is not yet serialised; nothing is reported for it. */
  close(): void;
}

/** A logical connection for small messages: keeps them in order. Made by `DirectionModel.openLane()`. */
export interface MessageLane {
  /** Arrival of the last message on this lane. */
  lastArrivalNs: number;
  /** Whether the last message on this lane was hit by `corruptNextFrames`. */
  lastCorrupt: boolean;
}

/** Hears what happens on a direction. All calls come from within `advance` or a command. */
export interface DirectionSink {
  /** The last byte of a frame is serialised (its send buffer is free); it is on the other side at `arrivalNs`. */
  sent(flow: Flow, frame: number, arrivalNs: number, corrupt: boolean): void;
  /** A message for which `message` returned Infinity is under way after all: the black hole was lifted. */
  released(lane: MessageLane, message: number, arrivalNs: number): void;
  /** Every connection is reset; all flows are closed. A scheduled reset is heard once from each direction's model. */
  reset(): void;
}

export interface DirectionStats {
  /** Payload of frames and messages, repeats not counted. */
  sentBytes: number;
  /** Payload sent a second time because it was lost behind the bottleneck. */
  resentBytes: number;
  lostPackets: number;
  /** Retransmission timeouts, each backoff counted. */
  timeouts: number;
  /** Largest bottleneck queue seen at a step, payload bytes. */
  peakQueueBytes: number;
  /** Internal events processed: what a simulation costs. */
  steps: number;
}
