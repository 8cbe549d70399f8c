import type { Config } from '../config/config.ts'

/**
 * True when nothing suggests a proxy in front of the shop. A proxy on this machine may forward requests that look like its
 * own, as nginx does with a plain `proxy_pass`: then `/metrics` needs its token.
 */
export function hasLocalMetrics({ app, http }: Config, { NODE_ENV }: NodeJS.ProcessEnv = process.env): boolean {
  const isOwnAddress = app.publicUrl === undefined || loopback.test(new URL(app.publicUrl).hostname)
  return isOwnAddress && http.trustedProxies.length === 0 && NODE_ENV !== 'production'
}

const loopback = /^(?:localhost|127\.[\d.]+|\[::1\])$/
