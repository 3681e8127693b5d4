import createClient from 'openapi-fetch';
import { ApiError, TIMED_OUT, toProblem } from './problem';
import type { paths } from './schema';
import { newTraceparent, traceIdOf } from './trace';

const TIMEOUT_MS = 60_000;
/** An evaluation draws thousands of resamples; the gateway itself waits 100 s for it. */
const EVALUATION_TIMEOUT_MS = 110_000;

/** Every request ends: a gateway that neither answers nor closes is given up after some time. */
async function fetchWithTimeout(request: Request): Promise<Response> {
  const evaluates = new URL(request.url).pathname.startsWith('/api/evaluation');
  const deadline = AbortSignal.timeout(evaluates ? EVALUATION_TIMEOUT_MS : TIMEOUT_MS);
  try {
    return await fetch(request, { signal: AbortSignal.any([request.signal, deadline]) });
  } catch (cause) {
    if (request.signal.aborted) throw cause;
    const detail = `The gateway did not answer ${request.url}.`;
    const problem = {
      ...toProblem(deadline.aborted ? 504 : 502, null, detail),
      // Whatever the request reached calls it by its trace, where nobody gave it another name.
      request_id: traceIdOf(request.headers.get('traceparent')),
    };
    throw new ApiError(deadline.aborted ? { ...problem, type: TIMED_OUT } : problem);
  }
}

/** The gateway's client, generated from `contracts/backend.openapi.json`. */
export const client = createClient<paths>({
  // An absolute address, because Request refuses a relative one outside a browser.
  baseUrl: window.location.origin,
  fetch: fetchWithTimeout,
});

// Every attempt is a trace of its own. What the browser asks for by itself carries no header of
// ours: streams of events (EventSource knows none) and links to reports. The server in front, or
// else the gateway, begins a trace for those.
client.use({
  onRequest({ request }) {
    request.headers.set('traceparent', newTraceparent());
    return request;
  },
});

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/**
 * Body of a successful answer.
 *
 * @throws ApiError where the gateway refused, or a proxy answered in its place.
 */
export function unwrap<T>({ data, error, response }: Answer<T>): T {
  if (!response.ok || data === undefined) throw refusalOf(response, error);
  return data;
}

/** The error of an answer that is a refusal, with the time it names for asking again and its id. */
export function refusalOf(response: Response, error: unknown): ApiError {
  const problem = toProblem(response.status, error);
  // A refusal of the server in front, such as of a gateway that is down, says its id here alone.
  problem.request_id ??= response.headers.get('x-request-id');
  const wait = Number(response.headers.get('retry-after') ?? Number.NaN);
  return new ApiError(Number.isFinite(wait) ? { ...problem, retry_after_seconds: wait } : problem);
}
