import { rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeDirectories } from '#platform/config'
import { seconds } from '#platform/values'
import type { App } from '../app.ts'

/** How often the app looks whether the invitation was accepted. */
const interval = seconds(2)

type Output = Readonly<{
  announce: (line: string) => void
  /** Whether the announced lines go to a terminal, and not to a log. */
  isTerminal: boolean
}>

/** The link that gives one person a role. */
export const invitationLink = ({ site }: Pick<App, 'site'>, code: string): string =>
  `${site.origin()}/invitation#${code}`

/** Invites the first admin while the shop has no staff. Returns the code, or undefined when there is staff. */
export const inviteFirstAdmin = async ({ identity }: App): Promise<string | undefined> =>
  // Undefined where another service has the accounts.
  await identity?.users.inviteFirstAdmin()

/**
 * Shows the invitation of the first admin. The link gives full access, so only a terminal shows it; a log names a file that
 * only its owner can read, and that is deleted once the invitation is accepted. Returns a function that ends the waiting.
 */
export function showInvitation(app: App, code: string | undefined, { announce, isTerminal }: Output): () => void {
  if (!app.identity) return () => {}
  const file = join(app.config.app.directory, 'invitation.txt')
  const problem = replace(file, code && !isTerminal ? invitationLink(app, code) : undefined)
  if (!code) return () => {}
  if (problem && !isTerminal) {
    announce(`  First admin: run "posad users invite admin" for a link; the file was not written: ${problem}`)
    return () => {}
  }
  const link = isTerminal ? invitationLink(app, code) : `the link is in ${file}`
  // On a terminal the line stands in the columns of the addresses above it.
  announce(`  First admin${isTerminal ? '' : ':'} ${link}  (works once, for seven days)`)
  return isTerminal ? () => {} : deleteOnceStaffed(app, file)
}

function deleteOnceStaffed({ identity }: App, file: string): () => void {
  const timer = setInterval(() => {
    identity?.users.hasStaff().then(
      (isStaffed) => {
        if (!isStaffed) return
        clearInterval(timer)
        replace(file, undefined)
      },
      () => {},
    )
  }, interval)
  return () => clearInterval(timer)
}

/** Deletes the link in `file` and writes the new one, if there is one. Returns the reason when this fails. */
function replace(file: string, link: string | undefined): string | undefined {
  try {
    rmSync(file, { force: true })
    if (link === undefined) return undefined
    makeDirectories(dirname(file))
    writeFileSync(file, `${link}\n`, { mode: 0o600, flag: 'wx' })
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}
