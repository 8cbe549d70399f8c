import { oneOf, optional, origins, secret, settings, text, withDefault } from '#platform/config'
import { serviceNames, services, type ServiceName } from '../services/services.ts'

/** `AUTH_URL` and the others. */
const urlVariableOf = (service: ServiceName): `${Uppercase<ServiceName>}_URL` =>
  `${service.toUpperCase() as Uppercase<ServiceName>}_URL`

const urlOf = (service: ServiceName) =>
  withDefault(
    origins,
    `http://127.0.0.1:${services[service].port}`,
    `Where the gateway and the other services reach the ${service} service: one address or several, separated by commas; a name may have several. The service itself listens on APP_HOST at port ${services[service].port}, or at APP_PORT when its process runs no other service.`,
  )

/** The settings of services in processes of their own, and of the gateway in front of them. */
export const serviceSettings = settings({
  title: 'Services: posad start auth, posad start ordering payments, and posad gateway in front of them',
  variables: {
    SERVICE_SECRET: secret(
      text(32, 1000),
      'Signs the calls between services; the same in all of them, at least 32 characters. Needed when services run in processes of their own.',
    ),
    POSAD_SERVICE: optional(
      oneOf(...serviceNames),
      'The service whose database a command such as posad outbox status uses, where services have databases of their own.',
    ),
    AUTH_URL: urlOf('auth'),
    SHOP_URL: urlOf('shop'),
    ORDERING_URL: urlOf('ordering'),
    PAYMENTS_URL: urlOf('payments'),
    DELIVERY_URL: urlOf('delivery'),
  },
  read: (values) => ({
    secret: values.SERVICE_SECRET,
    ofCommands: values.POSAD_SERVICE,
    urls: Object.fromEntries(serviceNames.map((name) => [name, values[urlVariableOf(name)]])) as Readonly<
      Record<ServiceName, readonly string[]>
    >,
  }),
})
