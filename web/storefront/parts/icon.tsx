import type { VNode } from 'preact'

/** Outlines on a square of 24. */
const paths = {
  cart: 'M4 5h2l2 11h10l2-8H7M9.5 20a1 1 0 1 0 .01 0M16.5 20a1 1 0 1 0 .01 0',
  user: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M5 20c.6-3.6 3.4-5.5 7-5.5s6.400 1.900 7 5.500',
  search: 'M10.500 4.500a6 6 0 1 0 .01 0M15 15l5 5',
  close: 'M6 6l12 12M18 6L6 18',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  check: 'M5 12.500l4.500 4.500L19 7.500',
  bell: 'M6 17V11a6 6 0 0 1 12 0v6l1.500 1.500h-15zM10 21h4M12 3v2',
  filter: 'M4 7h16M7 12h10M10 17h4',
  next: 'M9 6l6 6-6 6',
  theme: 'M12 4a8 8 0 1 0 8 8 6 6 0 0 1-8-8z',
  leaf: 'M5 19C5 10 10 5 19 5c0 9-5 14-14 14zM5 19l7-7',
  clock: 'M12 4a8 8 0 1 0 .01 0M12 8v4.500l3 2',
  box: 'M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8',
  pin: 'M12 21s7-6.200 7-11a7 7 0 1 0-14 0c0 4.800 7 11 7 11zM12 12.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5',
  card: 'M3 7h18v11H3zM3 11h18',
  share: 'M12 15V4M8 8l4-4 4 4M5 13v6h14v-6',
  eye: 'M2.500 12S6 6 12 6s9.500 6 9.500 6-3.500 6-9.500 6-9.500-6-9.500-6zM12 14.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5',
} as const

export type IconName = keyof typeof paths

/** A picture beside or instead of a text; screen readers skip it. */
export const Icon = ({ name }: Readonly<{ name: IconName }>): VNode => (
  <svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
    <path d={paths[name]} />
  </svg>
)
