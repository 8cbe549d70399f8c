import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request as requestHttps } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '#platform/db'
import { eventually } from '#platform/testing'
import { deployPath, readDeploy } from './compose.ts'

const nginx = '/usr/sbin/nginx'
export const hasNginx = existsSync(nginx)

type NginxResponse = Readonly<{ status: number; headers: Readonly<Record<string, unknown>>; body: string }>
export type NginxServer = Readonly<{
  http: string
  /** Sends a request over TLS; without `whole` it resolves with the first piece of the body. */
  send: (
    line: string,
    options?: Readonly<{ headers?: Record<string, string>; whole?: boolean }>,
  ) => Promise<NginxResponse>
  close: () => Promise<void>
}>

/** Starts Debian's nginx with the shipped configuration in front of servers at these ports, with a certificate of its own. */
export async function startNginx(ports: readonly number[]): Promise<NginxServer> {
  const directory = await mkdtemp(join(tmpdir(), 'posad-nginx-'))
  await chmod(directory, 0o755) // when root starts nginx, its workers run as another user
  const [httpPort, httpsPort] = [await freePort(), await freePort()]
  await makeCertificate(directory)
  const settings: Record<string, string> = {
    SERVER_NAME: 'shop.example',
    MINI_APP_NAME: 'app.shop.example',
    // Docker's name service returns an address for each copy; here each is a line.
    UPSTREAM: ports.map((port) => `127.0.0.1:${port}`).join(' max_fails=3 fail_timeout=10s;\n    server '),
    CERTIFICATES: directory,
    HTTP_PORT: `127.0.0.1:${httpPort}`,
    HTTPS_PORT: `127.0.0.1:${httpsPort}`,
  }
  const site = readDeploy('nginx/posad.conf.template').replaceAll(
    /\$\{(\w+)\}/g,
    (_, name: string) => settings[name] ?? '',
  )
  const file = join(directory, 'nginx.conf')
  await copyFile(deployPath('nginx/posad-server.conf'), join(directory, 'posad-server.conf'))
  await mkdir(join(directory, 'bodies'))
  await writeFile(
    file,
    `daemon off; pid ${directory}/pid; error_log ${directory}/error.log;
    events {} http { access_log off; client_body_temp_path ${directory}/bodies; proxy_temp_path ${directory}/bodies;
    fastcgi_temp_path ${directory}/bodies; uwsgi_temp_path ${directory}/bodies; scgi_temp_path ${directory}/bodies;\n${site} }`,
  )
  const server = spawn(nginx, ['-c', file, '-e', join(directory, 'error.log')], { stdio: 'ignore' })
  const ended = once(server, 'exit')
  await eventually(() => canConnect(httpsPort), { within: 10_000 }).catch(async (error: unknown) => {
    throw new Error(await readFile(join(directory, 'error.log'), 'utf8'), { cause: error })
  })
  return {
    http: `http://127.0.0.1:${httpPort}`,
    send: (line, options) => sendTo(httpsPort, line, options),
    close: async () => {
      server.kill()
      await ended
      await rm(directory, { recursive: true, force: true })
    },
  }
}

async function makeCertificate(directory: string): Promise<void> {
  const files = ['-keyout', join(directory, 'privkey.pem'), '-out', join(directory, 'fullchain.pem')]
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=shop.example', ...files]
  const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  await mkdir(join(directory, '.well-known/acme-challenge'), { recursive: true })
  await writeFile(join(directory, '.well-known/acme-challenge/token'), 'a proof')
}

async function canConnect(port: number): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1' })
  await once(socket, 'connect')
  socket.destroy()
}

/** `line` is a method and a path, such as `GET /`. */
function sendTo(port: number, line: string, { headers = {}, whole = true }: Parameters<NginxServer['send']>[1] = {}) {
  const [method = 'GET', path = '/'] = line.split(' ')
  const { promise, resolve, reject } = Promise.withResolvers<NginxResponse>()
  const options = {
    port,
    host: '127.0.0.1',
    method,
    path,
    rejectUnauthorized: false,
    headers: { host: 'shop.example', ...headers },
  }
  const request = requestHttps(options, (response) => {
    const { statusCode: status = 0, headers: received } = response
    let body = ''
    response.setEncoding('utf8').on('data', (piece: string) => {
      body += piece
      if (whole) return
      resolve({ status, headers: received, body })
      request.destroy()
    })
    response.on('end', () => resolve({ status, headers: received, body })).on('error', reject)
  })
  request.on('error', reject).end()
  return promise
}
