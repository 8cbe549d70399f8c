import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import { openLogs, withContext } from '#platform/telemetry'
import { readAppConfig } from '../../apps/config/config.ts'
import { ownContainers, readCompose, readDeploy } from './compose.ts'

/** No container engine runs these: the tests compare the files with each other and with the log of the program. */
const monitoring = readCompose('compose.monitoring.yaml')
const pipeline = readDeploy('monitoring/logs.alloy')
const readYaml = (name: string) => parse(readDeploy(`monitoring/${name}`)) as Readonly<Record<string, unknown>>

type Source = Readonly<{
  uid: string
  type: string
  url: string
  jsonData: Readonly<{
    derivedFields?: readonly Readonly<{ matcherRegex: string; datasourceUid: string; url: string }>[]
    tracesToLogsV2?: Readonly<{ datasourceUid: string; tags: readonly Readonly<{ value: string }>[] }>
  }>
}>
const [loki, tempo] = readYaml('grafana/provisioning/datasources/loki.yml')['datasources'] as readonly [Source, Source]

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'

/** A line that the program logs during a request. */
function lineOfRequest(): string {
  const lines: string[] = []
  const to = { write: (line: string) => void lines.push(line) }
  const logs = openLogs({ service: 'ordering', version: 'test', level: 'info', format: 'json', to })
  const context = { correlation_id: 'k', request_id: 'r', traceparent: `00-${traceId}-00f067aa0ba902b7-01` }
  withContext(context, () => logs('orders').info('placed'))
  return lines[0] ?? ''
}

/** The names in a block of the pipeline: `stage.json` reads fields of a line, other stages what it has read. */
function namesIn(block: string): readonly (readonly [name: string, source: string])[] {
  const [, body = ''] = new RegExp(`${block.replace('.', '\\.')} \\{\\s*\\w+ = \\{([^}]*)\\}`).exec(pipeline) ?? []
  return [...body.matchAll(/(\w+)\s*= "(\w+)"/g)].map(([, name = '', source = '']) => [name, source])
}

test('Loki gets the level, the time and the trace of each line that the program logs (PLT-16, PLT-19)', () => {
  const line = JSON.parse(lineOfRequest()) as Readonly<Record<string, unknown>>
  const read = Object.fromEntries(namesIn('stage.json').map(([name, field]) => [name, line[field]]))
  assert.deepEqual(Object.keys(read), ['level', 'timestamp', 'trace_id'])
  assert.deepEqual([read['level'], read['trace_id']], ['info', traceId])
  assert.match(String(read['timestamp']), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  const used = [...namesIn('stage.labels'), ...namesIn('stage.structured_metadata')].map(([, source]) => source)
  for (const source of [...used, /source = "(\w+)"/.exec(pipeline)?.[1] ?? '']) assert.ok(source in read, source)
  // Each value of a label is a stream of its own: a trace as a label would make one for each request.
  assert.deepEqual(namesIn('stage.labels'), [['level', 'level']])
})

test('Grafana leads from a line of the log to its trace, and from a span to its lines (PLT-17, PLT-19)', () => {
  const [link] = loki.jsonData.derivedFields ?? []
  assert.equal(new RegExp(link?.matcherRegex ?? '^').exec(lineOfRequest())?.[1], traceId)
  assert.equal(link?.datasourceUid, tempo.uid)
  assert.equal(link.url, '$${__value.raw}')
  assert.equal(tempo.jsonData.tracesToLogsV2?.datasourceUid, loki.uid)
  const [, label] = /target_label\s+= "(\w+)"/.exec(pipeline) ?? []
  assert.deepEqual(
    tempo.jsonData.tracesToLogsV2.tags.map(({ value }) => value),
    [label],
  )
})

test('Loki, Tempo and the sender of logs start in the profile loki only, and find each other (PLT-19)', () => {
  const optional = Object.entries(monitoring.services).filter(([, { profiles }]) => profiles !== undefined)
  assert.deepEqual(
    optional.map(([name, { profiles, ports }]) => [name, profiles, ports]),
    ['loki', 'tempo', 'alloy'].map((name) => [name, ['loki'], undefined]),
  )
  const portOf = (name: string) => (readYaml(name)['server'] as { http_listen_port: number }).http_listen_port
  assert.equal(loki.url, `http://loki:${portOf('loki.yml')}`)
  assert.equal(tempo.url, `http://tempo:${portOf('tempo.yml')}`)
  assert.ok(pipeline.includes(`"${loki.url}/loki/api/v1/push"`))
  for (const [name, { command = [], volumes = [] }] of optional) {
    const file = command.at(-1)?.replace('-config.file=', '') ?? ''
    assert.ok(
      volumes.some((volume) => volume.split(':')[1] === file),
      `${name}: ${file}`,
    )
  }
})

test('the sender of logs reads the containers of its own project only (PLT-19)', () => {
  const [, variable = ''] = /compose\.project=" \+ sys\.env\("(\w+)"\)/.exec(pipeline) ?? []
  assert.equal(
    readDeploy('compose.monitoring.yaml').match(new RegExp(`${variable}: (.*)`))?.[1],
    '${COMPOSE_PROJECT_NAME:-posad}',
  )
})

test('every container of the shop sends its spans where Tempo listens (PLT-17, PLT-19)', () => {
  const { distributor } = readYaml('tempo.yml') as {
    distributor: { receivers: { otlp: { protocols: { http: { endpoint: string } } } } }
  }
  const { port } = new URL(`http://${distributor.receivers.otlp.protocols.http.endpoint}`)
  const [, endpoint] = /OTEL_EXPORTER_OTLP_ENDPOINT=(\S+?),/.exec(readDeploy('compose.monitoring.yaml')) ?? []
  assert.equal(endpoint, `http://tempo:${port}`)
  assert.equal(readAppConfig({ POSAD_DATA: '/tmp', OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }).tracing.endpoint, endpoint)
  for (const file of ['compose.yaml', 'compose.services.yaml'])
    for (const [name, { environment = {} }] of ownContainers(readCompose(file)))
      assert.ok('OTEL_EXPORTER_OTLP_ENDPOINT' in environment, `${file}: ${name}`)
})
