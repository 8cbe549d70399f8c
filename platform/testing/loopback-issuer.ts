import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** The registration of a client, and the addresses of the provider. */
type Registration = Readonly<{
  client_id: string
  client_secret: string
  issuer: string
  authorize_url: string
  token_url: string
  jwks_url: string
  redirect_uri: string
}>
type Claims = Readonly<Record<string, unknown>>
type Request = Readonly<{ nonce: string; challenge: string; redirect_uri: string; claims: Claims }>

/** The next token gets these instead: claims, an algorithm, a key that the issuer does not publish. */
type Change = Readonly<{ claims?: Claims; isForged?: boolean; status?: number }>

/**
 * An OpenID provider on loopback: codes for one use, PKCE, Basic authentication, keys. `approve` is the person who signs in
 * there.
 */
export async function openLoopbackIssuer(now: () => Date) {
  const { exportJWK, generateKeyPair, SignJWT } = await import('jose')
  const [own, other] = [await generateKeyPair('RS256'), await generateKeyPair('RS256')]
  const requests = new Map<string, Request>()
  let change: Change = {}
  let isAway = false
  const server = createServer(async (request, response) => {
    const answer = isAway ? { status: 503, body: {} } : await answerTo(request)
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const settings = settingsOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)

  async function answerTo(request: IncomingMessage): Promise<Readonly<{ status: number; body: object }>> {
    if (request.url === '/jwks')
      return { status: 200, body: { keys: [{ ...(await exportJWK(own.publicKey)), kid: 'a' }] } }
    const form = new URLSearchParams(await text(request))
    const code = form.get('code') ?? ''
    const asked = requests.get(code)
    requests.delete(code)
    const isRight = request.headers.authorization === basicOf(settings) && asked !== undefined && fits(form, asked)
    if (change.status !== undefined || !isRight)
      return { status: change.status ?? 400, body: { error: 'invalid_grant' } }
    return { status: 200, body: { id_token: await tokenOf(asked), access_token: 'unused', token_type: 'Bearer' } }
  }

  async function tokenOf({ nonce, claims }: Request): Promise<string> {
    const seconds = Math.floor(now().getTime() / 1000)
    const standard = {
      iss: settings.issuer,
      aud: settings.client_id,
      sub: 'opaque-1',
      iat: seconds,
      exp: seconds + 600,
      nonce,
    }
    const token = new SignJWT({ ...standard, ...claims, ...change.claims }).setProtectedHeader({
      alg: 'RS256',
      kid: 'a',
    })
    return await token.sign(change.isForged ? other.privateKey : own.privateKey)
  }

  return {
    settings,
    /** The person signs in at the address: returns the query with which the browser comes back. */
    approve: (authorization_url: string, claims: Claims): { code: string; state: string } => {
      const query = new URL(authorization_url).searchParams
      const valueOf = (name: string) => query.get(name) ?? ''
      if (valueOf('code_challenge_method') !== 'S256') throw new Error('The login has no PKCE')
      const code = randomBytes(16).toString('base64url')
      const [nonce, challenge, redirect_uri] = [valueOf('nonce'), valueOf('code_challenge'), valueOf('redirect_uri')]
      requests.set(code, { nonce, challenge, redirect_uri, claims })
      return { code, state: valueOf('state') }
    },
    /** Changes the tokens from now on. */
    change: (next: Change) => {
      change = next
    },
    goAway: (away: boolean) => {
      isAway = away
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

const settingsOf = (issuer: string): Registration => ({
  client_id: '7342037359',
  client_secret: 'a secret of Web Login: with + and %',
  issuer,
  authorize_url: `${issuer}/auth`,
  token_url: `${issuer}/token`,
  jwks_url: `${issuer}/jwks`,
  redirect_uri: 'https://shop.example/login/telegram',
})

const basicOf = ({ client_id, client_secret }: Registration): string =>
  `Basic ${Buffer.from(`${client_id}:${encodeURIComponent(client_secret)}`).toString('base64')}`

/** The token request is for the redirect and the challenge of the authorization request. */
function fits(form: URLSearchParams, { challenge, redirect_uri }: Request): boolean {
  const given = createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url')
  return given === challenge && form.get('redirect_uri') === redirect_uri
}
