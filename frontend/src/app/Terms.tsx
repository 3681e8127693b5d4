import { Button, Popover } from '@mantine/core';
import { useMemo, useState } from 'react';
import { Assumptions } from '@/features/backtest/components/Assumptions';
import { SymbolSource } from '@/features/symbols/components/SymbolSource';
import { formatMoney } from '@/lib/format';
import classes from './Dashboard.module.css';
import { DEFAULT_COSTS, type Search } from './search';

interface TermsProps {
  search: Search;
  change: (part: Partial<Search>) => void;
}

/** The terms of an evaluation in a line, and where they are changed. */
export function Terms({ search, change }: TermsProps) {
  const { cash, commission_bps, slippage_bps, fill } = search;
  const [open, setOpen] = useState(false);
  const values = useMemo(
    () => ({ cash, commission_bps, slippage_bps, fill, start: undefined, end: undefined }),
    [cash, commission_bps, slippage_bps, fill],
  );
  return (
    <div className={classes.terms}>
      {search.symbol !== undefined && <SymbolSource symbol={search.symbol} />}
      <span>
        {formatMoney(cash)} cash, {commission_bps} bps commission, {slippage_bps} bps slippage,
        fills at the next {fill === 'next_open' ? 'open' : 'close'}
      </span>
      <Popover opened={open} onChange={setOpen} width={320} position="bottom-start" trapFocus>
        <Popover.Target>
          <Button size="compact-xs" variant="default" onClick={() => setOpen(!open)}>
            Change terms
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <Assumptions
            values={values}
            defaults={DEFAULT_COSTS}
            span={null}
            state="none"
            overruled={null}
            onChange={change}
          />
        </Popover.Dropdown>
      </Popover>
    </div>
  );
}
