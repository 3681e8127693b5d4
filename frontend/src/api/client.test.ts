import { refuse, server } from '@test/server';
import { HttpResponse, http } from 'msw';
import { expect, test } from 'vitest';
import { client, unwrap } from './client';
import { ApiError, problemOf } from './problem';

const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-01$/;

const ask = async () => unwrap(await client.GET('/api/agents'));
const failure = async () => problemOf(await ask().catch((error: unknown) => error));

test('a body comes back as it is', async () => {
  expect((await ask()).agents[0]?.id).toBe('default');
});

test('a refusal carries its problem', async () => {
  server.use(http.get('*/api/agents', () => refuse(422, { field: 'x', row: 4 })));
  expect(await failure()).toMatchObject({ status: 422, field: 'x', row: 4 });
});

test('plain text from a proxy is understood', async () => {
  server.use(http.get('*/api/agents', () => new HttpResponse('upstream down', { status: 502 })));
  expect((await failure()).title).toBe('The gateway is not answering');
});

test('no answer at all is an unreachable gateway', async () => {
  server.use(http.get('*/api/agents', () => HttpResponse.error()));
  expect((await failure()).title).toBe('The gateway is not answering');
});

test('a request that was called off is not a failure of the gateway', async () => {
  const asking = client.GET('/api/agents', { signal: AbortSignal.abort() });
  await expect(asking).rejects.not.toBeInstanceOf(ApiError);
});

test('every request begins a trace of its own', async () => {
  const seen: string[] = [];
  server.use(
    http.get('*/api/agents', ({ request }) => {
      seen.push(request.headers.get('traceparent') ?? '');
      return HttpResponse.json({ agents: [] });
    }),
  );
  await ask();
  await ask();
  expect(seen).toHaveLength(2);
  expect(new Set(seen)).toHaveLength(2);
  for (const header of seen) expect(header).toMatch(TRACEPARENT);
});

test('so does an upload, and its form stays a form', async () => {
  let headers = new Headers();
  server.use(
    http.post('*/api/datasets', ({ request }) => {
      headers = request.headers;
      return HttpResponse.json({});
    }),
  );
  const form = new FormData();
  form.set('symbol', 'ACME');
  await client.POST('/api/datasets', {
    body: form as never,
    bodySerializer: (body: unknown) => body as FormData,
  });
  expect(headers.get('traceparent')).toMatch(TRACEPARENT);
  expect(headers.get('content-type')).toMatch(/^multipart\/form-data; boundary=/);
});

test('a gateway that never answered is told about by the trace of the request', async () => {
  let header = '';
  server.use(
    http.get('*/api/agents', ({ request }) => {
      header = request.headers.get('traceparent') ?? '';
      return HttpResponse.error();
    }),
  );
  const { request_id } = await failure();
  expect(request_id).toHaveLength(32);
  expect(header.split('-')[1]).toBe(request_id);
});

test('an id that only the header of an answer has is told', async () => {
  const refusal = (init: ResponseInit) => () => new HttpResponse('upstream down', init);
  server.use(
    http.get('*/api/agents', refusal({ status: 502, headers: { 'x-request-id': 'front-1' } })),
  );
  expect((await failure()).request_id).toBe('front-1');
  server.use(
    http.get('*/api/agents', () => {
      const answer = refuse(422, { request_id: 'own' });
      answer.headers.set('x-request-id', 'front-1');
      return answer;
    }),
  );
  expect((await failure()).request_id).toBe('own');
});
