import type { Config } from './config.ts'

/** The origin under which people and providers reach the shop, such as https://shop.example. */
export type Site = Readonly<{
  /** `PUBLIC_URL`, otherwise the address that the server listens on. */
  origin: () => string
  /** Records the address once the server listens; `APP_PORT=0` gets its port only then. */
  listensAt: (address: string) => void
}>

/** Opens the site of an app whose server does not listen yet. */
export function openSite({ publicUrl, host, port }: Config['app']): Site {
  let origin = publicUrl ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  return {
    origin: () => origin,
    listensAt: (address) => {
      origin = publicUrl ?? address
    },
  }
}

/** Where the gateway listens unless a setting says under which address people reach the shop. */
const usualGateway = 'http://127.0.0.1:8000'

/** People reach a service through the gateway, and not at the address that it listens on. */
export const openSiteOfService = ({ publicUrl = usualGateway }: Pick<Config['app'], 'publicUrl'>): Site => ({
  origin: () => publicUrl,
  listensAt: () => {},
})
