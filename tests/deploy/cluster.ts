import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { deployPath } from './compose.ts'

/** A variable of a container: its value, or where it comes from. */
type Variable = Readonly<{
  name: string
  value?: string
  valueFrom?: Readonly<{ secretKeyRef: Readonly<{ name: string; key: string }> }>
}>
type Probe = Readonly<{ httpGet: Readonly<{ path: string; port: string }> }>
type PodContainer = Readonly<{
  args: readonly string[]
  env?: readonly Variable[]
  envFrom: readonly Readonly<{ configMapRef?: Readonly<{ name: string }>; secretRef?: Readonly<{ name: string }> }>[]
  securityContext: object
  startupProbe?: Probe
  livenessProbe?: Probe
  readinessProbe?: Probe
}>
type PodSpec = Readonly<{
  containers: readonly [PodContainer]
  initContainers?: readonly [PodContainer]
  securityContext: Readonly<Record<string, unknown>>
  automountServiceAccountToken: boolean
  terminationGracePeriodSeconds: number
}>
type Labels = Readonly<Record<string, string>>
type Selector = Readonly<{ matchLabels: Labels }>

/** An object of Kubernetes, as far as the tests read it. */
export type ClusterObject = Readonly<{
  kind: string
  metadata: Readonly<{ name: string }>
  data?: Readonly<Record<string, string>>
  spec: Readonly<{
    selector: unknown
    template: Readonly<{ metadata: Readonly<{ labels: Labels }>; spec: PodSpec }>
    podSelector: Selector
    scaleTargetRef: Readonly<{ name: string }>
    minReplicas: number
    maxUnavailable: number
  }>
}>

/** Renders the example of an overlay, with sample values for its secrets. */
export function renderExample(kustomize: string): Readonly<{ file: string; objects: readonly ClusterObject[] }> {
  const directory = mkdtempSync(join(tmpdir(), 'posad-kubernetes-'))
  cpSync(deployPath('kubernetes'), directory, { recursive: true })
  const overlay = join(directory, 'overlays/example')
  for (const name of ['secrets.env', 'databases.env']) {
    const example = readFileSync(join(overlay, `${name}.example`), 'utf8')
    writeFileSync(join(overlay, name), example.replaceAll(/=$/gm, '=aSampleOfThirtyTwoCharacters0123456789'))
  }
  const { status, stdout, stderr } = spawnSync(kustomize, ['build', overlay], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  const file = join(directory, 'rendered.yaml')
  writeFileSync(file, stdout)
  return { file, objects: parseAllDocuments(stdout).map((document) => document.toJS() as ClusterObject) }
}

/** The environment of a container, from the objects that it names. */
export function environmentOf({ env = [], envFrom }: PodContainer, objects: readonly ClusterObject[]): Labels {
  const dataOf = (kind: string, name: string) => {
    const found = objects.find((object) => object.kind === kind && object.metadata.name === name)
    if (!found) throw new Error(`no ${kind} is named ${name}`)
    const decode = (value: string) => (kind === 'Secret' ? Buffer.from(value, 'base64').toString() : value)
    return Object.fromEntries(Object.entries(found.data ?? {}).map(([key, value]) => [key, decode(value)]))
  }
  const named = envFrom.flatMap(({ configMapRef, secretRef }) => [
    ...(configMapRef ? [dataOf('ConfigMap', configMapRef.name)] : []),
    ...(secretRef ? [dataOf('Secret', secretRef.name)] : []),
  ])
  const own = env.map(({ name, value, valueFrom }) => {
    const { name: secret = '', key = '' } = valueFrom?.secretKeyRef ?? {}
    return [name, value ?? dataOf('Secret', secret)[key] ?? '']
  })
  return Object.assign({}, ...named, Object.fromEntries(own)) as Labels
}
