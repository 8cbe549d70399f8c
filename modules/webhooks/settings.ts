import { oneOf, secret, settings, text, withDefault } from '#platform/config'

/** The settings of webhooks. */
export const webhooksSettings = settings({
  title: 'Webhooks',
  variables: {
    WEBHOOK_TARGETS: withDefault(
      oneOf('public', 'any'),
      'public',
      'Addresses that may receive events: public allows https at public addresses; any also allows http and private networks, for development.',
    ),
    WEBHOOK_SECRET: secret(
      text(32, 1000),
      'Encrypts the secrets of webhook endpoints in the database; without it the first start creates a secret in POSAD_DATA.',
    ),
  },
  read: (values) => ({ reach: values.WEBHOOK_TARGETS, sealSecret: values.WEBHOOK_SECRET }),
  notices: (values) =>
    values.WEBHOOK_TARGETS === 'any'
      ? [
          'WEBHOOK_TARGETS=any: staff can send requests to every address that this machine reaches, including private ones',
        ]
      : [],
})
