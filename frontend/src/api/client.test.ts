import { refuse, server } from '@test/server';
import { HttpResponse, http } from 'msw';
import { expect, test } from 'vitest';
import { client, unwrap } from './client';
import { ApiError, problemOf } from './problem';

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
