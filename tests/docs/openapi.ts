import { parse } from 'yaml'
import { generatedDocuments } from '../../scripts/docs.ts'

type Schema = Readonly<{ properties?: Readonly<Record<string, Schema>> }> & Readonly<Record<string, unknown>>
export type Media = Readonly<{
  schema?: Schema
  example?: unknown
  examples?: Readonly<Record<string, { value: unknown }>>
}>
type Content = Readonly<{ content?: Readonly<Record<string, Media>> }>

/** One method of one path of docs/openapi.yaml. */
export type Operation = Readonly<{
  path: string
  method: string
  summary: string
  parameters: readonly Readonly<{ name: string; in: string; required?: boolean; schema: Schema }>[]
  body?: Content & Readonly<{ required?: boolean }>
  responses: Readonly<Record<string, Content>>
  /** The schema of its 200 response. */
  answer?: Schema | undefined
}>

const written = await generatedDocuments()

/** The document that the code generates. */
export const document = parse(written['docs/openapi.yaml'] ?? '') as Readonly<{
  paths: object
  components: Readonly<Record<'schemas' | 'responses', Readonly<Record<string, Schema>>>>
}>

/** An operation as the document writes it. */
type Written = Readonly<{
  summary?: string
  parameters?: Operation['parameters']
  requestBody?: NonNullable<Operation['body']>
  responses: Operation['responses']
}>

/** `value` with the components in place of the references to them. */
const resolved = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_name, inside: unknown) => {
    const ref = (inside as { $ref?: string } | null)?.$ref
    const [, kind, name = ''] = /^#\/components\/(schemas|responses)\/(\w+)$/.exec(ref ?? '') ?? []
    return ref === undefined ? inside : resolved(document.components[kind as 'schemas' | 'responses'][name])
  })

/** Every operation of the document, references resolved. */
export const operations: readonly Operation[] = Object.entries(
  resolved(document.paths) as Record<string, Record<string, Written>>,
).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { summary = '', parameters = [], requestBody, responses }]) => ({
    path,
    method,
    summary,
    parameters,
    ...(requestBody && { body: requestBody }),
    responses,
    answer: responses['200']?.content?.['application/json']?.schema,
  })),
)
