/** Every place where a test may kill the process. A point that no test visits fails the suite. */
export const crashPoints = [
  'ordering.after-hold.before-order',
  'ordering.after-order.before-answer',
  'saga.stepped.before-commit',
  'events.before-handler',
  'events.before-commit',
  'events.after-commit.before-checkpoint',
  'events.after-park',
  'events.before-retry',
  'payments.after-intent.before-provider',
  'payments.after-provider.before-keep',
  'payments.after-approval.before-settling',
  'payments.after-promise.before-refund',
  'payments.after-refund.before-keep',
] as const
export type CrashPoint = (typeof crashPoints)[number]

const [place, turn = '1'] = (process.env['CRASH_AT'] ?? '').split(':')
let left = Number(turn)

/** Ends the process as `kill -9` would when `CRASH_AT=name:nth` names this point and it is reached the nth time. */
export function crashPoint(name: CrashPoint): void {
  if (name === place && --left === 0) process.kill(process.pid, 'SIGKILL')
}
