/** An invariant over stored data. `violations` returns the rows that break it, none when it holds. */
export type Check = Readonly<{ name: string; description: string; violations: () => Promise<readonly object[]> }>
