type Caller = Readonly<{ kind: 'user'; user_id: string }> | Readonly<{ kind: 'guest' | 'machine' }>

/** The user that a stock movement names; null for the machine token, which has no user. */
export const authorOf = (caller: Caller): string | null => (caller.kind === 'user' ? caller.user_id : null)
