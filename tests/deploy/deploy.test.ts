import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { openLogs } from '#platform/telemetry'
import { readAppConfig } from '../../apps/config/config.ts'
import { refuseServiceDatabases, serviceConfigOf } from '../../apps/config/service-config.ts'
import { describeModules } from '../../apps/services/describe-modules.ts'
import { openServer } from '../../apps/run.ts'
import { isServiceName, serviceNames, services as ownServices } from '../../apps/services/services.ts'
import { ownContainers, deployPath, type Container, readCompose, readDeploy } from './compose.ts'

const root = join(import.meta.dirname, '../..')
/** A shop as an operator starts it: compose files in the order in which Compose reads them, and the only port. */
const stacks = [
  { files: ['compose.yaml'], port: 'posad 127.0.0.1:8000:8000' },
  { files: ['compose.yaml', 'compose.stage.yaml'], port: 'posad 127.0.0.1:8010:8000' },
  { files: ['compose.services.yaml'], port: 'gateway 127.0.0.1:8000:8000' },
] as const

for (const { files, port } of stacks) {
  const file = files.at(-1)
  test(`the program accepts every setting of ${file}, and each has an effect (PLT-19, PLT-11)`, () => {
    for (const [name, { command = [], environment = {} }] of ownContainers(readCompose(...files))) {
      const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
      const { notices, ...config } = readAppConfig({ NODE_ENV: 'production', POSAD_DATA: '/tmp', ...given })
      assert.deepEqual(notices, [], name)
      const [verb, named = ''] = command
      const service = isServiceName(named) ? named : config.services.ofCommands
      if (service !== undefined) serviceConfigOf({ ...config, notices }, service, { isSingle: true })
      else if (verb !== 'gateway') refuseServiceDatabases({ ...config, notices })
    }
  })

  test(`containers of ${file} cannot change their program or gain rights (PLT-19)`, () => {
    const compose = readCompose(...files)
    for (const [name, container] of Object.entries(compose.services))
      assert.deepEqual(container.security_opt, ['no-new-privileges:true'], name)
    for (const [name, container] of ownContainers(compose))
      assert.deepEqual([container.read_only, container.cap_drop], [true, ['ALL']], name)
  })

  test(`${file} names existing containers, volumes and files, and pins every image (PLT-19)`, () => {
    const { services, volumes } = readCompose(...files)
    for (const [name, container] of Object.entries(services)) {
      for (const needed of Object.keys(container.depends_on ?? {})) assert.ok(services[needed], `${name}: ${needed}`)
      for (const volume of container.volumes ?? []) {
        const [source = ''] = volume.split(':')
        assert.ok(source.startsWith('.') ? existsSync(deployPath(source)) : volumes[source], `${name}: ${source}`)
      }
      assert.match(container.image, /^posad(:stage)?$|:.*\d/, name)
    }
  })

  test(`only the entrance of ${file} is reachable, on its own port and from this machine (PLT-19)`, () => {
    const published = Object.entries(readCompose(...files).services).flatMap(([name, { ports = [] }]) =>
      ports.map((each) => `${name} ${each}`),
    )
    assert.deepEqual(published, [port])
  })
}

test('a stage shares no name, port, volume or image with production, and takes no real money (PLT-19)', () => {
  const production = readCompose('compose.yaml')
  const stage = readCompose('compose.yaml', 'compose.stage.yaml')
  // Compose puts the name of the project before those of containers, networks and volumes that have none of their own.
  assert.notEqual(stage.name, production.name)
  assert.deepEqual(Object.values(stage.volumes), [{}, {}])
  for (const [name, container] of Object.entries(stage.services)) assert.ok(!('container_name' in container), name)
  for (const [name, { image, ports, environment }] of ownContainers(stage)) {
    const { image: other, ports: otherPorts = [] } = production.services[name] ?? {}
    assert.notEqual(image, other, name)
    for (const port of ports ?? []) assert.ok(!otherPorts.includes(port), name)
    const { PAYMENT_SANDBOX: payments, PUBLIC_URL: address, DATABASE_URL: database } = environment ?? {}
    assert.deepEqual([payments, address, new URL(database ?? '').hostname], ['page', '', 'postgres'], name)
  }
  assert.doesNotMatch(readDeploy('compose.stage.yaml'), /\$\{PUBLIC_URL/)
})

test('the file of the stage says nothing again that compose.yaml says (PLT-19)', () => {
  const partsOf = (container: Container | undefined): Readonly<Record<string, unknown>> => ({
    ...container,
    ...container?.environment,
    environment: undefined,
  })
  const { services: production } = readCompose('compose.yaml')
  for (const [name, container] of Object.entries(readCompose('compose.stage.yaml').services)) {
    // Without an address both have none; the variables that name it differ.
    const { environment: _, PUBLIC_URL: address, ...changes } = partsOf(container)
    assert.equal(address, '')
    for (const [part, value] of Object.entries(changes))
      assert.notDeepEqual(value, partsOf(production[name])[part], `${name}: ${part}`)
  }
})

test('each service runs under its name, on its port, with a database of its own that is created (PLT-19, PLT-14)', () => {
  const { services } = readCompose('compose.services.yaml')
  const created = readDeploy('postgres/create-databases.sql')
  for (const name of serviceNames) {
    const { command, environment = {}, depends_on = {} } = services[name] ?? {}
    const { port } = ownServices[name]
    assert.deepEqual(command, ['start', name])
    assert.equal(environment['APP_PORT'], String(port))
    assert.equal(environment[`${name.toUpperCase()}_URL`], `http://${name}:${port}`)
    assert.equal(new URL(environment[`DATABASE_URL_${name.toUpperCase()}`] ?? '').pathname, `/${name}`)
    assert.ok(created.includes(`create database ${name};`), name)
    assert.equal(depends_on[`migrate-${name}`]?.condition, 'service_completed_successfully')
    assert.equal(services[`migrate-${name}`]?.environment?.['POSAD_SERVICE'], name)
  }
})

test('with nginx, only nginx is reachable from other machines, with its configuration and certificates (PLT-19)', () => {
  const { services } = readCompose('compose.nginx.yaml')
  const { image, ports, volumes = [], environment = {}, security_opt } = services['nginx'] ?? {}
  assert.match(image ?? '', /^nginx:\d/)
  assert.deepEqual(ports, ['80:80', '443:443'])
  assert.deepEqual(security_opt, ['no-new-privileges:true'])
  for (const volume of volumes) assert.ok(existsSync(deployPath(volume.split(':')[0] ?? '')), volume)
  const template = readDeploy('nginx/posad.conf.template')
  const used = new Set([...template.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name))
  const { NGINX_ENVSUBST_FILTER: filter = '', ...given } = environment
  assert.deepEqual([...used].toSorted(), Object.keys(given).toSorted())
  for (const name of used) assert.match(name, new RegExp(filter.replace('$$', '$')))
})

test('with Kafka each service uses it, and the program accepts the settings (PLT-19, PLT-3)', () => {
  const { services } = readCompose('compose.services.yaml', 'compose.kafka.yaml')
  assert.match(services['kafka']?.image ?? '', /:\d/)
  for (const name of serviceNames) {
    const merged = { ...services[name]?.environment, PUBLIC_URL: undefined, POSAD_DATA: '/tmp' }
    const given = Object.fromEntries(Object.entries(merged).filter(([, value]) => value))
    assert.equal(readAppConfig(given).broker.kind, 'kafka')
  }
})

test('every command of the deploy files exists (PLT-19, PLT-21)', () => {
  const commands = new Set(
    stacks.flatMap(({ files }) =>
      ownContainers(readCompose(...files)).map(([, { command = [] }]) =>
        command.filter((word) => !isServiceName(word)).join(' '),
      ),
    ),
  )
  assert.deepEqual([...commands].toSorted(), ['gateway', 'migrate up', 'start'])
  for (const command of commands) {
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'apps/cli.ts'), 'help', ...command.split(' ')])
    assert.equal(status, 0, String(stderr))
  }
})

test('the image has the Node of the lock file, is built from files that exist, and does not run as root (PLT-19)', () => {
  const dockerfile = readDeploy('Dockerfile')
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies: { node: string }
  }
  assert.match(dockerfile, new RegExp(`^ARG NODE_VERSION=${dependencies.node.replaceAll('.', '\\.')}$`, 'm'))
  for (const [, from] of dockerfile.matchAll(/^FROM (\S+)/gm)) assert.equal(from, 'node:${NODE_VERSION}-bookworm-slim')
  const user = dockerfile.lastIndexOf('\nUSER node\n')
  assert.ok(user > dockerfile.lastIndexOf('\nRUN ') && user < dockerfile.lastIndexOf('\nENTRYPOINT '))
  const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n')
  for (const secret of ['.env', '.posad', '.git']) assert.ok(ignored.includes(secret), secret)
  for (const path of ['package.json', 'package-lock.json', '.npmrc', 'scripts/build-web.ts', 'apps/cli.ts']) {
    assert.ok(dockerfile.includes(path) && existsSync(join(root, path)), path)
    assert.ok(!ignored.includes(path), path)
  }
})

test('the health check of the image asks a route that answers while the database is away (PLT-19, rule 13)', async () => {
  const [, probed = ''] = /APP_PORT\}([^`]+)`/.exec(readDeploy('Dockerfile')) ?? []
  const app = describeModules()
  const server = await openServer({ app, logs: openLogs({ service: 'posad', version: 'test', level: 'silent' }) })
  try {
    assert.equal((await server.inject(probed)).statusCode, 200)
  } finally {
    await server.close()
    await app.close()
  }
})

test('the systemd unit runs the program without rights, and waits for its end (PLT-19, PLT-20)', () => {
  const lines = readDeploy('posad.service')
    .split('\n')
    .filter((line) => line.includes('=') && !line.startsWith('#'))
  const unit = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
  const [, ...words] = unit['ExecStart']?.split(' ') ?? []
  assert.deepEqual(words, ['--max-semi-space-size=8', 'apps/cli.ts', 'start'])
  assert.equal(dirname(unit['ExecStart']?.split(' ')[0] ?? ''), `${unit['WorkingDirectory']}/node_modules/.bin`)
  const directories = `POSAD_DATA=/var/lib/${unit['StateDirectory']} NODE_COMPILE_CACHE=/var/cache/${unit['CacheDirectory']}`
  assert.equal(unit['Environment'], directories)
  assert.ok(Number(unit['TimeoutStopSec']) > 25)
  assert.equal(unit['KillMode'], 'mixed', 'the program stops its embedded PostgreSQL')
  for (const right of ['DynamicUser', 'NoNewPrivileges', 'PrivateTmp']) assert.equal(unit[right], 'yes', right)
  assert.equal(unit['ProtectSystem'], 'strict')
})

test('one systemd unit is the truth, and both it and the guide build the pages before the first start (PLT-19)', () => {
  const guide = readFileSync(join(root, 'docs/guides/run.md'), 'utf8')
  assert.doesNotMatch(guide, /^\[Service\]$/m, 'the guide has no unit of its own')
  assert.match(guide, /sudo cp deploy\/posad\.service/)
  // The service may not write its program, so it could not build them.
  for (const text of [guide, readDeploy('posad.service')]) {
    const steps = ['npm ci --omit=dev', 'node_modules/.bin/node scripts/build-web.ts', 'enable --now posad']
    const places = steps.map((step) => text.indexOf(step))
    assert.ok(
      places.every((place, i) => place > (places[i - 1] ?? -1)),
      steps.join(', '),
    )
  }
  assert.ok(existsSync(join(root, 'scripts/build-web.ts')))
})
