import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

export const deployPath = (name: string): string => join(import.meta.dirname, '../../deploy', name)
export const readDeploy = (name: string): string => readFileSync(deployPath(name), 'utf8')

/** A container, as a compose file describes it. */
export type Container = Readonly<{
  image: string
  command?: readonly string[]
  environment?: Readonly<Record<string, string>>
  ports?: readonly string[]
  volumes?: readonly string[]
  depends_on?: Readonly<Record<string, Readonly<{ condition: string }>>>
  security_opt?: readonly string[]
  cap_drop?: readonly string[]
  read_only?: boolean
}>
type Compose = Readonly<{ services: Readonly<Record<string, Container>>; volumes: Readonly<Record<string, object>> }>

/** Reads a compose file as Compose does: with its merge keys, and a sample value for each variable that has no default. */
export function readCompose(name: string): Compose {
  const text = readDeploy(name).replaceAll(/\$\{\w+(:[-?])([^}]*)\}/g, (_, kind: string, rest: string) =>
    kind === ':-' ? rest : 'aSampleOfThirtyTwoCharacters0123456789',
  )
  return parse(text, { merge: true }) as Compose
}

/** The containers of our image. */
export const ownContainers = ({ services }: Compose): readonly (readonly [string, Container])[] =>
  Object.entries(services).filter(([, { image }]) => image === 'posad')
