import { Button, CopyButton, Group } from '@mantine/core';
import type { EvaluationReport } from '@/api/types';
import { formatInteger, formatMoney } from '@/lib/format';
import { shorten } from '../calculate/comparison';
import { PROTOCOL_WORDS } from '../calculate/verdict';
import list from './List.module.css';
import classes from './Passport.module.css';
import { RunAgain } from './RunAgain';

const FILLS = { next_open: 'next open', next_close: 'next close' } as const;

interface PassportProps {
  report: EvaluationReport;
  /** Where the report is downloaded as a page that stands alone. */
  address: string;
}

/** All that is needed to run it again, readable and to copy. */
export function Passport({ report, address }: PassportProps) {
  const { passport } = report;
  const { series, seeds, members, steps, packages } = passport;
  const first = series[0];
  const costs = `${passport.commission_bps} bps commission, ${passport.slippage_bps} bps slippage a side`;
  const entries: [string, string][] = [
    ['Protocol', PROTOCOL_WORDS[passport.protocol]],
    ...(passport.agent === null
      ? []
      : ([['Agent', `${passport.agent}, ${shorten(passport.agent_hash ?? '')}`]] as [
          string,
          string,
        ][])),
    [
      'Candles',
      series.length === 1 && first !== undefined
        ? `${first.symbol}, ${formatInteger(first.candles)}, ${first.price_basis} prices, ${shorten(first.data_hash)}`
        : `${formatInteger(series.length)} symbols: ${series.map(({ symbol }) => symbol).join(', ')}`,
    ],
    ['May trade', passport.may_trade],
    ['Terms', `${formatMoney(passport.cash)} cash, ${costs}, fills at the ${FILLS[passport.fill]}`],
    ...(seeds.length === 0 ? [] : ([['Seeds', seeds.join(', ')]] as [string, string][])),
    ...(members === 0
      ? []
      : ([['Networks an agent', formatInteger(members)]] as [string, string][])),
    ...(steps === null
      ? []
      : ([['Training', `${formatInteger(steps)} steps a network`]] as [string, string][])),
    ['Bootstrap', `${formatInteger(passport.draws)} draws, seed ${passport.bootstrap_seed}`],
    ['Code', passport.code_version],
    [
      'Packages',
      Object.entries(packages)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
    ['Processor', passport.processor],
    ['Result hash', passport.result_hash],
  ];
  return (
    <>
      <dl className={list.list}>
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd data-passport={name}>{value}</dd>
          </div>
        ))}
      </dl>
      {passport.command !== null && (
        <pre className={classes.command}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long command is scrolled by keys */}
          <code tabIndex={0}>{passport.command}</code>
        </pre>
      )}
      <Group gap="xs" mt={8}>
        {passport.protocol === 'agent' ? (
          <RunAgain key={passport.result_hash} report={report} />
        ) : (
          passport.command !== null && (
            <CopyButton value={passport.command}>
              {({ copied, copy }) => (
                <Button size="xs" variant="default" onClick={copy}>
                  {copied ? 'Command copied' : 'Copy command to run again'}
                </Button>
              )}
            </CopyButton>
          )
        )}
        <CopyButton value={JSON.stringify(passport, null, 2)}>
          {({ copied, copy }) => (
            <Button size="xs" variant="default" onClick={copy}>
              {copied ? 'Passport copied' : 'Copy passport as JSON'}
            </Button>
          )}
        </CopyButton>
        <Button component="a" size="xs" variant="default" href={address} download>
          Download report
        </Button>
      </Group>
    </>
  );
}
