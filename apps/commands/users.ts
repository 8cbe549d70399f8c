import { isRole, roles } from '#identity'
import { invitationLink } from '../first-admin.ts'
import { Refusal } from '../refusal.ts'
import { withApp } from './with-app.ts'

const say = (line: string) => process.stdout.write(`${line}\n`)

/** `posad users grant EMAIL ROLE`: gives somebody who has an account a role. */
export const grant = async (email: string, role: string): Promise<void> =>
  await withApp(async ({ identity }) => {
    if (!isRole(role)) throw new Refusal(`${role} is no role: choose one of ${roles.join(', ')}`)
    const granted = await identity.usersAdmin.grantRole(email, role)
    if (granted.kind === 'refused') throw new Refusal(`Nobody is registered as ${email}`)
    say(`${email} is ${role} now`)
  })

/** `posad users invite ROLE`: prints a link that makes one person staff. */
export const invite = async (role: string): Promise<void> =>
  await withApp(async ({ identity, config }) => {
    if (!isRole(role) || role === 'customer')
      throw new Refusal(`Staff is invited: choose one of ${roles.filter((one) => one !== 'customer').join(', ')}`)
    const code = await identity.usersAdmin.invite(role)
    const link = invitationLink(config, `http://${config.host}:${config.port}`, code)
    say(`${link}  (works once, for seven days)`)
  })
