import { missingSecret, persistedSecret, type GeneratedSecret } from '#platform/config'
import { fileLinkSecret } from '#platform/storage'
import type { Config } from './config.ts'

/** The secrets that a start creates in POSAD_DATA where the settings have none. */
const generated = {
  token: { file: 'jwt-secret', variable: 'JWT_SECRET', loss: 'access tokens of before are refused' },
  mail: { file: 'mail-secret', variable: 'MAIL_SECRET', loss: 'e-mails that wait are never sent' },
  orderLink: {
    file: 'order-link-secret',
    variable: 'ORDER_LINK_SECRET',
    loss: 'the links of guests to their orders no longer open',
  },
  payLink: {
    file: 'pay-link-secret',
    variable: 'PAY_LINK_SECRET',
    loss: 'earlier links to payment pages no longer open',
  },
  buyerKey: {
    file: 'buyer-key-secret',
    variable: 'BUYER_KEY_SECRET',
    loss: 'earlier uses of promotions by guests and by deleted accounts count no more',
  },
  webhook: {
    file: 'webhook-secret',
    variable: 'WEBHOOK_SECRET',
    loss: 'webhook endpoints receive nothing until each has a new secret of its own',
  },
} satisfies Record<string, GeneratedSecret>

/** Reads a secret of this directory, which the first start creates. */
export const generatedSecret = ({ app }: Pick<Config, 'app'>, name: keyof typeof generated): string =>
  persistedSecret(app.directory, generated[name])

/** One line for each secret that was lost: the settings have none, and its file is missing beside earlier ones. */
export function lostSecrets(config: Config): readonly string[] {
  const isGiven: Readonly<Record<keyof typeof generated, boolean>> = {
    token: config.identity.signing.kind !== 'persisted-secret',
    mail: config.mail.queueSecret !== undefined,
    orderLink: config.ordering.orderLinkSecret !== undefined,
    payLink: config.payments.payLinkSecret !== undefined,
    buyerKey: config.promotions.buyerKeySecret !== undefined,
    webhook: config.webhooks.sealSecret !== undefined,
  }
  const { linkSecret, place } = config.storage
  const needed: GeneratedSecret[] = Object.entries(generated)
    .filter(([name]) => !isGiven[name as keyof typeof generated])
    .map(([, secret]) => secret)
  if (linkSecret === undefined && place.kind !== 's3') needed.push(fileLinkSecret)
  return needed.map((secret) => missingSecret(config.app.directory, secret)).filter((line) => line !== undefined)
}
