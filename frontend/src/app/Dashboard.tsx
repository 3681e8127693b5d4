import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { describeWaiting, problemOf } from '@/api/problem';
import { ProblemNotice } from '@/components/ProblemNotice';
import { candlesQuery } from '@/features/chart/api/candles';
import { ExportButton } from '@/features/export/components/ExportButton';
import classes from './Dashboard.module.css';
import { EmptyPage } from './EmptyPage';
import { Footer } from './Footer';
import { Header, openSymbol } from './Header';
import { useTheme } from './Shell';
import { useAddress } from './useAddress';
import { useBacktest } from './useBacktest';

const Workspace = lazy(() => import('./Workspace'));

/** The first screen: header, and below it what there is to show. */
export function Dashboard() {
  const { search, change } = useAddress();
  const theme = useTheme();
  const candles = useQuery(candlesQuery(search.symbol));
  const backtest = useBacktest(search, candles.data);
  const [uploading, setUploading] = useState(false);
  const series = candles.data;

  return (
    <div className={classes.page}>
      <Header
        search={search}
        theme={theme}
        change={change}
        uploading={uploading}
        onUploading={setUploading}
      >
        {series !== undefined && backtest.frame !== undefined && (
          <ExportButton symbol={series.symbol} frame={backtest.frame} />
        )}
      </Header>
      <main className={classes.main}>
        {search.symbol === undefined ? (
          <EmptyPage
            onPick={(symbol) => change(openSymbol(symbol))}
            onUpload={() => setUploading(true)}
          />
        ) : candles.error !== null && series === undefined ? (
          <div className={classes.notice}>
            <ProblemNotice
              problem={problemOf(candles.error)}
              onRetry={() => void candles.refetch()}
            >
              Find another symbol with <kbd>/</kbd>, or drop a CSV of candles on the page.
            </ProblemNotice>
          </div>
        ) : series === undefined || backtest.frame === undefined ? (
          <p className={classes.waiting} role="status">
            {describeWaiting(candles) ?? `Fetching candles of ${search.symbol}…`}
          </p>
        ) : (
          <Suspense fallback={<p className={classes.waiting}>Opening {series.symbol}…</p>}>
            <Workspace
              key={series.symbol}
              series={series}
              frame={backtest.frame}
              backtest={backtest}
              search={search}
              theme={theme}
              change={change}
            />
          </Suspense>
        )}
      </main>
      <Footer />
    </div>
  );
}
