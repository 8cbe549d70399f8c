import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { seconds } from '#platform/values'
import type { App } from './app.ts'

/** Between two looks whether the invitation was accepted. */
const interval = seconds(2)

type Outlet = Readonly<{
  address: string
  announce: (line: string) => void
  /** Whether a person reads what is announced. */
  isTerminal: boolean
}>

/** The link that makes whoever opens it first staff. */
export const invitationLink = ({ publicUrl }: App['config'], address: string, code: string): string =>
  `${publicUrl ?? address}/invitation#${code}`

/**
 * Invites the first admin, as long as nobody works here. The link opens the shop, so only a terminal is shown it; where
 * lines become logs it is kept in a file for its owner, until somebody has accepted. Returns how to stop waiting for that.
 */
export async function inviteFirstAdmin(app: App, { address, announce, isTerminal }: Outlet): Promise<() => void> {
  const { config, identity } = app
  const file = join(config.directory, 'invitation.txt')
  const code = await identity.usersAdmin.foundingInvitation()
  const trouble = replace(file, code && !isTerminal ? invitationLink(config, address, code) : undefined)
  if (!code) return () => {}
  if (trouble && !isTerminal) {
    announce(`  First admin run "posad users invite admin" for a link: ${trouble}`)
    return () => {}
  }
  const link = isTerminal ? invitationLink(config, address, code) : `the link is in ${file}`
  announce(`  First admin ${link}  (works once, for seven days)`)
  if (isTerminal) return () => {}

  const timer = setInterval(() => {
    identity.usersAdmin.isStaffed().then(
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

/** Puts a link where an older one may be, or nothing at all. Returns what hindered it. */
function replace(file: string, link: string | undefined): string | undefined {
  try {
    rmSync(file, { force: true })
    if (link === undefined) return undefined
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, `${link}\n`, { mode: 0o600, flag: 'wx' })
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}
