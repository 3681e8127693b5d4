import { doneExperiment, experiment } from '@test/experiments';
import { agent } from '@test/fixtures';
import { openPage } from '@test/open';
import { refuse, server } from '@test/server';
import { screen, waitFor, within } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { expect, test, vi } from 'vitest';
import type { Experiment, ExperimentRequest } from '@/api/types';

// A canvas is what jsdom lacks; the chart itself is tested in a real browser.
vi.mock('@/features/chart/components/Chart', () => ({ default: () => null }));

const LONG = 'A name that somebody made so long that no column of the list could ever hold it';

function list(experiments: Experiment[], more = false) {
  const asked: URLSearchParams[] = [];
  server.use(
    http.get('*/api/experiments', ({ request }) => {
      const query = new URL(request.url).searchParams;
      asked.push(query);
      return HttpResponse.json(
        query.has('after')
          ? { experiments: [doneExperiment({ id: 'older', name: 'An older one' })], more: false }
          : { experiments, more },
      );
    }),
  );
  return asked;
}

const ESTIMATE = {
  units: 1,
  steps: 5000,
  total_steps: 5000,
  seconds: 75,
  steps_per_second: 66.6,
  measured: true,
};

/** A gateway that takes experiments; what it was asked is kept. */
function takeExperiments(answer: Partial<Experiment> = {}) {
  const started: ExperimentRequest[] = [];
  const estimated: ExperimentRequest[] = [];
  server.use(
    http.post('*/api/experiments/estimate', async ({ request }) => {
      estimated.push((await request.json()) as ExperimentRequest);
      return HttpResponse.json(ESTIMATE);
    }),
    http.post('*/api/experiments', async ({ request }) => {
      started.push((await request.json()) as ExperimentRequest);
      return HttpResponse.json(experiment(answer), { status: 202 });
    }),
    http.get('*/api/experiments/:id', () => HttpResponse.json(experiment())),
    http.get('*/api/experiments/:id/units', () => HttpResponse.json({ units: [], more: false })),
  );
  return { started, estimated };
}

test('the list says of each experiment how far it is', async () => {
  list([
    experiment({ name: LONG, symbols: ['ACME', 'ZULU'] }),
    doneExperiment({ id: 'e-2', name: 'Finished' }),
    experiment({ id: 'e-3', name: 'Silent', last_seen: '2026-01-01T00:02:00Z' }),
  ]);
  openPage('/experiments');
  const row = (await screen.findByRole('link', { name: LONG })).closest('tr') as HTMLElement;
  expect(within(row).getByRole('link')).toHaveAttribute('title', LONG);
  for (const words of [
    'Train an agent',
    'ACME, ZULU',
    '5,000 / 10,000',
    '413 steps/s',
    '2 min 10 s',
  ]) {
    expect(within(row).getByText(words)).toBeInTheDocument();
  }
  expect(within(row).getByText('Running')).toBeInTheDocument();
  expect(within(row).queryByText('may be stuck')).not.toBeInTheDocument();
  expect(within(row).getByRole('progressbar')).toHaveAttribute('aria-valuenow', '50');
  const silent = screen.getByRole('link', { name: 'Silent' }).closest('tr') as HTMLElement;
  expect(within(silent).getByText('may be stuck')).toBeInTheDocument();
});

test('without experiments the list says what to do', async () => {
  list([]);
  const { user, router } = openPage('/experiments');
  expect(await screen.findByText('Nothing has been trained here yet')).toBeInTheDocument();
  await user.click(screen.getByRole('link', { name: 'New experiment' }));
  expect(router.state.location.search).toMatchObject({ new: 'train' });
  expect(await screen.findByRole('button', { name: 'Start training' })).toBeInTheDocument();
});

test('state and kind of the address are what is asked for', async () => {
  const asked = list([]);
  const { user, router } = openPage('/experiments?state=failed&kind=sweep');
  expect(await screen.findByText('Nothing of this state and kind')).toBeInTheDocument();
  expect(asked.map((query) => `${query.get('state')} ${query.get('kind')}`)).toContain(
    'failed sweep',
  );
  await user.click(screen.getByRole('button', { name: 'Show all experiments' }));
  expect(router.state.location.search).not.toHaveProperty('state', 'failed');
  expect(await screen.findByText('Nothing has been trained here yet')).toBeInTheDocument();
});

test('older experiments are asked for behind the last one shown', async () => {
  const asked = list([experiment(), doneExperiment({ id: 'e-2' })], true);
  const { user } = openPage('/experiments');
  await user.click(await screen.findByRole('button', { name: 'Show older ones' }));
  expect(await screen.findByText('An older one')).toBeInTheDocument();
  expect(asked.some((query) => query.get('after') === 'e-2')).toBe(true);
  expect(screen.queryByRole('button', { name: 'Show older ones' })).not.toBeInTheDocument();
});

test('a list that is refused says so', async () => {
  server.use(
    http.get('*/api/experiments', () => refuse(422, { detail: 'Experiments are not to be had.' })),
  );
  openPage('/experiments');
  expect(await screen.findByText('Experiments are not to be had.')).toBeInTheDocument();
});

test('finished agents are marked to be compared', async () => {
  const result = (id: string) => ({
    agents: [id],
    best_unit: 0,
    evaluation: null,
    result_hash: 'c'.repeat(64),
  });
  list([
    experiment(),
    doneExperiment({ id: 'e-2', name: 'One', result: result('one') }),
    doneExperiment({ id: 'e-3', name: 'Two', result: result('two') }),
  ]);
  const { user, router } = openPage('/experiments');
  await user.click(await screen.findByRole('checkbox', { name: 'Compare One' }));
  expect(screen.getByText(/choose another to compare/)).toBeInTheDocument();
  await user.click(screen.getByRole('checkbox', { name: 'Compare Two' }));
  expect(screen.getAllByRole('checkbox')).toHaveLength(2);
  await user.click(screen.getByRole('link', { name: 'Compare 2' }));
  expect(router.state.location.pathname).toBe('/experiments/compare');
  expect(router.state.location.search).toMatchObject({ agents: 'one,two' });
});

test('the button starts what the form says, once, and leads to it', async () => {
  list([]);
  const { started, estimated } = takeExperiments();
  const { user, router } = openPage('/experiments?new=train&symbol=ACME');
  const estimate = await screen.findByLabelText('Estimate');
  expect(estimate).toHaveTextContent('1 min 15 s');
  expect(screen.getByText(/Measured here/)).toBeInTheDocument();
  expect(estimated[0]).toMatchObject({ kind: 'train', symbols: ['ACME'], steps: 1500 });
  expect(estimated[0]).not.toHaveProperty('idempotency_key');
  await user.dblClick(screen.getByRole('button', { name: 'Start training' }));
  await waitFor(() => expect(router.state.location.pathname).toBe('/experiments/e-1'));
  expect(started).toHaveLength(1);
  expect(started[0]?.idempotency_key).toMatch(/^[0-9a-f]{32}$/);
  expect(router.state.location.search).not.toHaveProperty('reused', true);
});

test('an earlier experiment that is asked for again says that it is', async () => {
  list([]);
  takeExperiments({ reused: true });
  const { user } = openPage('/experiments?new=train&symbol=ACME');
  await user.click(await screen.findByRole('button', { name: 'Start training' }));
  expect(await screen.findByText(/the earlier result of the same experiment/)).toBeInTheDocument();
});

test('an answer that got lost is asked for again by the same key', async () => {
  list([]);
  const { started } = takeExperiments();
  const keys: unknown[] = [];
  server.use(
    http.post(
      '*/api/experiments',
      async ({ request }) => {
        keys.push(((await request.json()) as ExperimentRequest).idempotency_key);
        return refuse(502, { title: 'Lost', detail: 'The answer was lost.' });
      },
      { once: true },
    ),
  );
  const { user } = openPage('/experiments?new=train&symbol=ACME');
  const button = await screen.findByRole('button', { name: 'Start training' });
  await user.click(button);
  expect(await screen.findByText('The answer was lost.')).toBeInTheDocument();
  await user.click(button);
  await waitFor(() => expect(started).toHaveLength(1));
  expect(started[0]?.idempotency_key).toBe(keys[0]);
});

test('a refusal stands at its field, before the button is pressed', async () => {
  list([]);
  takeExperiments();
  server.use(
    http.post('*/api/experiments/estimate', () =>
      refuse(422, { detail: 'It has 180 candles.', field: 'symbols.0' }),
    ),
  );
  openPage('/experiments?new=train&symbol=ACME');
  expect(await screen.findByText('ACME: It has 180 candles.')).toBeInTheDocument();
  expect(screen.getByText('A field above is refused; it says why.')).toBeInTheDocument();
});

test('what cannot be read is refused by the page itself, and nothing is sent', async () => {
  list([]);
  const { started } = takeExperiments();
  const { user } = openPage('/experiments?new=train');
  await user.click(await screen.findByRole('button', { name: 'Start training' }));
  expect(await screen.findByText('Choose at least one symbol.')).toBeInTheDocument();
  await user.clear(screen.getByRole('textbox', { name: 'Discount' }));
  await user.type(screen.getByRole('textbox', { name: 'Discount' }), 'high');
  expect(screen.getByText('Discount: a number.')).toBeInTheDocument();
  expect(started).toEqual([]);
});

test('a full queue says when to try again', async () => {
  list([]);
  takeExperiments();
  server.use(
    http.post('*/api/experiments', () =>
      HttpResponse.json(
        { type: 'urn:test', title: 'The queue is full', status: 429, detail: 'A hundred wait.' },
        { status: 429, headers: { 'retry-after': '90' } },
      ),
    ),
  );
  const { user } = openPage('/experiments?new=train&symbol=ACME');
  await user.click(await screen.findByRole('button', { name: 'Start training' }));
  expect(await screen.findByText('A hundred wait.')).toBeInTheDocument();
  expect(screen.getByText('Try again in 1 min 30 s.')).toBeInTheDocument();
});

test('a sweep says how many units its grid makes', async () => {
  list([]);
  const { estimated } = takeExperiments();
  const { user } = openPage('/experiments?new=sweep&symbol=ACME');
  expect(await screen.findByText('2 × 2 points × 1 seed = 4 units')).toBeInTheDocument();
  await user.type(screen.getByRole('textbox', { name: 'Values 1 of the grid' }), ', 0.01');
  expect(screen.getByText('3 × 2 points × 1 seed = 6 units')).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Remove setting 2 of the grid' }));
  await waitFor(() =>
    expect(estimated.at(-1)?.grid).toEqual({ 'learning.learning_rate': [0.0003, 0.001, 0.01] }),
  );
  expect(screen.getByRole('textbox', { name: 'Discount' })).toBeInTheDocument();
});

test('an evaluation chooses an agent, and trains nothing', async () => {
  list([]);
  const { started, estimated } = takeExperiments();
  server.use(
    http.get('*/api/agents', () =>
      HttpResponse.json({
        agents: [agent(), agent({ id: 'other', name: 'Another agent', is_default: false })],
      }),
    ),
  );
  const { user, router } = openPage('/experiments?new=train&symbol=ACME');
  await user.click(await screen.findByRole('radio', { name: 'Evaluate' }));
  expect(router.state.location.search).toMatchObject({ new: 'evaluate' });
  expect(screen.queryByRole('textbox', { name: 'Discount' })).not.toBeInTheDocument();
  // The one that is shown is the one that is asked for, also where nobody touched it.
  await waitFor(() =>
    expect(estimated.at(-1)).toMatchObject({ kind: 'evaluate', agent: 'default' }),
  );
  await user.click(screen.getByRole('combobox', { name: 'Agent' }));
  await user.click(await screen.findByRole('option', { name: 'Another agent', hidden: true }));
  await user.click(screen.getByRole('button', { name: 'Start the evaluation' }));
  await waitFor(() => expect(started).toHaveLength(1));
  expect(started[0]).toMatchObject({ kind: 'evaluate', symbols: ['ACME'], agent: 'other' });
  expect(started[0]).not.toHaveProperty('steps');
});

test('the form is filled with what was done, to be changed', async () => {
  list([]);
  const { started } = takeExperiments();
  const { user } = openPage('/experiments?new=train&from=e-1');
  const rate = await screen.findByRole('textbox', { name: 'Learning rate' });
  expect(rate).toHaveValue('0.001');
  expect(screen.getByRole('textbox', { name: 'Steps a unit' })).toHaveValue('10,000');
  await user.clear(rate);
  await user.type(rate, '0.01');
  await user.click(screen.getByRole('button', { name: 'Start training' }));
  await waitFor(() => expect(started).toHaveLength(1));
  expect(started[0]?.config).toMatchObject({
    network: { hidden: [64, 32], dueling: true },
    learning: { learning_rate: 0.01 },
  });
});

test('the dashboard leads to the form with its symbol', async () => {
  list([]);
  takeExperiments();
  const { user, router } = openPage('/?symbol=ACME');
  await user.click(await screen.findByRole('link', { name: 'Train an agent' }));
  expect(router.state.location.pathname).toBe('/experiments');
  expect(router.state.location.search).toMatchObject({ new: 'train', symbol: 'ACME' });
});
