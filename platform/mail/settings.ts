import { ConfigError, integer, optional, secret, settings, text, withDefault, type Kind } from '#platform/config'
import type { SmtpSettings } from './smtp-mail.ts'

type Server = Pick<SmtpSettings, 'host' | 'port' | 'secure' | 'login'>

const smtpUrl: Kind<Server> = {
  expects: 'an address such as smtp://user:password@mail.example:587, or smtps:// for TLS from the first byte',
  parse: (given) => {
    const url = URL.parse(given)
    if (!url || !/^smtps?:$/.test(url.protocol) || url.hostname === '') return undefined
    const secure = url.protocol === 'smtps:'
    const user = decoded(url.username)
    const password = decoded(url.password)
    if (user === undefined || password === undefined) return undefined
    return {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: Number(url.port) || (secure ? 465 : 587),
      secure,
      login: user === '' ? undefined : { user, password },
    }
  },
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}

const sender: Kind<string> = {
  expects: 'a sender such as shop@example.org, or Tea and flowers <shop@example.org>',
  parse: (given) =>
    /^(?:[^<>"\p{C}]{1,100} <[^\s\p{C}<>,;"@]{1,64}@[\w.-]{1,253}>|[^\s\p{C}<>,;"@]{1,64}@[\w.-]{1,253})$/u.test(given)
      ? given
      : undefined,
}

/** How mails leave: by SMTP, or as files in the data directory. */
export const mailSettings = settings({
  title: 'Mail',
  variables: {
    SMTP_URL: secret(smtpUrl, 'The mail server; without one, e-mails become files in POSAD_DATA/mail.'),
    SMTP_HOST: optional(text(1, 255), 'The host of the mail server, instead of SMTP_URL.'),
    SMTP_PORT: withDefault(integer(1, 65_535), '587', 'Its port; 465 speaks TLS from the first byte.'),
    SMTP_USER: optional(text(1, 255), 'The user of the mail server.'),
    SMTP_PASSWORD: secret(text(1, 1000), 'The password of that user.'),
    SMTP_FROM: optional(sender, 'The sender of all e-mails; needed with a mail server.'),
    MAIL_SECRET: secret(
      text(32, 1000),
      'Encrypts e-mails that wait to be sent; without it the first start creates a secret in POSAD_DATA.',
    ),
  },
  read: (values) => {
    const { SMTP_FROM: from, MAIL_SECRET: queueSecret } = values
    const server = serverOf(values)
    if (!server) return { kind: 'files', from: from ?? 'Posad <shop@localhost>', queueSecret } as const
    if (!from)
      throw new ConfigError('SMTP_FROM is missing: mail servers refuse e-mails without a sender that they know')
    return { kind: 'smtp', ...server, from, queueSecret } as const
  },
})

type Parts = Readonly<{
  SMTP_URL: Server | undefined
  SMTP_HOST: string | undefined
  SMTP_PORT: number
  SMTP_USER: string | undefined
  SMTP_PASSWORD: string | undefined
}>

function serverOf({
  SMTP_URL: url,
  SMTP_HOST: host,
  SMTP_PORT: port,
  SMTP_USER: user,
  SMTP_PASSWORD: password,
}: Parts) {
  if (url && host) throw new ConfigError('SMTP_URL and SMTP_HOST are both set: name the mail server once')
  if ((user === undefined) !== (password === undefined))
    throw new ConfigError('SMTP_USER and SMTP_PASSWORD belong together: set both or neither')
  if (url && user !== undefined)
    throw new ConfigError('SMTP_URL and SMTP_USER are both set: put the user into SMTP_URL')
  if (url) return url
  if (host === undefined) {
    if (user !== undefined) throw new ConfigError('SMTP_USER is set without SMTP_HOST')
    return undefined
  }
  const login = user !== undefined && password !== undefined ? { user, password } : undefined
  return { host, port, secure: port === 465, login }
}
