const TRACE_BYTES = 16;
const SPAN_BYTES = 8;
/** Asks those behind to record their part, where they record anything. */
const SAMPLED = '01';

/**
 * A new trace's header, as W3C Trace Context writes it: version, trace, span, flags.
 *
 * The id of the trace stands in the log lines of every tier, down to those of an experiment.
 */
export function newTraceparent(): string {
  return `00-${randomHex(TRACE_BYTES)}-${randomHex(SPAN_BYTES)}-${SAMPLED}`;
}

/** The id of the trace that a header names. */
export function traceIdOf(traceparent: string | null): string | null {
  return traceparent?.split('-')[1] ?? null;
}

// `crypto.randomUUID` is there on https and localhost alone; this is there everywhere.
function randomHex(bytes: number): string {
  const drawn = Array.from(crypto.getRandomValues(new Uint8Array(bytes)));
  return drawn.map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
