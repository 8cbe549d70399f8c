/** An uncaught error: its name, a code of Node, and its message. */
const uncaught = /^(?:\w*Error(?: \[\w+\])?): (.+)/

/** Why a build ended, from what it wrote to standard error. Node writes its version last, below the stack. */
export function reasonOfBuild(errors: string): string {
  const lines = errors
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^Node\.js v\d/.test(line))
  const at = lines.findIndex((line) => uncaught.test(line))
  const reason = lines[at]?.replace(uncaught, '$1') ?? lines.at(-1) ?? 'the build wrote no reason'
  const whole = at >= 0 && reason.endsWith(':') ? [reason, lines[at + 1]].join(' ') : reason
  return /\b(EACCES|EPERM|EROFS)\b/.test(whole) ? `${whole}: ${buildAsOwner}` : whole
}

const buildAsOwner =
  'this user may not write them. As the owner of the program, run node_modules/.bin/node scripts/build-web.ts once'
