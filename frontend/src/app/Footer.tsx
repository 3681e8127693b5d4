import classes from './Dashboard.module.css';

export function Footer() {
  return (
    <footer className={classes.footer}>
      <strong>Not investment advice.</strong> Past results, simulated or real, say little about
      future ones.
    </footer>
  );
}
