import { series, signals } from '@test/fixtures';
import { show } from '@test/render';
import { act, fireEvent, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { buildFrame } from '@/lib/frame';
import { ReplayBar } from './ReplayBar';
import { useReplay } from './useReplay';

const frame = buildFrame(series(), signals());

function Player({ subject }: { subject: string }) {
  const { replay, send } = useReplay(subject, frame.length - 1);
  return (
    <>
      <button type="button" onClick={() => send({ type: 'start', at: 0 })}>
        Begin
      </button>
      <ReplayBar replay={replay} send={send} frame={frame} intraday={false} />
    </>
  );
}

const figure = (name: string) => document.querySelector(`[data-replay="${name}"]`)?.textContent;
const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }));
const wait = (milliseconds: number) => act(() => vi.advanceTimersByTime(milliseconds));

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('net worth and cash run along, a candle each half second, until the end', () => {
  show(<Player subject="a" />);
  press('Begin');
  expect(figure('net-worth')).toBe('100,000');
  wait(500);
  expect(figure('date')).toBe('2020-01-02');
  expect(figure('net-worth')).toBe('109,890');
  expect(figure('cash')).toBe('0');
  expect(figure('quantity')).toBe('9,990');
  wait(5000);
  expect(figure('date')).toBe('2020-01-05');
  expect(screen.getByRole('button', { name: 'Play' })).toBeDisabled();
});

test('a replay is over where trading ended, whatever candles follow', () => {
  const cut = {
    ...frame,
    netWorth: frame.netWorth.map((value, index) => (index > 2 ? null : value)),
  };
  const ended = { cursor: 2, playing: false, speed: '1×' as const };
  const send = vi.fn();
  show(<ReplayBar replay={ended} send={send} frame={cut} intraday={false} />);
  expect(screen.getByRole('button', { name: 'Play' })).toBeDisabled();
  press('Step');
  expect(send).toHaveBeenLastCalledWith({ type: 'step', by: 1, last: 2 });
});

test('pause holds, step moves by one and stays paused', () => {
  show(<Player subject="a" />);
  press('Begin');
  press('Pause');
  wait(5000);
  expect(figure('date')).toBe('2020-01-01');
  press('Step');
  wait(5000);
  expect(figure('date')).toBe('2020-01-02');
  press('Step back');
  expect(figure('date')).toBe('2020-01-01');
});

test('a higher speed shows more candles in the same time', () => {
  show(<Player subject="a" />);
  press('Begin');
  fireEvent.click(screen.getByRole('radio', { name: '5×' }));
  wait(300);
  expect(figure('date')).toBe('2020-01-04');
});

test('another subject ends the replay', () => {
  const { rerender } = show(<Player subject="a" />);
  press('Begin');
  expect(screen.getByRole('region', { name: 'Replay' })).toBeInTheDocument();
  rerender(<Player subject="b" />);
  expect(screen.queryByRole('region', { name: 'Replay' })).not.toBeInTheDocument();
});
