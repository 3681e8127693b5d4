import { createContext, type ReactNode, useContext } from 'react';
import type { ExperimentKind } from '@/api/types';

/** Where a part of an experiment leads; the app knows the addresses. */
export type Target =
  | { to: 'list' }
  | { to: 'experiment'; id: string }
  /** The form, filled with what was done. */
  | { to: 'again'; id: string; kind: ExperimentKind }
  | { to: 'new' }
  | { to: 'chart'; agent: string; symbol: string }
  | { to: 'evaluation'; report: string }
  | { to: 'compare'; agents: readonly string[]; symbol?: string | undefined };

interface LinkStyle {
  className?: string | undefined;
  /** As a button of this size, where it stands among buttons. */
  button?: 'xs' | 'compact-xs';
  title?: string | undefined;
}

export type RenderLink = (target: Target, children: ReactNode, style: LinkStyle) => ReactNode;

/** How links are made; without the app around it a part shows their words alone. */
export const PageLinks = createContext<RenderLink>((_target, children) => children);

interface PageLinkProps extends LinkStyle {
  target: Target;
  children: ReactNode;
}

export function PageLink({ target, children, ...style }: PageLinkProps) {
  return useContext(PageLinks)(target, children, style);
}
