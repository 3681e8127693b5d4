/** RFC 9457 problem as the gateway sends it; `field`, `row` and `limit` say where it lies. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  field?: string | null;
  row?: number | null;
  limit?: number | null;
  choices?: string[] | null;
  request_id?: string | null;
  /** Seconds after which asking again may help, where the answer says so. */
  retry_after_seconds?: number;
}

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

export const UNREACHABLE = 'urn:bellwether:problem:gateway-unreachable';
/** The page itself gave up waiting; asking again would wait as long again. */
export const TIMED_OUT = 'urn:bellwether:problem:gateway-timeout';

/** What a restart of a service looks like from here, and which service it is. */
const RESTARTS: Record<string, string> = {
  [UNREACHABLE]: 'gateway',
  'urn:bellwether:problem:shutting-down': 'gateway',
  'urn:bellwether:problem:not-ready': 'gateway',
  'urn:bellwether:problem:model-service-unavailable': 'model service',
};

/**
 * A problem from whatever came back. A proxy whose upstream is down answers 502 in plain text,
 * which carries nothing a reader can act on; it is replaced by a sentence that does.
 *
 * @param status HTTP status of the answer.
 * @param body Parsed body: a problem, other JSON, text or nothing.
 * @param fallback Detail to use where the body holds none.
 */
export function toProblem(status: number, body: unknown, fallback?: string): Problem {
  if (typeof body === 'object' && body !== null && 'detail' in body) {
    const given = body as Partial<Problem>;
    if (typeof given.detail === 'string') {
      return {
        ...given,
        type: given.type ?? 'about:blank',
        title: given.title ?? 'The request was refused',
        status: given.status ?? status,
        detail: given.detail,
      };
    }
  }
  if (status >= 502 && status <= 504) {
    return {
      type: UNREACHABLE,
      title: 'The gateway is not answering',
      status,
      detail: fallback ?? 'The page reached its own server, but the gateway behind it is down.',
    };
  }
  return {
    type: 'about:blank',
    title: 'Unexpected answer',
    status,
    detail: fallback ?? `The gateway answered with status ${status} and no explanation.`,
  };
}

/** Problem of anything thrown by a query or mutation. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  const detail = error instanceof Error ? error.message : String(error);
  return { type: 'about:blank', title: 'Something went wrong in the page', status: 0, detail };
}

/** Whether asking again may help: the gateway was away, overloaded or not ready yet. */
export function isTransient(problem: Problem): boolean {
  return problem.status === 429 || (problem.status >= 500 && problem.status <= 504);
}

/** The service that may be starting or restarting, and so answers in some seconds; else null. */
export function restartingService(problem: Problem): string | null {
  return RESTARTS[problem.type] ?? null;
}

/** Failures in a row after which a service is no longer taken to be restarting, but to be away. */
export const RESTART_FAILURES = 15;

/**
 * What to say while a question is quietly asked again because a service may be restarting; null
 * where that is not so.
 *
 * @param query State of the question, as the query cache has it.
 */
export function describeWaiting(query: {
  isFetching: boolean;
  failureReason: unknown;
  failureCount: number;
}): string | null {
  if (!query.isFetching || query.failureReason === null) return null;
  const service = restartingService(problemOf(query.failureReason));
  if (service === null) return null;
  return query.failureCount <= RESTART_FAILURES
    ? `The ${service} is starting or restarting; trying again`
    : `The ${service} is not answering: start the services with “make up”. Trying again every few seconds`;
}
