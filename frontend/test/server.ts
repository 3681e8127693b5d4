import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import type { Problem } from '@/api/problem';
import { report, summary, symbolReport } from './evaluation';
import { agent, series, signals, symbols } from './fixtures';
import { news, sentimentHistory } from './news';

/** A gateway that knows one symbol; a test that needs more puts its own handlers before these. */
export const server = setupServer(
  http.get('*/api/symbols', () => HttpResponse.json(symbols())),
  http.get('*/api/agents', () => HttpResponse.json({ agents: [agent()] })),
  http.get('*/api/candles/:symbol', () => HttpResponse.json(series())),
  http.get('*/api/signals/:symbol', () => HttpResponse.json(signals())),
  http.get('*/api/news/:symbol', () => HttpResponse.json(news())),
  http.get('*/api/sentiment/:symbol', () => HttpResponse.json(sentimentHistory())),
  http.get('*/api/evaluation/:symbol', () => HttpResponse.json(symbolReport())),
  http.get('*/api/experiments', () => HttpResponse.json({ experiments: [], more: false })),
  http.get('*/api/evaluations', () => HttpResponse.json({ evaluations: [summary()] })),
  http.get('*/api/evaluations/:id', () => HttpResponse.json(report())),
);

/** A refusal as the gateway writes it. */
export function refuse(status: number, problem: Partial<Problem>) {
  return HttpResponse.json(
    { type: 'urn:bellwether:problem:test', title: 'Refused', status, detail: 'No.', ...problem },
    { status, headers: { 'content-type': 'application/problem+json' } },
  );
}
