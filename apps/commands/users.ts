import { isRole, roles } from '#identity'
import { findInstance } from '#platform/db'
import type { App } from '../app.ts'
import { printAs, type Format } from '../terminal/print.ts'
import { Misuse, Refusal } from '../terminal/refusal.ts'
import { asOperator } from './as-operator.ts'
import { invitationLink } from './first-admin.ts'
import { withApp } from './with-app.ts'

/** `posad users grant EMAIL ROLE`: gives an account a role. */
export const grant = async (email: string, role: string, format: Format): Promise<void> =>
  await withApp(async (app) => {
    if (!isRole(role)) throw new Misuse(`There is no role ${role}: choose one of ${roles.join(', ')}`)
    const subject = { subject_type: 'users', details: { role } }
    const granted = await asOperator('users grant', subject, () => usersOf(app).grantRole(email, role))
    if (granted.kind === 'not-found') throw new Refusal(`There is no account with the e-mail ${email}`)
    if (granted.kind === 'refused') {
      throw new Refusal(
        `The account with the e-mail ${email} has not confirmed it, so another person may have registered it: ` +
          `let the owner open the link in the mail first, or send an invitation (posad users invite ${role})`,
      )
    }
    printAs(format, { email, role }, `${email} has the role ${role} now`)
  })

/** `posad users invite ROLE`: prints a link that gives one person a role of the staff. */
export const invite = async (role: string, format: Format): Promise<void> =>
  await withApp(async (app) => {
    if (!isRole(role) || role === 'customer')
      throw new Misuse(
        `Invitations are for staff: choose one of ${roles.filter((one) => one !== 'customer').join(', ')}`,
      )
    const { app: settings, database } = app.config
    const running = database.kind === 'embedded' ? findInstance(settings.directory) : undefined
    if (running) app.site.listensAt(running.address)
    const code = await asOperator('users invite', { details: { role } }, () => usersOf(app).invite(role))
    const link = invitationLink(app, code)
    printAs(format, { role, link }, `${link}  (works once, for seven days)`)
  })

function usersOf({ identity, service }: App) {
  if (identity) return identity.users
  throw new Refusal(`The ${service} service has no accounts: set POSAD_SERVICE=auth`)
}
