/** An expected refusal. Each further property becomes a member of the problem document. */
export type Refused<Reason extends string = string> = Readonly<{ kind: 'refused'; reason: Reason }>

/** The thing does not exist, or it belongs to another user: the caller must not learn which. */
export type NotFound = Readonly<{ kind: 'not-found'; what: string }>

/** The outcome of a slice that did not find `what`, such as `order`. */
export const notFound = (what: string): NotFound => ({ kind: 'not-found', what })

/** True for the outcomes that changed nothing. */
export const isRefusal = (outcome: unknown): outcome is Refused | NotFound => {
  const kind = (outcome as { kind?: unknown } | null | undefined)?.kind
  return kind === 'refused' || kind === 'not-found'
}

/** The refusals among the outcomes of a slice: `ReasonOf<PlaceOrderOutcome>` lists their reasons. */
export type ReasonOf<Outcome> = Extract<Outcome, { kind: 'refused' }> extends Refused<infer Reason> ? Reason : never
